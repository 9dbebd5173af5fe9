// Packets to bytes and back, IP header first. decode_packet(encode_packet(p)) == p for every packet
// that has an encoding, and what is decoded always has one. What a Packet has no place for is lost
// in decoding: IPv4 options, TOS, identification and DF; IPv6 traffic class and flow label; TCP's
// reserved bits and the order of its options. An IPv6 extension header makes the whole payload an
// OtherPayload of that header's number; fragments are refused.
#pragma once

#include <cstddef>
#include <expected>
#include <span>
#include <vector>

#include "stack/wire/codec_error.h"
#include "stack/wire/packet.h"

namespace lockstep {

// The bytes that `packet` takes. Not canonical are: an OtherPayload or an unknown TCP option with a
// number that has a value of its own, an IcmpKind::other with the type and code of a named kind.
std::expected<std::size_t, EncodeError> encoded_size(const Packet& packet);

// Appends the packet's bytes, checksums filled in; gives their number. On an error `out` is as it
// was. Allocates only when `out` must grow.
std::expected<std::size_t, EncodeError> encode_packet(const Packet& packet,
                                                      std::vector<std::byte>& out);
// The same into the front of `buffer`, which may hold anything.
std::expected<std::size_t, EncodeError> encode_packet(const Packet& packet,
                                                      std::span<std::byte> buffer);

// Reads one packet from any bytes whatever; all lengths and checksums are verified. Bytes after
// the packet's end are ignored.
std::expected<Packet, DecodeError> decode_packet(std::span<const std::byte> bytes);

}  // namespace lockstep
