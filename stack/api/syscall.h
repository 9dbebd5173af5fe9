// Every socket call and its result, as values. All sockets are non-blocking: a call that would
// block answers EAGAIN (EINPROGRESS for connect). Sources: the section 2 man pages of each call.
//
//   call         reads                                          a success's result
//   socket       domain, type                                   value = descriptor
//   bind         fd, address                                    0
//   listen       fd, backlog                                    0
//   accept       fd                                             value = descriptor, address = peer
//   connect      fd, address (Unspecified = AF_UNSPEC)          0
//   send         fd, data, flags                                value = bytes taken
//   sendto       fd, data, flags, address (Unspecified = none)  value = bytes taken
//   recv         fd, buffer, flags                              value = bytes (full length with
//                                                               MSG_TRUNC), truncated
//   recvfrom     fd, buffer, flags                              as recv, and address = source
//   shutdown     fd, how                                        0
//   close        fd                                             0
//   dup          fd                                             value = descriptor
//   getsockname  fd                                             address
//   getpeername  fd                                             address
//   setsockopt   fd, option, option_value                       0
//   getsockopt   fd, option                                     option_value (SO_ERROR: an errno's
//                                                               number in option_value.value)
//   poll         fd, events                                     value = revents; never an error
//   siocinq      fd                                             value = bytes that can be read
//   siocoutq     fd                                             value = bytes not yet acknowledged
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/api/options.h"
#include "stack/api/socket_types.h"

namespace lockstep {

// clang-format off
#define LOCKSTEP_CALL_LIST(X)                                                          \
  X(socket) X(bind) X(listen) X(accept) X(connect) X(send) X(sendto) X(recv)            \
  X(recvfrom) X(shutdown) X(close) X(dup) X(getsockname) X(getpeername)                 \
  X(setsockopt) X(getsockopt) X(poll) X(siocinq) X(siocoutq)
// clang-format on

enum class Call : std::uint8_t {
#define LOCKSTEP_CALL_ENUMERATOR(id) id,
  LOCKSTEP_CALL_LIST(LOCKSTEP_CALL_ENUMERATOR)
#undef LOCKSTEP_CALL_ENUMERATOR
};

std::string_view call_name(Call call);
std::optional<Call> parse_call(std::string_view text);

// The arguments of one call; the table above says which fields a call reads.
// `data` and `buffer` are borrowed for the duration of the call.
struct Syscall {
  Call call = Call::socket;
  Domain domain = Domain::inet;
  Type type = Type::stream;
  ShutdownHow how = ShutdownHow::read;
  OptionName option = OptionName::so_error;
  PollEvents events = 0;
  Fd fd;
  std::int32_t backlog = 0;
  MsgFlags flags = 0;
  OptionValue option_value;
  SocketAddress address;
  std::span<const std::byte> data;
  std::span<std::byte> buffer;
};

struct SyscallResult {
  Errno error = Errno::ok;
  bool truncated = false;  // MSG_TRUNC in msg_flags: the datagram was longer than the buffer.
  std::int64_t value = 0;  // -1 when error is set.
  OptionValue option_value;
  SocketAddress address;

  bool ok() const { return error == Errno::ok; }
  static SyscallResult success(std::int64_t value = 0) {
    SyscallResult result;
    result.value = value;
    return result;
  }
  static SyscallResult failure(Errno error) {
    SyscallResult result;
    result.error = error;
    result.value = -1;
    return result;
  }

  friend bool operator==(const SyscallResult&, const SyscallResult&) = default;
};

}  // namespace lockstep
