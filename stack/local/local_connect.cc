// Names, listening, connecting and accepting, in the order of Linux's checks.
#include <algorithm>

#include "stack/local/local_sockets.h"

namespace lockstep {

SyscallResult LocalSockets::bind(LocalId id, const SocketAddress& address) {
  const auto* name = std::get_if<UnixPath>(&address);
  if (name == nullptr) return SyscallResult::failure(Errno::einval);
  LocalSocket& socket = at(id);
  const bool named = socket.name.size > 0;
  if (name->size == 0) {
    if (named) return SyscallResult::success();
    const UnixPath given = names_.add_unused(socket.type, id);
    if (given.size == 0) return SyscallResult::failure(Errno::enomem);
    socket.name = given;
  } else {
    if (named && name->bytes[0] == '\0') return SyscallResult::failure(Errno::einval);
    const Errno error = names_.add(socket.type, *name, id);
    if (error != Errno::ok) return SyscallResult::failure(error);
    if (named) {
      names_.unlink(*name);  // The file was made in vain.
      return SyscallResult::failure(Errno::einval);
    }
    socket.name = LocalNames::shown(*name);
  }
  socket.holds_name = true;
  return SyscallResult::success();
}

SyscallResult LocalSockets::listen(LocalId id, std::uint32_t backlog) {
  LocalSocket& socket = at(id);
  if (socket.is_dgram()) return SyscallResult::failure(Errno::eopnotsupp);
  const bool idle = socket.state == LocalState::idle || socket.state == LocalState::listening;
  if (socket.name.size == 0 || !idle) return SyscallResult::failure(Errno::einval);
  socket.state = LocalState::listening;
  socket.backlog = backlog;
  return SyscallResult::success();
}

// The socket of that type that a name stands for.
std::expected<LocalId, Errno> LocalSockets::look_up(Type type, const SocketAddress& address) const {
  const auto* name = std::get_if<UnixPath>(&address);
  if (name == nullptr || name->size == 0) return std::unexpected(Errno::einval);
  const auto found = names_.find(type, *name);
  if (found && at(*found).type != type) return std::unexpected(Errno::eprototype);
  return found;
}

SyscallResult LocalSockets::connect(LocalId id, const SocketAddress& address, LocalEvents& events) {
  return at(id).is_dgram() ? connect_dgram(id, address, events)
                           : connect_stream(id, address, events);
}

SyscallResult LocalSockets::connect_stream(LocalId id, const SocketAddress& address,
                                           LocalEvents& events) {
  const auto found = look_up(at(id).type, address);
  if (!found) return SyscallResult::failure(found.error());
  const LocalId listener = *found;
  if (at(listener).state != LocalState::listening || at(listener).shut_read) {
    return SyscallResult::failure(Errno::econnrefused);
  }
  if (at(listener).pending.size() > at(listener).backlog) {
    return SyscallResult::failure(Errno::eagain);
  }
  if (at(id).state != LocalState::idle) {
    const bool connected = at(id).state == LocalState::connected;
    return SyscallResult::failure(connected ? Errno::eisconn : Errno::einval);
  }
  // The other end exists from now on, and takes what is sent before it is accepted.
  const LocalId child = create(at(id).type);
  at(child).name = at(listener).name;
  join(id, child);
  at(listener).pending.push_back(child);
  tell(listener, poll_in, events);
  return SyscallResult::success();
}

void LocalSockets::join(LocalId one, LocalId other) {
  if (at(one).is_dgram()) {
    follow(one, other);
    follow(other, one);
    return;
  }
  at(one).state = at(other).state = LocalState::connected;
  at(one).peer = other;
  at(other).peer = one;
  refer(one);
  refer(other);
}

std::expected<LocalId, Errno> LocalSockets::accept(LocalId id) {
  LocalSocket& listener = at(id);
  if (listener.is_dgram()) return std::unexpected(Errno::eopnotsupp);
  if (listener.state != LocalState::listening) return std::unexpected(Errno::einval);
  if (listener.pending.empty()) return std::unexpected(Errno::eagain);
  const LocalId child = listener.pending.front();
  listener.pending.pop_front();
  return child;
}

// A socket with a peer hears that peer alone (unix(7)).
bool LocalSockets::may_send(LocalId from, LocalId to) const {
  return at(to).peer == no_local || at(to).peer == from;
}

SyscallResult LocalSockets::connect_dgram(LocalId id, const SocketAddress& address,
                                          LocalEvents& events) {
  LocalId peer = no_local;
  if (!std::holds_alternative<Unspecified>(address)) {
    const auto found = look_up(Type::dgram, address);
    if (!found) return SyscallResult::failure(found.error());
    if (!may_send(id, *found)) return SyscallResult::failure(Errno::eperm);
    peer = *found;
  }
  const LocalId former = at(id).peer;
  if (former == peer) return SyscallResult::success();
  if (former != no_local) {
    refer(former);
    leave_peer(id, events);
    lose_queue(id, former, events);
    unrefer(former);
  }
  if (peer != no_local) follow(id, peer);
  return SyscallResult::success();
}

void LocalSockets::follow(LocalId id, LocalId peer) {
  at(id).peer = peer;
  at(peer).followers.push_back(id);
  refer(peer);
}

// Requires: a datagram socket with a peer.
void LocalSockets::leave_peer(LocalId id, LocalEvents& events) {
  const LocalId peer = at(id).peer;
  at(id).peer = no_local;
  std::erase(at(peer).followers, id);
  // It waits no longer for room at that peer.
  tell(id, poll_out, events);
  unrefer(peer);
}

// Who leaves a peer loses what is queued; the former peer, if connected to it, hears of the loss.
void LocalSockets::lose_queue(LocalId id, LocalId former_peer, LocalEvents& events) {
  if (at(id).queue.empty()) return;
  drop_all(id, events);
  if (at(former_peer).is_gone() || at(former_peer).peer != id) return;
  at(former_peer).error = Errno::econnreset;
  tell(former_peer, poll_err, events);
}

}  // namespace lockstep
