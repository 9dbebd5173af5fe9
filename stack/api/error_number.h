// Errno: the errors a socket call can return, with Linux's numbers and names (errno(3),
// asm-generic). A simulated errno is a value, never a thrown exception and never the process's own
// errno. The enumerators are lower-case because <cerrno> defines the upper-case names as macros.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace lockstep {

// clang-format off
#define LOCKSTEP_ERRNO_LIST(X)                                                              \
  X(eperm, 1, "EPERM") X(enoent, 2, "ENOENT") X(eintr, 4, "EINTR") X(ebadf, 9, "EBADF")      \
  X(eagain, 11, "EAGAIN") X(enomem, 12, "ENOMEM") X(eacces, 13, "EACCES")                    \
  X(efault, 14, "EFAULT") X(enotdir, 20, "ENOTDIR") X(einval, 22, "EINVAL") X(enfile, 23, "ENFILE")                    \
  X(emfile, 24, "EMFILE") X(epipe, 32, "EPIPE") X(edom, 33, "EDOM")                          \
  X(eproto, 71, "EPROTO")                                                                    \
  X(enotsock, 88, "ENOTSOCK") X(edestaddrreq, 89, "EDESTADDRREQ")                            \
  X(emsgsize, 90, "EMSGSIZE") X(eprototype, 91, "EPROTOTYPE")                                \
  X(enoprotoopt, 92, "ENOPROTOOPT") X(eprotonosupport, 93, "EPROTONOSUPPORT")                \
  X(esocktnosupport, 94, "ESOCKTNOSUPPORT") X(eopnotsupp, 95, "EOPNOTSUPP")                  \
  X(eafnosupport, 97, "EAFNOSUPPORT") X(eaddrinuse, 98, "EADDRINUSE")                        \
  X(eaddrnotavail, 99, "EADDRNOTAVAIL") X(enetdown, 100, "ENETDOWN")                         \
  X(enetunreach, 101, "ENETUNREACH") X(econnaborted, 103, "ECONNABORTED")                    \
  X(econnreset, 104, "ECONNRESET") X(enobufs, 105, "ENOBUFS") X(eisconn, 106, "EISCONN")     \
  X(enotconn, 107, "ENOTCONN") X(etimedout, 110, "ETIMEDOUT")                                \
  X(econnrefused, 111, "ECONNREFUSED") X(ehostunreach, 113, "EHOSTUNREACH")                  \
  X(ealready, 114, "EALREADY") X(einprogress, 115, "EINPROGRESS")
// clang-format on

enum class Errno : std::int16_t {
  ok = 0,
#define LOCKSTEP_ERRNO_ENUMERATOR(id, number, name) id = number,
  LOCKSTEP_ERRNO_LIST(LOCKSTEP_ERRNO_ENUMERATOR)
#undef LOCKSTEP_ERRNO_ENUMERATOR
};

static_assert(static_cast<int>(Errno::econnreset) == 104);
static_assert(static_cast<int>(Errno::eaddrinuse) == 98);

// "ECONNRESET"; "OK" for ok; "E?" for a number outside the list.
std::string_view errno_name(Errno error);

// The inverse of errno_name ("OK" included); nullopt for any other text.
std::optional<Errno> parse_errno(std::string_view name);

}  // namespace lockstep
