// send, sendto, recv, recvfrom.
#include <algorithm>
#include <cstring>

#include "stack/kernel/kernel.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {

Errno take_error(Socket& socket) {
  const Errno error = socket.pending_error;
  socket.pending_error = Errno::ok;
  return error;
}

SyscallResult Kernel::send(Fd fd, std::span<const std::byte> data, MsgFlags flags) {
  return sendto(fd, data, flags, Unspecified{});
}

SyscallResult Kernel::sendto(Fd fd, std::span<const std::byte> data, MsgFlags flags,
                             const SocketAddress& address) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (sockets_[slot].is_stream()) return send_stream(slot, data, flags);  // The address is ignored.
  return send_datagram(slot, data, flags, address);
}

SyscallResult Kernel::send_stream(Slot slot, std::span<const std::byte> data, MsgFlags flags) {
  Socket& socket = sockets_[slot];
  const TcpState state = socket.tcb.state;
  if (state != TcpState::established && state != TcpState::close_wait) {
    if (const Errno error = take_error(socket); error != Errno::ok) {
      return SyscallResult::failure(error);
    }
    const bool under_way = state == TcpState::syn_sent || state == TcpState::syn_received;
    return SyscallResult::failure(under_way ? Errno::eagain : Errno::epipe);
  }
  if (socket.pending_error != Errno::ok || socket.shut_write) {
    const Errno error = take_error(socket);
    return SyscallResult::failure(error == Errno::ok ? Errno::epipe : error);
  }
  if ((flags & msg_oob) != 0) return SyscallResult::failure(Errno::eopnotsupp);
  if (data.empty()) return SyscallResult::success(0);
  TcpIo io = io_for(socket);
  const std::uint32_t taken = write(socket.tcb, io, data);
  if (taken == 0) return SyscallResult::failure(Errno::eagain);
  schedule(slot);
  return SyscallResult::success(taken);
}

SyscallResult Kernel::recv(Fd fd, std::span<std::byte> buffer, MsgFlags flags) {
  return recv_any(fd, buffer, flags, false);
}

SyscallResult Kernel::recvfrom(Fd fd, std::span<std::byte> buffer, MsgFlags flags) {
  return recv_any(fd, buffer, flags, true);
}

SyscallResult Kernel::recv_any(Fd fd, std::span<std::byte> buffer, MsgFlags flags,
                               bool with_source) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (sockets_[slot].is_stream()) return recv_stream(slot, buffer, flags);
  return recv_datagram(slot, buffer, flags, with_source);
}

// In the order of Linux's tcp_recvmsg.
SyscallResult Kernel::recv_stream(Slot slot, std::span<std::byte> buffer, MsgFlags flags) {
  Socket& socket = sockets_[slot];
  Tcb& tcb = socket.tcb;
  if (tcb.state == TcpState::listen) return SyscallResult::failure(Errno::enotconn);
  if ((flags & msg_oob) != 0) return SyscallResult::failure(Errno::einval);
  if (!tcb.received.empty()) {
    const std::size_t count = std::min<std::size_t>(buffer.size(), tcb.received.size());
    // MSG_TRUNC discards without copying (tcp(7)).
    if ((flags & msg_trunc) == 0) tcb.received.peek(buffer.first(count));
    if ((flags & msg_peek) == 0 && count > 0) {
      TcpIo io = io_for(socket);
      consume(tcb, io, count);
    }
    return SyscallResult::success(static_cast<std::int64_t>(count));
  }
  if (socket.end_of_stream) return SyscallResult::success(0);
  if (const Errno error = take_error(socket); error != Errno::ok) {
    return SyscallResult::failure(error);
  }
  if (socket.shut_read) return SyscallResult::success(0);
  const bool never_connected = tcb.state == TcpState::closed;
  return SyscallResult::failure(never_connected ? Errno::enotconn : Errno::eagain);
}

}  // namespace lockstep
