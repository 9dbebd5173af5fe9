// The TCP segment as bytes (RFC 9293 3.1).
//
//   0 [source port | destination port] 4 [seq] 8 [ack]
//   12 [data offset, reserved | flags | window] 16 [checksum | urgent] 20 [options] [payload]
#pragma once

#include <cstddef>
#include <expected>
#include <span>

#include "stack/wire/codec_error.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/packet.h"

namespace lockstep {

inline constexpr std::size_t tcp_header_size = 20;

std::expected<std::size_t, EncodeError> tcp_size(const TcpSegment& tcp);

// Requires: bytes.size() == *tcp_size(tcp).
void encode_tcp(const TcpSegment& tcp, const IpHeader& ip, std::span<std::byte> bytes);

std::expected<TcpSegment, DecodeError> decode_tcp(const IpView& ip);

}  // namespace lockstep
