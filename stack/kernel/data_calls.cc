// send, sendto, recv, recvfrom.
#include <algorithm>
#include <cstring>

#include "stack/kernel/kernel.h"
#include "stack/tcp/urgent.h"
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
  if (sockets_[slot].is_local()) return send_local(slot, data, flags, address);
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
  if (data.empty()) return SyscallResult::success(0);
  TcpIo io = io_for(socket);
  const std::uint32_t taken = write(socket.tcb, io, data, flags);
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
  if (sockets_[slot].is_local()) return recv_local(slot, buffer, flags, with_source);
  if (sockets_[slot].is_stream()) return recv_stream(slot, buffer, flags);
  return recv_datagram(slot, buffer, flags, with_source);
}

// The byte that the peer marked with MSG_OOB (Linux's tcp_recv_urg).
SyscallResult Kernel::recv_urgent(Slot slot, std::span<std::byte> buffer, MsgFlags flags) {
  Socket& socket = sockets_[slot];
  Tcb& tcb = socket.tcb;
  using State = UrgentByte::State;
  const State state = tcb.urgent.state;
  if (tcb.settings.urgent_inline || state == State::none || state == State::taken) {
    return SyscallResult::failure(Errno::einval);
  }
  if (tcb.state == TcpState::closed && !socket.end_of_stream) {
    return SyscallResult::failure(Errno::enotconn);
  }
  if (state == State::arrived) {
    if ((flags & msg_peek) == 0) tcb.urgent.state = State::taken;
    if (!buffer.empty() && (flags & msg_trunc) == 0) buffer.front() = tcb.urgent.value;
    SyscallResult result = SyscallResult::success(buffer.empty() ? 0 : 1);
    result.truncated = buffer.empty();
    return result;
  }
  if (tcb.state == TcpState::closed || socket.shut_read) return SyscallResult::success(0);
  return SyscallResult::failure(Errno::eagain);
}

// What recv may return of the stream now, which stops before the urgent byte: a range of the bytes
// received.
Kernel::Readable Kernel::readable(const Tcb& tcb, std::size_t wanted) {
  const std::uint32_t skipped = stands_at_urgent(tcb) && !tcb.received.empty() ? 1 : 0;
  std::size_t end = std::min<std::size_t>(wanted + skipped, tcb.received.size());
  if (tcb.urgent.state != UrgentByte::State::none) {
    // With SO_OOBINLINE too, and there the next recv begins with the byte.
    const std::uint32_t mark = tcb.urgent.position.distance_from(tcb.copied);
    if (mark > 0 && mark < end) end = mark;
  }
  return {skipped, end - skipped};
}

// In the order of Linux's tcp_recvmsg.
SyscallResult Kernel::recv_stream(Slot slot, std::span<std::byte> buffer, MsgFlags flags) {
  Socket& socket = sockets_[slot];
  Tcb& tcb = socket.tcb;
  if (tcb.state == TcpState::listen) return SyscallResult::failure(Errno::enotconn);
  if ((flags & msg_oob) != 0) return recv_urgent(slot, buffer, flags);
  if (buffer.empty() && !tcb.received.empty()) return SyscallResult::success(0);
  if (const Readable range = readable(tcb, buffer.size()); range.skipped + range.count > 0) {
    // MSG_TRUNC discards without copying (tcp(7)).
    if ((flags & msg_trunc) == 0) {
      tcb.received.peek(range.skipped, buffer.first(range.count));
    }
    if ((flags & msg_peek) == 0) {
      TcpIo io = io_for(socket);
      consume(tcb, io, range.skipped + range.count);
      schedule(slot);
    }
    if (range.count > 0) return SyscallResult::success(static_cast<std::int64_t>(range.count));
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
