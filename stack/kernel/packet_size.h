// What fits into a packet: headers without options (RFC 791 3.1, RFC 8200 3, RFC 9293 3.1).
#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/api/address.h"

namespace lockstep {

inline constexpr std::uint32_t largest_packet = 65535;
inline constexpr std::uint32_t tcp_header_octets = 20;

constexpr std::uint32_t ip_header_octets(IpFamily family) {
  return family == IpFamily::v4 ? 20 : 40;
}

// The bytes of a TCP segment that `mtu` bytes carry; one at least.
constexpr std::uint16_t mss_for_mtu(std::uint32_t mtu, IpFamily family) {
  const std::uint32_t headers = ip_header_octets(family) + tcp_header_octets;
  const std::uint32_t size = std::min(mtu, largest_packet);
  return static_cast<std::uint16_t>(size > headers ? size - headers : 1);
}

}  // namespace lockstep
