// The IPv4 header (RFC 791 3.1) without options and the IPv6 header (RFC 8200 3) without extension
// headers, as bytes.
//
//   IPv4  0 [ver,ihl | tos | total length ] 4 [ id | flags,fragment offset ]
//         8 [ttl | protocol | checksum ] 12 [source] 16 [destination] 20
//   IPv6  0 [ver, class, flow] 4 [payload length | next header | hop limit]
//         8 [source ........] 24 [destination ........] 40
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>

#include "stack/api/address.h"
#include "stack/wire/checksum.h"
#include "stack/wire/codec_error.h"

namespace lockstep {

inline constexpr std::size_t ipv4_header_size = 20;
inline constexpr std::size_t ipv6_header_size = 40;

struct IpHeader {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 0;
  std::uint8_t protocol = 0;

  friend bool operator==(const IpHeader&, const IpHeader&) = default;
};

// An IP packet whose header was read and found right; `payload` borrows from the bytes given.
struct IpView {
  IpHeader header;
  std::span<const std::byte> payload;
};

// The bytes before the payload, for an address family.
constexpr std::size_t ip_header_size(IpFamily family) {
  return family == IpFamily::v4 ? ipv4_header_size : ipv6_header_size;
}

// IPv4 options are skipped; bytes after the packet's end (a link's padding) are ignored.
std::expected<IpView, DecodeError> decode_ip(std::span<const std::byte> bytes);

// Writes the header for a payload of `payload_size` bytes: never fragmented (DF), identification 0
// (RFC 6864 4.1), no options. Requires: both addresses of one family, bytes.size() >= its
// ip_header_size, and the family's 16-bit length field can say `payload_size` (see encoded_size).
void encode_ip(const IpHeader& header, std::size_t payload_size, std::span<std::byte> bytes);

// The pseudo-header of TCP, UDP and ICMPv6 (RFC 9293 3.1, RFC 8200 8.1), summed.
ChecksumSum pseudo_header_sum(const IpHeader& header, std::size_t payload_size);

}  // namespace lockstep
