// The socket calls that properties make, as values (stack/api/syscall.h), and the addresses of the
// hosts in a LossyPair.
#pragma once

#include <cstddef>
#include <span>

#include "stack/api/syscall.h"

namespace lockstep::properties {

// 10.0.0.1 and 10.0.0.2 for hosts 0 and 1; `which` counts a host's addresses: 10.0.1.1 and so on.
inline IpAddress host_address(std::size_t host, std::size_t which = 0) {
  return IpAddress::v4(10, 0, static_cast<std::uint8_t>(which),
                       static_cast<std::uint8_t>(host + 1));
}

namespace calls {

inline Syscall on(Fd fd, Call call) {
  Syscall result;
  result.call = call;
  result.fd = fd;
  return result;
}

inline Syscall socket(Type type) {
  Syscall call;
  call.type = type;
  return call;
}
inline Syscall stream_socket() { return socket(Type::stream); }

inline Syscall bind(Fd fd, const Endpoint& at) {
  Syscall call = on(fd, Call::bind);
  call.address = at;
  return call;
}

inline Syscall listen(Fd fd, std::int32_t backlog) {
  Syscall call = on(fd, Call::listen);
  call.backlog = backlog;
  return call;
}

inline Syscall accept(Fd fd) { return on(fd, Call::accept); }
inline Syscall close(Fd fd) { return on(fd, Call::close); }
inline Syscall getpeername(Fd fd) { return on(fd, Call::getpeername); }

inline Syscall connect(Fd fd, const Endpoint& to) {
  Syscall call = on(fd, Call::connect);
  call.address = to;
  return call;
}

// `bytes` and `buffer` outlive the call.
inline Syscall send(Fd fd, std::span<const std::byte> bytes) {
  Syscall call = on(fd, Call::send);
  call.data = bytes;
  return call;
}

inline Syscall recv(Fd fd, std::span<std::byte> buffer) {
  Syscall call = on(fd, Call::recv);
  call.buffer = buffer;
  return call;
}

inline Syscall shutdown(Fd fd, ShutdownHow how) {
  Syscall call = on(fd, Call::shutdown);
  call.how = how;
  return call;
}

inline Syscall set_flag(Fd fd, OptionName option, bool value) {
  Syscall call = on(fd, Call::setsockopt);
  call.option = option;
  call.option_value.value = value ? 1 : 0;
  return call;
}

}  // namespace calls
}  // namespace lockstep::properties
