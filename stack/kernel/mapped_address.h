// IPv4 addresses as IPv6 sockets show them: ::ffff:a.b.c.d (RFC 4291 2.5.5.2, ipv6(7)). Inside the
// kernel an address is always the one on the wire, so that both kinds of socket meet in the same
// tables; only the calls' arguments and results are mapped.
#pragma once

#include "stack/api/address.h"
#include "stack/kernel/socket.h"

namespace lockstep {

// The address on the wire: IPv4 for a mapped one, any other as it is.
constexpr IpAddress unmapped(const IpAddress& ip) {
  return ip.is_v4_mapped() ? IpAddress::v4(static_cast<std::uint32_t>(ip.low)) : ip;
}

// As the socket's own family writes it.
constexpr Endpoint as_shown(const Socket& socket, const Endpoint& endpoint) {
  if (socket.domain != Domain::inet6 || !endpoint.ip.is_v4()) return endpoint;
  return {IpAddress::v6(0, 0xffff'0000'0000u | endpoint.ip.low), endpoint.port};
}

}  // namespace lockstep
