#include "stack/local/local_socket.h"

#include <utility>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

std::uint64_t hash_of(std::uint64_t seed, const LocalPiece& piece) {
  seed = hash_mix(seed, (std::uint64_t{piece.sender} << 32) | piece.charge);
  return hash_mix(hash_bytes(seed, piece.bytes.bytes()), piece.urgent ? 1 : 0);
}

}  // namespace

std::uint64_t LocalSocket::hash(std::uint64_t seed) const {
  std::uint64_t flags = (static_cast<std::uint64_t>(type) << 8) | static_cast<std::uint8_t>(state);
  for (const bool flag :
       {holds_name, shut_read, shut_write, out_of_band_inline, urgent_waits, has_user}) {
    flags = (flags << 1) | (flag ? 1 : 0);
  }
  seed = hash_mix(seed, flags);
  seed = hash_mix(seed, static_cast<std::uint16_t>(error));
  seed = hash_mix(seed, stable_hash(SocketAddress(name)));
  seed = hash_mix(seed, (std::uint64_t{user} << 32) | peer);
  seed = hash_mix(seed, (std::uint64_t{references} << 32) | charged);
  seed = hash_mix(
      seed, (std::uint64_t{send_buffer} << 32) | static_cast<std::uint32_t>(receive_low_water));
  for (std::size_t i = 0; i < queue.size(); ++i) seed = hash_of(seed, queue[i]);
  seed = hash_mix(seed, (std::uint64_t{backlog} << 32) | queue.size());
  for (std::size_t i = 0; i < pending.size(); ++i) seed = hash_mix(seed, pending[i]);
  for (const LocalId follower : followers) seed = hash_mix(seed, ~std::uint64_t{follower});
  return seed;
}

void clear(LocalSocket& socket) {
  LocalSocket fresh;
  socket.queue.clear();
  socket.pending.clear();
  socket.followers.clear();
  std::swap(fresh.queue, socket.queue);
  std::swap(fresh.pending, socket.pending);
  std::swap(fresh.followers, socket.followers);
  socket = std::move(fresh);
}

}  // namespace lockstep
