// Holding, choosing and giving up local ports, and being found by them.
#include "stack/api/check.h"
#include "stack/kernel/kernel.h"

namespace lockstep {

PortKey Kernel::key_of(const Socket& socket) const {
  return PortKey::of(socket.type, socket.local.port);
}

void Kernel::claim_port(Slot slot, const Endpoint& local, bool chosen_by_connect) {
  Socket& socket = sockets_[slot];
  LOCKSTEP_CHECK(!socket.claim.held);
  socket.local = local;
  socket.claim = PortClaim{.held = true,
                           .reuse_address = socket.options.reuse_address,
                           .reuse_port = socket.options.reuse_port,
                           .listening = false,
                           .chosen_by_connect = chosen_by_connect,
                           .dual = socket.is_dual()};
  ports_.hold(key_of(socket), local.ip, socket.claim);
}

void Kernel::release_port(Slot slot) {
  Socket& socket = sockets_[slot];
  if (!socket.claim.held) return;
  stop_receiving(slot);
  ports_.release(key_of(socket), socket.local.ip, socket.claim);
  socket.claim = PortClaim{};
}

void Kernel::change_claim(Slot slot, const PortClaim& claim) {
  Socket& socket = sockets_[slot];
  if (!socket.claim.held) return;
  // Held first, so that a group with this one holder is not taken down in between.
  ports_.hold(key_of(socket), socket.local.ip, claim);
  ports_.release(key_of(socket), socket.local.ip, socket.claim);
  socket.claim = claim;
}

void Kernel::move_local_ip(Slot slot, const IpAddress& ip) {
  Socket& socket = sockets_[slot];
  if (socket.local.ip == ip) return;
  if (!socket.claim.held) {
    socket.local.ip = ip;
    return;
  }
  const bool receiving = socket.is_receiver;
  stop_receiving(slot);
  ports_.release(key_of(socket), socket.local.ip, socket.claim);
  socket.local.ip = ip;
  ports_.hold(key_of(socket), ip, socket.claim);
  if (receiving) become_receiver(slot);
}

void Kernel::become_receiver(Slot slot) {
  Socket& socket = sockets_[slot];
  if (socket.is_receiver) return;
  ports_.add_receiver(key_of(socket), socket.receiving_ip(), slot);
  socket.is_receiver = true;
}

void Kernel::stop_receiving(Slot slot) {
  Socket& socket = sockets_[slot];
  if (!socket.is_receiver) return;
  ports_.remove_receiver(key_of(socket), socket.receiving_ip(), slot);
  socket.is_receiver = false;
}

// A port that nobody holds; else one that is held at addresses that do not overlap (bind(2)).
std::uint16_t Kernel::choose_free_port(Type type, const IpAddress& ip, const PortClaim& claim) {
  if (config_.ephemeral_last < config_.ephemeral_first) return 0;
  const std::uint32_t size = config_.ephemeral_last - config_.ephemeral_first + 1u;
  std::uint32_t& cursor = next_port_[type == Type::stream ? 1 : 0];
  for (std::uint32_t tried = 0; tried < 2 * size; ++tried) {
    const std::uint32_t offset = (cursor + tried) % size;
    const auto port = static_cast<std::uint16_t>(config_.ephemeral_first + offset);
    const PortKey key = PortKey::of(type, port);
    const bool fits = tried < size ? ports_.is_free(key) : ports_.is_free_at(key, ip, claim);
    if (port == 0 || !fits) continue;
    cursor = (offset + 1) % size;
    return port;
  }
  return 0;
}

bool Kernel::bind_any_port(Slot slot, const IpAddress& ip) {
  const Socket& socket = sockets_[slot];
  const PortClaim claim{.dual = socket.is_dual()};
  const std::uint16_t port = choose_free_port(socket.type, ip, claim);
  if (port == 0) return false;
  claim_port(slot, Endpoint{ip, port}, false);
  return true;
}

// connect shares ports with other connects alone: one that bind took is passed over, on whatever
// address and of whichever family it was (Linux, __inet_hash_connect).
std::uint16_t Kernel::choose_port_for_connection(const FourTuple& tuple) {
  if (config_.ephemeral_last < config_.ephemeral_first) return 0;
  const std::uint32_t size = config_.ephemeral_last - config_.ephemeral_first + 1u;
  std::uint32_t& cursor = next_port_[1];
  for (std::uint32_t tried = 0; tried < size; ++tried) {
    const std::uint32_t offset = (cursor + tried) % size;
    const auto port = static_cast<std::uint16_t>(config_.ephemeral_first + offset);
    FourTuple wanted = tuple;
    wanted.local.port = port;
    const PortKey key = PortKey::of(Type::stream, port);
    const bool usable = port != 0 && ports_.held_by_connections_only(key) &&
                        connections_.find(Type::stream, wanted) == no_slot;
    if (!usable) continue;
    cursor = (offset + 1) % size;
    return port;
  }
  return 0;
}

void Kernel::join_connections(Slot slot, const FourTuple& tuple) {
  Socket& socket = sockets_[slot];
  LOCKSTEP_CHECK(!socket.in_connections);
  connections_.insert(slot, socket.type, tuple);
  socket.in_connections = true;
}

void Kernel::leave_connections(Slot slot) {
  Socket& socket = sockets_[slot];
  if (!socket.in_connections) return;
  connections_.remove(slot);
  socket.in_connections = false;
}

void Kernel::destroy(Slot slot) {
  if (is_orphan(sockets_[slot])) --orphans_;
  leave_connections(slot);
  release_port(slot);
  sockets_.destroy(slot);
}

}  // namespace lockstep
