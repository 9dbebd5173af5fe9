// What an ICMP error means to a socket (RFC 1122 3.2.2.1, 4.2.3.9; RFC 4443 3; Linux's
// icmp_err_convert and icmpv6_err_convert).
#pragma once

#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/wire/packet.h"

namespace lockstep {

struct IcmpMeaning {
  Errno error = Errno::ok;  // ok: no error at all.
  bool hard = false;        // Will not pass by itself (RFC 1122 4.1.3.3).

  friend bool operator==(const IcmpMeaning&, const IcmpMeaning&) = default;
};

IcmpMeaning meaning_of(const IcmpMessage& icmp, IpFamily family);

}  // namespace lockstep
