// PacketKind: what a packet is for, in one word. Scenarios name packets by it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "stack/wire/packet.h"

namespace lockstep {

// clang-format off
#define LOCKSTEP_PACKET_KIND_LIST(X) \
  X(syn) X(synack) X(ack) X(data) X(fin) X(rst) X(icmp) X(udp) X(other)
// clang-format on

// `other` is an IP packet of another protocol.
enum class PacketKind : std::uint8_t {
#define LOCKSTEP_PACKET_KIND_ENUMERATOR(id) id,
  LOCKSTEP_PACKET_KIND_LIST(LOCKSTEP_PACKET_KIND_ENUMERATOR)
#undef LOCKSTEP_PACKET_KIND_ENUMERATOR
};

// Of a TCP segment the first that holds: it resets, synchronises, finishes, carries payload; else
// it is an ack, whatever its flags.
PacketKind packet_kind(const Packet& packet);

std::string_view packet_kind_name(PacketKind kind);
std::optional<PacketKind> parse_packet_kind(std::string_view text);

}  // namespace lockstep
