#include "stack/kernel/socket.h"

#include <tuple>
#include <utility>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

std::uint64_t pack(std::initializer_list<bool> bits) {
  std::uint64_t word = 1;
  for (bool bit : bits) word = (word << 1) | (bit ? 1 : 0);
  return word;
}

constexpr std::uint64_t wide(std::int32_t high, std::int32_t low) {
  return (std::uint64_t{static_cast<std::uint32_t>(high)} << 32) | static_cast<std::uint32_t>(low);
}

std::uint64_t hash_of(std::uint64_t seed, const SocketOptions& o) {
  return hash_words(
      seed, {pack({o.reuse_address, o.reuse_port, o.broadcast, o.keepalive, o.out_of_band_inline,
                   o.no_delay, o.cork, o.receive_errors, o.v6_only}),
             wide(o.linger.value, o.linger.seconds), wide(o.receive_buffer, o.send_buffer),
             wide(o.receive_low_water, o.max_segment),
             wide(o.keepalive_idle_seconds, o.keepalive_interval_seconds),
             wide(o.keepalive_count, o.user_timeout_ms), wide(o.linger2_seconds, o.ttl),
             wide(o.unicast_hops, o.mtu_discover)});
}

std::uint64_t hash_of(std::uint64_t seed, const Ring<Slot>& slots) {
  for (std::size_t i = 0; i < slots.size(); ++i) seed = hash_mix(seed, slots[i]);
  return hash_mix(seed, slots.size());
}

auto tied(const Socket& s) {
  return std::tie(s.domain, s.type, s.live, s.phase, s.shut_read, s.shut_write, s.end_of_stream,
                  s.port_locked, s.address_locked, s.peer_set, s.is_receiver, s.in_connections,
                  s.accepted, s.pending_error, s.soft_error, s.error_queued, s.fd, s.descriptors,
                  s.local_id, s.local, s.peer, s.former_peer, s.claim, s.options,
                  s.last_segment_size, s.tcb, s.datagrams, s.backlog, s.accept_queue, s.handshakes,
                  s.listener, s.wakers);
}

}  // namespace

bool operator==(const Socket& a, const Socket& b) { return tied(a) == tied(b); }

bool Socket::takes_from(const IpAddress& from, const IpAddress& to) const {
  if (to.is_v4()) return domain == Domain::inet || is_dual();
  if (local.ip.is_v4()) return false;
  return former_peer.is_unspecified() || former_peer == from;
}

std::uint64_t Socket::hash(std::uint64_t seed, std::uint64_t now_ticks) const {
  const std::uint64_t flags =
      pack({domain == Domain::inet, type == Type::stream, shut_read, shut_write, end_of_stream,
            port_locked, address_locked, peer_set, is_receiver, in_connections, accepted,
            claim.held, claim.reuse_address, claim.reuse_port, claim.listening,
            claim.chosen_by_connect, claim.dual, error_queued});
  const std::uint64_t errors = (static_cast<std::uint64_t>(phase) << 32) |
                               static_cast<std::uint16_t>(pending_error) |
                               (std::uint64_t{static_cast<std::uint16_t>(soft_error)} << 16);
  seed =
      hash_words(seed, {flags, errors, static_cast<std::uint32_t>(fd.value),
                        (std::uint64_t{descriptors} << 32) | backlog, stable_hash(local),
                        stable_hash(peer), listener, stable_hash(former_peer), last_segment_size});
  if (is_local()) seed = hash_mix(seed, (static_cast<std::uint64_t>(type) << 32) | local_id);
  seed = hash_of(hash_of(hash_of(seed, options), accept_queue), handshakes);
  for (const Waker& waker : wakers) {
    seed = hash_mix(hash_mix(seed, waker.token), (waker.armed ? 0x10000u : 0u) | waker.mask);
  }
  return is_stream() ? tcb.hash(seed, now_ticks) : datagrams.hash(seed);
}

void clear(Socket& socket) {
  Socket fresh;
  clear(socket.tcb);
  socket.datagrams.clear();
  socket.accept_queue.clear();
  socket.handshakes.clear();
  socket.wakers.clear();
  fresh.tcb = std::move(socket.tcb);
  fresh.datagrams = std::move(socket.datagrams);
  fresh.accept_queue = std::move(socket.accept_queue);
  fresh.handshakes = std::move(socket.handshakes);
  fresh.wakers = std::move(socket.wakers);
  fresh.generation = socket.generation + 1;
  socket = std::move(fresh);
}

}  // namespace lockstep
