// send and sendto, in the order of Linux's checks.
#include <algorithm>

#include "stack/local/local_sockets.h"

namespace lockstep {
namespace {

// What a datagram or record must leave of the send buffer.
constexpr std::size_t record_reserve = 32;

}  // namespace

SyscallResult LocalSockets::send(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                                 const SocketAddress& address, LocalEvents& events) {
  if (at(id).is_stream()) return send_stream(id, data, flags, address, events);
  if (at(id).type == Type::seqpacket) {
    if (const Errno error = take_error(id); error != Errno::ok) {
      return SyscallResult::failure(error);
    }
    if (at(id).state != LocalState::connected) return SyscallResult::failure(Errno::enotconn);
    return send_record(id, data, flags, Unspecified{}, events);  // The address is ignored.
  }
  return send_record(id, data, flags, address, events);
}

// Whether the sender's buffer takes one more piece: the one that goes past its end is the last.
Errno LocalSockets::may_charge(LocalId id) {
  if (const Errno error = take_error(id); error != Errno::ok) return error;
  if (at(id).shut_write) return Errno::epipe;
  return at(id).charged < at(id).send_buffer ? Errno::ok : Errno::eagain;
}

void LocalSockets::put(LocalId from, LocalId to, std::span<const std::byte> data,
                       LocalEvents& events) {
  const std::uint32_t charge = static_cast<std::uint32_t>(data.size()) + piece_overhead;
  at(from).charged += charge;
  refer(from);
  at(to).queue.push_back({Slice::copy_of(data), from, charge, false});
  tell(to, poll_in, events);
}

SyscallResult LocalSockets::send_stream(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                                        const SocketAddress& address, LocalEvents& events) {
  const LocalSocket& socket = at(id);
  const bool urgent = (flags & msg_oob) != 0;
  if (urgent && data.empty()) return SyscallResult::failure(Errno::eopnotsupp);
  if (!std::holds_alternative<Unspecified>(address)) {
    const bool connected = socket.state == LocalState::connected;
    return SyscallResult::failure(connected ? Errno::eisconn : Errno::eopnotsupp);
  }
  if (socket.peer == no_local) return SyscallResult::failure(Errno::enotconn);
  if (socket.shut_write) return SyscallResult::failure(Errno::epipe);
  // Half of the buffer at most, so that one piece can be sent while another one is read.
  const std::size_t most = std::min(stream_piece_max, socket.send_buffer / 2 - 64);
  const std::size_t plain = data.size() - (urgent ? 1 : 0);
  std::size_t sent = 0;
  Errno error = Errno::ok;
  while (sent < plain && error == Errno::ok) {
    const std::size_t size = std::min(plain - sent, most);
    error = send_piece(id, data.subspan(sent, size), false, events);
    if (error == Errno::ok) sent += size;
  }
  // The last byte is the urgent one.
  if (urgent && error == Errno::ok) {
    error = send_piece(id, data.last(1), true, events);
    if (error == Errno::ok) ++sent;
  }
  if (sent == 0 && error != Errno::ok) return SyscallResult::failure(error);
  return SyscallResult::success(static_cast<std::int64_t>(sent));
}

Errno LocalSockets::send_piece(LocalId id, std::span<const std::byte> data, bool urgent,
                               LocalEvents& events) {
  if (const Errno error = may_charge(id); error != Errno::ok) return error;
  const LocalId peer = at(id).peer;
  if (at(peer).shut_read) return Errno::epipe;
  put(id, peer, data, events);
  if (!urgent) return Errno::ok;
  // The urgent byte before, if nobody took it, is a byte like others now.
  Ring<LocalPiece>& queue = at(peer).queue;
  for (std::size_t i = 0; i < queue.size() && at(peer).urgent_waits; ++i) queue[i].urgent = false;
  queue.back().urgent = true;
  at(peer).urgent_waits = true;
  tell(peer, poll_pri, events);
  return Errno::ok;
}

SyscallResult LocalSockets::send_record(LocalId id, std::span<const std::byte> data, MsgFlags flags,
                                        const SocketAddress& address, LocalEvents& events) {
  if ((flags & msg_oob) != 0) return SyscallResult::failure(Errno::eopnotsupp);
  const auto* name = std::get_if<UnixPath>(&address);
  const bool addressed = !std::holds_alternative<Unspecified>(address);
  if (addressed && (name == nullptr || name->size == 0)) {
    return SyscallResult::failure(Errno::einval);
  }
  if (data.size() > at(id).send_buffer - record_reserve) {
    return SyscallResult::failure(Errno::emsgsize);
  }
  if (const Errno error = may_charge(id); error != Errno::ok) return SyscallResult::failure(error);
  const auto receiver = receiver_of(id, address, events);
  if (!receiver) return SyscallResult::failure(receiver.error());
  const LocalSocket& other = at(*receiver);
  if (other.shut_read) return SyscallResult::failure(Errno::epipe);
  // Between two that are connected to each other the sender's buffer is the limit.
  if (*receiver != id && other.peer != id && is_full(*receiver)) {
    return SyscallResult::failure(Errno::eagain);
  }
  put(id, *receiver, data, events);
  return SyscallResult::success(static_cast<std::int64_t>(data.size()));
}

// Who gets a record, as far as it may.
std::expected<LocalId, Errno> LocalSockets::receiver_of(LocalId id, const SocketAddress& address,
                                                        LocalEvents& events) {
  LocalId receiver = at(id).peer;
  if (!std::holds_alternative<Unspecified>(address)) {
    const auto found = look_up(at(id).type, address);
    if (!found) return found;
    receiver = *found;
  }
  if (receiver == no_local) return std::unexpected(Errno::enotconn);
  if (!may_send(id, receiver)) return std::unexpected(Errno::eperm);
  if (!at(receiver).is_gone()) return receiver;
  if (!at(id).is_dgram()) return std::unexpected(Errno::epipe);
  // The association ends here, and with it what is queued.
  leave_peer(id, events);
  drop_all(id, events);
  return std::unexpected(Errno::econnrefused);
}

}  // namespace lockstep
