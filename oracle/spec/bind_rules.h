// Bind conflicts: when two sockets may hold the same port (semantics 13-24). Pure functions over
// PortHolder values; the table in bind_rules_test.cc lists every combination. Sources: bind(2),
// socket(7) SO_REUSEADDR and SO_REUSEPORT, ipv6(7) IPV6_V6ONLY.
#pragma once

#include <cstdint>
#include <string>

#include "oracle/spec/socket_model.h"
#include "stack/api/address.h"

namespace lockstep::oracle {

enum class Conflict : std::uint8_t { no, maybe, yes };

// The IPv4 address that an IPv4-mapped one stands for; any other address as it is.
IpAddress unmapped(const IpAddress& address);
Endpoint unmapped(const Endpoint& endpoint);

// Whether a socket bound to `a` and one bound to `b` could both be meant by one local address.
// `v6_only`: of the socket bound to it; matters for `::` alone.
bool addresses_overlap(const IpAddress& a, bool a_v6_only, const IpAddress& b, bool b_v6_only);

// Whether the holder's flags and those of the newcomer let them share an address and a port.
bool flags_allow_sharing(const PortHolder& holder, const PortHolder& newcomer);

// Whether they do so by SO_REUSEPORT, and could be meant by one local address and port.
bool share_by_reuse_port(const PortHolder& holder, const PortHolder& newcomer);

// Whether `holder` forbids `newcomer` its local address and port. An unknown local port of the
// holder (0) may be any; flags that were cleared after its bind may still count.
Conflict bind_conflict(const PortHolder& holder, const PortHolder& newcomer);

// "tcp 10.0.0.1:80 held by socket 3 listening", for a violation's state.
std::string holder_text(const PortHolder& holder);

}  // namespace lockstep::oracle
