// PendingError: the one error slot of a UDP socket (SO_ERROR), as the set of what it may hold. At
// least one of "nothing" and the errors below is always possible.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "stack/api/error_number.h"

namespace lockstep::oracle {

class PendingError {
 public:
  bool may_be_none() const { return (possible_ & 1) != 0; }
  bool may_be_some() const { return (possible_ & ~1u) != 0; }
  bool may_be(Errno error) const { return (possible_ & bit(error)) != 0; }

  void become_none() { possible_ = 1; }
  // A new error replaces an old one.
  void become(Errno error) { possible_ = bit(error); }
  void maybe_become(Errno error) { possible_ |= bit(error); }
  // It was seen that some error waits.
  void become_some() {
    if (may_be_some()) possible_ &= static_cast<std::uint8_t>(~1u);
  }

  // "ECONNREFUSED or nothing".
  std::string text() const {
    std::string out;
    for (Errno error : errors) {
      if (!may_be(error)) continue;
      if (!out.empty()) out += " or ";
      out += error == Errno::ok ? "nothing" : errno_name(error);
    }
    return out;
  }

 private:
  // What an ICMP error about a datagram can turn into (RFC 1122 3.2.2, 4.1.3.3; icmp(7)).
  static constexpr std::array errors{Errno::ok,           Errno::econnrefused, Errno::emsgsize,
                                     Errno::ehostunreach, Errno::enetunreach,  Errno::eacces,
                                     Errno::enoprotoopt,  Errno::eopnotsupp};
  static std::uint8_t bit(Errno error) {
    for (std::size_t i = 0; i < errors.size(); ++i) {
      if (errors[i] == error) return static_cast<std::uint8_t>(1u << i);
    }
    return 0;
  }

  std::uint8_t possible_ = 1;
};

}  // namespace lockstep::oracle
