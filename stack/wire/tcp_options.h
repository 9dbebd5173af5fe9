// TCP options as bytes (RFC 9293 3.2; 7323 2.2 and 3.2; 2018 2 and 3).
//
//   options := { end | no-op | kind length body }, padded with ends to a multiple of four, <= 40
//   end = 0   no-op = 1   mss = 2 4 u16   window scale = 3 3 u8   sack permitted = 4 2
//   sack = 5 (2 + 8n) { u32 u32 } * n, 1 <= n <= 4   timestamps = 8 10 u32 u32
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>

#include "stack/wire/codec_error.h"
#include "stack/wire/packet.h"

namespace lockstep {

inline constexpr std::size_t tcp_options_size_max = 40;

// The bytes that the options take, padding included.
std::expected<std::size_t, EncodeError> tcp_options_size(const TcpOptions& options);

// Requires: bytes.size() == *tcp_options_size(options).
void encode_tcp_options(const TcpOptions& options, std::span<std::byte> bytes);

// Of an option that comes twice the later one counts. What follows an end is not looked at. A
// length below 2, past the end, or not the kind's own is an error, so that reading always ends
// (RFC 9293 3.1, MUST-7).
std::optional<DecodeError> decode_tcp_options(std::span<const std::byte> bytes,
                                              TcpOptions& options);

}  // namespace lockstep
