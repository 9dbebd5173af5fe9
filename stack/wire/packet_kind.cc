#include "stack/wire/packet_kind.h"

namespace lockstep {
namespace {

PacketKind segment_kind(const TcpSegment& tcp) {
  if (tcp.has(tcp_rst)) return PacketKind::rst;
  if (tcp.has(tcp_syn)) return tcp.has(tcp_ack) ? PacketKind::synack : PacketKind::syn;
  if (tcp.has(tcp_fin)) return PacketKind::fin;
  return tcp.payload.empty() ? PacketKind::ack : PacketKind::data;
}

}  // namespace

PacketKind packet_kind(const Packet& packet) {
  if (const TcpSegment* tcp = packet.tcp()) return segment_kind(*tcp);
  if (packet.udp() != nullptr) return PacketKind::udp;
  return packet.icmp() != nullptr ? PacketKind::icmp : PacketKind::other;
}

std::string_view packet_kind_name(PacketKind kind) {
  switch (kind) {
#define LOCKSTEP_PACKET_KIND_CASE(id) \
  case PacketKind::id:                \
    return #id;
    LOCKSTEP_PACKET_KIND_LIST(LOCKSTEP_PACKET_KIND_CASE)
#undef LOCKSTEP_PACKET_KIND_CASE
  }
  return "?";
}

std::optional<PacketKind> parse_packet_kind(std::string_view text) {
#define LOCKSTEP_PACKET_KIND_MATCH(id) \
  if (text == #id) return PacketKind::id;
  LOCKSTEP_PACKET_KIND_LIST(LOCKSTEP_PACKET_KIND_MATCH)
#undef LOCKSTEP_PACKET_KIND_MATCH
  return std::nullopt;
}

}  // namespace lockstep
