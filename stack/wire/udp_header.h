// The UDP datagram as bytes (RFC 768).
//
//   0 [source port | destination port] 4 [length | checksum] 8 [payload]
#pragma once

#include <cstddef>
#include <expected>
#include <span>

#include "stack/wire/codec_error.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/packet.h"

namespace lockstep {

inline constexpr std::size_t udp_header_size = 8;

std::size_t udp_size(const UdpDatagram& udp);

// Requires: bytes.size() == udp_size(udp) < 2^16.
void encode_udp(const UdpDatagram& udp, const IpHeader& ip, std::span<std::byte> bytes);

// A zero checksum means none over IPv4 (RFC 768) and is an error over IPv6 (RFC 8200 8.1). Bytes
// past the datagram's own length are ignored.
std::expected<UdpDatagram, DecodeError> decode_udp(const IpView& ip);

}  // namespace lockstep
