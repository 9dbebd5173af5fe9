// The errors that a call may be changed to: those that its man page (section 2, tcp(7), udp(7),
// ip(7)) names for sockets. Left out are those that a kernel may answer at any time (EINTR, ENOMEM,
// ENOBUFS, ENFILE), those about a bad pointer, and those about a descriptor that is no socket.
#pragma once

#include <array>
#include <span>

#include "stack/api/error_number.h"
#include "stack/api/syscall.h"

namespace lockstep::discriminate {

inline std::span<const Errno> errors_of(Call call) {
  using enum Errno;
  static constexpr std::array of_socket{einval, eafnosupport, eprotonosupport, emfile};
  static constexpr std::array of_bind{ebadf,      einval,        eacces,
                                      eaddrinuse, eaddrnotavail, eafnosupport};
  static constexpr std::array of_listen{ebadf, eaddrinuse, eopnotsupp, einval};
  static constexpr std::array of_accept{ebadf, eagain, einval, eopnotsupp, econnaborted, emfile};
  static constexpr std::array of_connect{ebadf,         einval,       eacces,       eaddrinuse,
                                         eaddrnotavail, eafnosupport, enetunreach,  ehostunreach,
                                         econnrefused,  etimedout,    econnaborted, econnreset,
                                         eisconn,       ealready,     einprogress,  eagain};
  static constexpr std::array of_send{ebadf,    eagain,      epipe,        econnreset,   enotconn,
                                      emsgsize, einval,      eopnotsupp,   edestaddrreq, eisconn,
                                      eacces,   enetunreach, ehostunreach, econnrefused, etimedout};
  static constexpr std::array of_receive{ebadf,        eagain,      enotconn,
                                         econnrefused, econnreset,  etimedout,
                                         ehostunreach, enetunreach, einval};
  static constexpr std::array of_shutdown{ebadf, enotconn, einval};
  static constexpr std::array of_close{ebadf};
  static constexpr std::array of_dup{ebadf, emfile};
  static constexpr std::array of_name{ebadf, einval};
  static constexpr std::array of_peer{ebadf, enotconn, einval};
  static constexpr std::array of_option{ebadf, einval, enoprotoopt, edom, eopnotsupp};
  static constexpr std::array of_queue{ebadf, einval};
  switch (call) {
    case Call::socket:
      return of_socket;
    case Call::bind:
      return of_bind;
    case Call::listen:
      return of_listen;
    case Call::accept:
      return of_accept;
    case Call::connect:
      return of_connect;
    case Call::send:
    case Call::sendto:
      return of_send;
    case Call::recv:
    case Call::recvfrom:
      return of_receive;
    case Call::shutdown:
      return of_shutdown;
    case Call::close:
      return of_close;
    case Call::dup:
      return of_dup;
    case Call::getsockname:
      return of_name;
    case Call::getpeername:
      return of_peer;
    case Call::setsockopt:
    case Call::getsockopt:
      return of_option;
    case Call::siocinq:
    case Call::siocoutq:
      return of_queue;
    case Call::poll:
      return {};
  }
  return {};
}

// What SO_ERROR may be changed to: no error, and those that a connection can end with.
inline constexpr std::array pending_errors{
    Errno::ok,    Errno::econnrefused, Errno::econnreset, Errno::etimedout,
    Errno::epipe, Errno::ehostunreach, Errno::emsgsize};

}  // namespace lockstep::discriminate
