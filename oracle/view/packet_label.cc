#include "oracle/view/packet_label.h"

#include <string_view>

namespace lockstep::view {
namespace {

std::string_view icmp_text(IcmpKind kind) {
  switch (kind) {
    case IcmpKind::net_unreachable:
      return "net_unreachable";
    case IcmpKind::host_unreachable:
      return "host_unreachable";
    case IcmpKind::port_unreachable:
      return "port_unreachable";
    case IcmpKind::packet_too_big:
      return "packet_too_big";
    case IcmpKind::time_exceeded:
      return "time_exceeded";
    case IcmpKind::other:
      return "other";
  }
  return "other";
}

// Signed, so that a number just before the base reads -1.
std::string relative(std::uint32_t number, std::uint32_t base) {
  return std::to_string(static_cast<std::int32_t>(number - base));
}

std::string label_of(const UdpDatagram& datagram) {
  return "udp " + std::to_string(datagram.source_port) + " > " +
         std::to_string(datagram.destination_port) +
         " len=" + std::to_string(datagram.payload.size());
}

std::string label_of(const IcmpMessage& message) {
  std::string text = "icmp " + std::string(icmp_text(message.kind));
  if (message.kind == IcmpKind::packet_too_big) text += " mtu=" + std::to_string(message.mtu);
  return text;
}

}  // namespace

std::uint32_t PacketLabels::base(const FourTuple& sender) const {
  const auto found = first_.find(sender);
  return found != first_.end() ? found->second : 0;
}

void PacketLabels::note(const Packet& packet) {
  const TcpSegment* segment = packet.tcp();
  if (segment == nullptr) return;
  const FourTuple sender = sender_tuple(packet);
  if (segment->has(tcp_syn)) {
    first_[sender] = segment->seq;
  } else {
    first_.try_emplace(sender, segment->seq);
  }
  if (segment->has(tcp_ack)) first_.try_emplace({sender.peer, sender.local}, segment->ack);
}

std::string PacketLabels::label(const Packet& packet) const {
  if (const UdpDatagram* datagram = packet.udp()) return label_of(*datagram);
  if (const IcmpMessage* message = packet.icmp()) return label_of(*message);
  const TcpSegment* segment = packet.tcp();
  if (segment == nullptr) return "ip";
  const FourTuple sender = sender_tuple(packet);
  std::string text = tcp_flags_text(segment->flags);
  if (text.empty()) text = "no flags";
  text += " seq=" + relative(segment->seq, base(sender));
  if (segment->has(tcp_ack)) {
    text += " ack=" + relative(segment->ack, base({sender.peer, sender.local}));
  }
  if (!segment->payload.empty()) text += " len=" + std::to_string(segment->payload.size());
  return text + " win=" + std::to_string(segment->window);
}

}  // namespace lockstep::view
