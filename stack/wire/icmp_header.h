// ICMPv4 (RFC 792, RFC 1191 4) and ICMPv6 (RFC 4443) messages as bytes.
//
//   0 [type | code | checksum] 4 [unused, MTU, or the message's own four bytes] 8 [quoted packet]
//
// ICMPv6's checksum covers a pseudo-header, ICMPv4's does not.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <span>

#include "stack/wire/codec_error.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/packet.h"

namespace lockstep {

inline constexpr std::size_t icmp_header_size = 8;

// What is on the wire for a kind. Requires: kind != IcmpKind::other.
struct IcmpTypeCode {
  std::uint8_t type = 0;
  std::uint8_t code = 0;

  friend constexpr bool operator==(const IcmpTypeCode&, const IcmpTypeCode&) = default;
};
IcmpTypeCode icmp_type_code(IcmpKind kind, IpFamily family);

// The inverse; `other` for what has no kind of its own. RFC 4443 3.2: a receiver ignores the code
// of a Packet Too Big.
IcmpKind icmp_kind(IcmpTypeCode wire, IpFamily family);

std::expected<std::size_t, EncodeError> icmp_size(const IcmpMessage& icmp, IpFamily family);

// Requires: bytes.size() == *icmp_size(icmp, the family of ip).
void encode_icmp(const IcmpMessage& icmp, const IpHeader& ip, std::span<std::byte> bytes);

std::expected<IcmpMessage, DecodeError> decode_icmp(const IpView& ip);

}  // namespace lockstep
