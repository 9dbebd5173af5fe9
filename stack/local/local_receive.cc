// recv and recvfrom, in the order of Linux's checks, and what becomes of pieces.
#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/api/check.h"
#include "stack/local/local_sockets.h"

namespace lockstep {
namespace {

std::size_t copy(const Slice& from, std::span<std::byte> to) {
  const std::size_t count = std::min(from.size(), to.size());
  if (count > 0) std::memcpy(to.data(), from.bytes().data(), count);
  return count;
}

}  // namespace

// The sender has its room back.
void LocalSockets::drop_first(LocalId id, LocalEvents& events) {
  const bool was_full = is_full(id);
  const LocalId sender = at(id).queue.front().sender;
  const std::uint32_t charge = at(id).queue.front().charge;
  if (at(id).queue.front().urgent) at(id).urgent_waits = false;
  at(id).queue.pop_front();
  at(sender).charged -= charge;
  tell(sender, poll_out, events);
  unrefer(sender);
  if (was_full && !is_full(id)) tell_followers(id, events);
}

void LocalSockets::drop_all(LocalId id, LocalEvents& events) {
  while (!at(id).queue.empty()) drop_first(id, events);
}

void LocalSockets::tell_followers(LocalId id, LocalEvents& events) const {
  for (const LocalId follower : at(id).followers) tell(follower, poll_out, events);
}

SocketAddress LocalSockets::source_of(const LocalPiece& piece) const {
  const UnixPath& name = at(piece.sender).name;
  if (name.size == 0) return Unspecified{};
  return name;
}

SyscallResult LocalSockets::receive(LocalId id, std::span<std::byte> buffer, MsgFlags flags,
                                    bool with_source, LocalEvents& events) {
  if (at(id).is_stream()) return receive_stream(id, buffer, flags, with_source, events);
  const bool needs_connection = at(id).type == Type::seqpacket;
  if (needs_connection && at(id).state != LocalState::connected) {
    return SyscallResult::failure(Errno::enotconn);
  }
  return receive_record(id, buffer, flags, with_source, events);
}

SyscallResult LocalSockets::receive_record(LocalId id, std::span<std::byte> buffer, MsgFlags flags,
                                           bool with_source, LocalEvents& events) {
  if ((flags & msg_oob) != 0) return SyscallResult::failure(Errno::eopnotsupp);
  if (const Errno error = take_error(id); error != Errno::ok) return SyscallResult::failure(error);
  const LocalSocket& socket = at(id);
  if (socket.queue.empty()) {
    const bool ended = socket.shut_read && !socket.is_dgram();
    return ended ? SyscallResult::success(0) : SyscallResult::failure(Errno::eagain);
  }
  const LocalPiece& piece = socket.queue.front();
  const std::size_t size = piece.bytes.size();
  const std::size_t count = copy(piece.bytes, buffer);
  SyscallResult result;
  result.truncated = count < size;
  result.value = static_cast<std::int64_t>((flags & msg_trunc) != 0 ? size : count);
  if (with_source) result.address = source_of(piece);
  if ((flags & msg_peek) == 0) drop_first(id, events);
  return result;
}

// Moves `index` to the next piece that a stream's reader gets bytes of; `started` says that it has
// some already. One that does not peek drops what it passes: an urgent byte that nobody asked for,
// and the place of one that was taken.
LocalSockets::Reading LocalSockets::next_bytes(LocalId id, std::size_t& index, bool started,
                                               bool peek, LocalEvents& events) {
  while (index < at(id).queue.size()) {
    LocalPiece& piece = at(id).queue[index];
    const bool taken = piece.bytes.empty();
    if (!taken && !piece.urgent) return Reading::bytes;
    // A read ends before the urgent byte, and where the last one was.
    if (started && (piece.urgent || !at(id).urgent_waits)) return Reading::mark;
    if (piece.urgent && at(id).out_of_band_inline) {
      if (!peek) piece.urgent = at(id).urgent_waits = false;
      return Reading::bytes;
    }
    if (peek) {
      ++index;
    } else {
      drop_first(id, events);
    }
  }
  return Reading::nothing;
}

// In the order of Linux's unix_stream_read_generic.
SyscallResult LocalSockets::receive_stream(LocalId id, std::span<std::byte> buffer, MsgFlags flags,
                                           bool with_source, LocalEvents& events) {
  if (at(id).state != LocalState::connected) return SyscallResult::failure(Errno::einval);
  if ((flags & msg_oob) != 0) return receive_urgent(id, buffer, flags);
  const bool peek = (flags & msg_peek) != 0;
  const std::size_t low_water = static_cast<std::size_t>(at(id).receive_low_water);
  const std::size_t wanted =
      (flags & msg_waitall) != 0 ? buffer.size() : std::min(low_water, buffer.size());
  SyscallResult result;
  std::size_t copied = 0;
  std::size_t index = 0;
  for (;;) {
    const Reading reading = next_bytes(id, index, copied > 0, peek, events);
    if (reading == Reading::mark) break;
    if (reading == Reading::nothing) {
      if (copied > 0 && (peek || copied >= wanted)) break;
      // One that wants more bytes takes the error, and has no way to tell it if it has some.
      const Errno error = take_error(id);
      if (copied > 0 || (error == Errno::ok && at(id).shut_read)) break;
      return SyscallResult::failure(error == Errno::ok ? Errno::eagain : error);
    }
    LocalPiece& piece = at(id).queue[index];
    const std::size_t count = copy(piece.bytes, buffer.subspan(copied));
    if (with_source) result.address = source_of(piece);
    copied += count;
    if (peek) {
      ++index;
    } else {
      piece.bytes = std::move(piece.bytes).sub(count, piece.bytes.size() - count);
      if (piece.bytes.empty()) drop_first(id, events);
    }
    if (copied == buffer.size()) break;
  }
  result.value = static_cast<std::int64_t>(copied);
  return result;
}

// The urgent byte leaves its place behind, at which reading stops. As Linux does it, the answer is
// one byte whatever the buffer holds, and names no sender.
SyscallResult LocalSockets::receive_urgent(LocalId id, std::span<std::byte> buffer,
                                           MsgFlags flags) {
  LocalSocket& socket = at(id);
  if (socket.out_of_band_inline || !socket.urgent_waits) {
    return SyscallResult::failure(Errno::einval);
  }
  std::size_t index = socket.queue.size();
  while (!socket.queue[--index].urgent) LOCKSTEP_CHECK(index > 0);
  LocalPiece& piece = socket.queue[index];
  copy(piece.bytes, buffer);
  if ((flags & msg_peek) == 0) {
    piece.bytes = Slice();
    piece.urgent = socket.urgent_waits = false;
  }
  return SyscallResult::success(1);
}

}  // namespace lockstep
