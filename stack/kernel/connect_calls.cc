// connect, listen, accept, shutdown and close of stream sockets.
#include <algorithm>

#include "stack/kernel/kernel.h"
#include "stack/kernel/mapped_address.h"
#include "stack/kernel/tcp_settings.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {

SyscallResult Kernel::connect(Fd fd, const SocketAddress& address) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (sockets_[slot].is_local()) return connect_local(slot, address);
  return sockets_[slot].is_stream() ? connect_stream(slot, address)
                                    : connect_datagram(slot, address);
}

SyscallResult Kernel::connect_stream(Slot slot, const SocketAddress& address) {
  if (std::holds_alternative<Unspecified>(address)) {
    disconnect_stream(slot);
    sockets_[slot].phase = ConnectPhase::unconnected;
    return SyscallResult::success();
  }
  Socket& socket = sockets_[slot];
  switch (socket.phase) {
    case ConnectPhase::disconnecting:
      return SyscallResult::failure(Errno::einval);
    case ConnectPhase::connected:
      return SyscallResult::failure(Errno::eisconn);
    case ConnectPhase::connecting:
      return after_connect(slot, Errno::ealready);
    case ConnectPhase::unconnected:
      break;
  }
  if (socket.tcb.state != TcpState::closed) return SyscallResult::failure(Errno::eisconn);
  const EndpointArgument peer = endpoint_argument(socket, address);
  if (peer.error != Errno::ok) return SyscallResult::failure(peer.error);
  return start_connection(slot, peer.endpoint);
}

SyscallResult Kernel::start_connection(Slot slot, const Endpoint& peer) {
  Socket& socket = sockets_[slot];
  const bool excluded = peer.ip.is_v4_mapped() && !socket.is_dual();
  if (excluded) return SyscallResult::failure(Errno::enetunreach);
  const auto way = route(socket.local.ip, unmapped(peer.ip));
  if (!way) return SyscallResult::failure(way.error());
  if (way->broadcast) return SyscallResult::failure(Errno::enetunreach);
  FourTuple tuple{Endpoint{way->source, socket.local.port}, Endpoint{way->destination, peer.port}};
  if (!socket.has_port()) {
    const std::uint16_t port = choose_port_for_connection(tuple);
    if (port == 0) return SyscallResult::failure(Errno::eaddrnotavail);
    tuple.local.port = port;
    claim_port(slot, tuple.local, true);
  } else {
    if (connections_.find(Type::stream, tuple) != no_slot) {
      return SyscallResult::failure(Errno::eaddrnotavail);
    }
    move_local_ip(slot, way->source);
  }
  socket.peer = tuple.peer;
  join_connections(slot, tuple);
  socket.phase = ConnectPhase::connecting;
  socket.pending_error = Errno::ok;
  clear(socket.tcb);
  socket.tcb.settings = tcp_settings(socket, config_);
  const std::int32_t asked = socket.options.max_segment;
  socket.last_segment_size =
      std::min(mss_for(*way), asked == 0 ? default_mss_v4 : static_cast<std::uint16_t>(asked));
  TcpIo io = io_for(socket);
  active_open(socket.tcb, io, tuple, next_iss(tuple), mss_for(*way));
  schedule(slot);
  return after_connect(slot, Errno::einprogress);
}

// What connect answers while or after a connection is made: `pending` while it is under way.
SyscallResult Kernel::after_connect(Slot slot, Errno pending) {
  Socket& socket = sockets_[slot];
  const TcpState state = socket.tcb.state;
  if (state == TcpState::syn_sent || state == TcpState::syn_received) {
    return SyscallResult::failure(pending);
  }
  if (state == TcpState::closed) {
    const Errno error = take_error(socket);
    disconnect_stream(slot);
    socket.phase = ConnectPhase::unconnected;
    return SyscallResult::failure(error == Errno::ok ? Errno::econnaborted : error);
  }
  socket.phase = ConnectPhase::connected;
  return SyscallResult::success();
}

// Linux's tcp_disconnect: the connection is aborted, the socket can be used anew.
void Kernel::disconnect_stream(Slot slot) {
  const TcpState state = sockets_[slot].tcb.state;
  if (state == TcpState::listen) {
    stop_listening(slot);
  } else if (state != TcpState::closed) {
    TcpIo io = io_for(sockets_[slot]);
    const bool silent = state == TcpState::last_ack || state == TcpState::closing;
    if (silent) {
      end_connection(sockets_[slot].tcb, io, Errno::econnreset);
    } else {
      abort_connection(sockets_[slot].tcb, io, Errno::econnreset);
    }
    leave_connections(slot);
    if (!silent) sockets_[slot].pending_error = Errno::econnreset;
  }
  Socket& socket = sockets_[slot];
  if (is_synchronized(state)) socket.last_segment_size = socket.tcb.snd_mss;
  clear(socket.tcb);
  socket.options.max_segment = 0;  // Linux: all of rx_opt is as new.
  if (!socket.port_locked) release_port(slot);
  if (!socket.address_locked) move_local_ip(slot, IpAddress::any(socket.family()));
  socket.peer = Endpoint{IpAddress::any(socket.family()), 0};
  socket.shut_read = socket.shut_write = socket.end_of_stream = false;
  notify(slot);
}

SyscallResult Kernel::listen(Fd fd, std::int32_t backlog) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  Socket& socket = sockets_[slot];
  if (socket.is_local()) {
    const auto wanted = static_cast<std::uint32_t>(backlog);
    return local_.listen(socket.local_id, std::min(wanted, config_.default_backlog));
  }
  if (!socket.is_stream()) return SyscallResult::failure(Errno::eopnotsupp);
  const TcpState state = socket.tcb.state;
  if (socket.phase != ConnectPhase::unconnected ||
      (state != TcpState::closed && state != TcpState::listen)) {
    return SyscallResult::failure(Errno::einval);
  }
  // A negative backlog is a huge one (listen(2), as Linux takes it).
  socket.backlog = std::min(static_cast<std::uint32_t>(backlog), config_.default_backlog);
  if (state == TcpState::listen) return SyscallResult::success();
  if (!socket.has_port()) {
    if (!bind_any_port(slot, socket.local.ip)) return SyscallResult::failure(Errno::eaddrinuse);
  } else {
    const PortClaim claim = socket.claim;
    ports_.release(key_of(socket), socket.local.ip, claim);
    const bool clash = ports_.conflicts(key_of(socket), socket.local.ip, claim);
    ports_.hold(key_of(socket), socket.local.ip, claim);
    if (clash) return SyscallResult::failure(Errno::eaddrinuse);
  }
  PortClaim claim = socket.claim;
  claim.listening = true;
  change_claim(slot, claim);
  become_receiver(slot);
  clear(socket.tcb);
  socket.tcb.state = TcpState::listen;
  return SyscallResult::success();
}

void Kernel::stop_listening(Slot slot) {
  stop_receiving(slot);
  {
    Socket& socket = sockets_[slot];
    socket.tcb.state = TcpState::closed;
    PortClaim claim = socket.claim;
    claim.listening = false;
    change_claim(slot, claim);
  }
  // Handshakes vanish; their last ACK will be answered with a RST. What could be accepted is reset.
  while (!sockets_[slot].handshakes.empty()) {
    const Slot child = sockets_[slot].handshakes.front();
    sockets_[slot].handshakes.pop_front();
    destroy(child);
  }
  while (!sockets_[slot].accept_queue.empty()) {
    const Slot child = sockets_[slot].accept_queue.front();
    sockets_[slot].accept_queue.pop_front();
    reset_unaccepted(child);
  }
}

void Kernel::reset_unaccepted(Slot slot) {
  Socket& socket = sockets_[slot];
  TcpIo io = io_for(socket);
  if (socket.tcb.state != TcpState::closed) {
    abort_connection(socket.tcb, io, Errno::econnreset);
  }
  destroy(slot);
}

SyscallResult Kernel::accept(Fd fd) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (!sockets_.has_free_descriptor()) return SyscallResult::failure(Errno::emfile);
  Socket& listener = sockets_[slot];
  if (listener.is_local()) return accept_local(slot);
  if (!listener.is_stream()) return SyscallResult::failure(Errno::eopnotsupp);
  if (!listener.is_listening()) return SyscallResult::failure(Errno::einval);
  if (listener.accept_queue.empty()) return SyscallResult::failure(Errno::eagain);
  const Slot child = listener.accept_queue.front();
  listener.accept_queue.pop_front();
  Socket& connection = sockets_[child];
  connection.accepted = true;
  connection.listener = no_slot;
  connection.phase = ConnectPhase::connected;
  SyscallResult result = SyscallResult::success(sockets_.attach(child).value);
  result.address = as_shown(connection, connection.peer);
  return result;
}

SyscallResult Kernel::shutdown(Fd fd, ShutdownHow how) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (sockets_[slot].is_local()) return shutdown_local(slot, how);
  if (how == ShutdownHow::invalid) return SyscallResult::failure(Errno::einval);
  Socket& socket = sockets_[slot];
  const bool read = how != ShutdownHow::write;
  const bool write = how != ShutdownHow::read;
  const TcpState state = socket.tcb.state;
  if (socket.is_stream() && socket.phase == ConnectPhase::connecting) {
    const bool undecided =
        state == TcpState::syn_sent || state == TcpState::syn_received || state == TcpState::closed;
    socket.phase = undecided ? ConnectPhase::disconnecting : ConnectPhase::connected;
  }
  if (socket.is_stream() && (state == TcpState::listen || state == TcpState::syn_sent)) {
    if (state == TcpState::syn_sent || read) {
      disconnect_stream(slot);
      sockets_[slot].phase = ConnectPhase::unconnected;
    }
    return SyscallResult::success();
  }
  // It takes effect even where it fails: an unconnected socket stays shut after a later connect.
  socket.shut_read |= read;
  socket.shut_write |= write;
  const bool connected = socket.is_stream() ? state != TcpState::closed : socket.peer_set;
  if (write && socket.is_stream() &&
      (state == TcpState::established || state == TcpState::close_wait)) {
    TcpIo io = io_for(socket);
    close_sending(socket.tcb, io);
    after_transition(slot, io, state);
  }
  notify(slot);
  return connected ? SyscallResult::success() : SyscallResult::failure(Errno::enotconn);
}

// Linux's tcp_close, in its order.
void Kernel::close_stream(Slot slot) {
  Socket& socket = sockets_[slot];
  const TcpState state = socket.tcb.state;
  if (state == TcpState::listen) stop_listening(slot);
  if (state == TcpState::listen || state == TcpState::closed || state == TcpState::syn_sent) {
    return destroy(slot);
  }
  const bool unread = !socket.tcb.received.empty();
  const bool discard = socket.options.linger.value != 0 && socket.options.linger.seconds == 0;
  socket.shut_read = socket.shut_write = true;
  TcpIo io = io_for(socket);
  if (unread) {
    abort_connection(socket.tcb, io, Errno::econnreset);
    return destroy(slot);
  }
  if (discard) {
    if (state == TcpState::last_ack || state == TcpState::closing) {
      end_connection(socket.tcb, io, Errno::ok);
    } else {
      abort_connection(socket.tcb, io, Errno::econnreset);
    }
    return destroy(slot);
  }
  if (orphans_ > orphans_max && state != TcpState::time_wait) {
    abort_connection(socket.tcb, io, Errno::econnreset);
    return destroy(slot);
  }
  close_sending(socket.tcb, io);
  wait_as_orphan(socket.tcb, io);
  after_transition(slot, io, state);
}

}  // namespace lockstep
