#include "stack/wire/packet.h"

#include <gtest/gtest.h>

#include <set>

#include "stack/wire/packet_kind.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

const IpAddress a4 = IpAddress::v4(10, 0, 0, 1);
const IpAddress b4 = IpAddress::v4(10, 0, 0, 2);

Packet segment(TcpFlags flags, std::string_view payload = "") {
  TcpSegment tcp;
  tcp.source_port = 1000;
  tcp.destination_port = 80;
  tcp.seq = 1;
  tcp.flags = flags;
  tcp.window = 65535;
  tcp.payload = sample::text(payload);
  return {a4, b4, 64, tcp};
}

TEST(PacketText, OfSegmentsIsOneLineWithNumbersAsOnTheWire) {
  Packet packet = segment(tcp_syn);
  packet.tcp()->options.mss = 1460;
  EXPECT_EQ(to_string(packet), "10.0.0.1:1000 > 10.0.0.2:80 tcp SYN seq=1 win=65535 <mss 1460>");
  packet = segment(tcp_psh | tcp_ack, "hello");
  packet.tcp()->ack = 7;
  packet.tcp()->options.timestamps = {1, 2};
  packet.tcp()->options.sack_count = 1;
  packet.tcp()->options.sack[0] = {10, 20};
  packet.tcp()->options.unknown.push_back({253, sample::text("xy")});
  EXPECT_EQ(to_string(packet),
            "10.0.0.1:1000 > 10.0.0.2:80 tcp PSH|ACK seq=1 ack=7 win=65535 len=5 "
            "<TS val 1 ecr 2,sack 10:20,opt253 len 4>");
  packet = segment(tcp_syn | tcp_ack | tcp_urg);
  packet.tcp()->urgent = 3;
  packet.tcp()->options.window_scale = 0;
  packet.tcp()->options.sack_permitted = true;
  EXPECT_EQ(to_string(packet),
            "10.0.0.1:1000 > 10.0.0.2:80 tcp SYN|ACK|URG seq=1 ack=0 win=65535 urg=3 "
            "<wscale 0,sackOK>");
  EXPECT_EQ(to_string(segment(0)), "10.0.0.1:1000 > 10.0.0.2:80 tcp none seq=1 win=65535");
}

TEST(PacketText, OfOtherProtocols) {
  const IpAddress a6 = IpAddress::v6(0x20010db800000000u, 1);
  EXPECT_EQ(to_string(Packet{a6, a6, 64, UdpDatagram{53, 1024, sample::text("hi!")}}),
            "[2001:db8::1]:53 > [2001:db8::1]:1024 udp len=3");
  EXPECT_EQ(to_string(Packet{a6, a6, 64, OtherPayload{132, sample::text("hi!")}}),
            "2001:db8::1 > 2001:db8::1 proto=132 len=3");
}

TEST(PacketText, OfIcmpErrorsTellsWhatTheyQuote) {
  const auto icmp = [](IcmpKind kind, std::uint32_t mtu, Slice quoted) {
    return to_string(Packet{b4, a4, 64, IcmpMessage{kind, 0, 0, mtu, std::move(quoted)}});
  };
  EXPECT_EQ(icmp(IcmpKind::packet_too_big, 576, quote_of(segment(tcp_ack))),
            "10.0.0.2 > 10.0.0.1 icmp packet too big mtu=576 "
            "(quotes 10.0.0.1:1000 > 10.0.0.2:80 tcp seq=1)");
  EXPECT_EQ(icmp(IcmpKind::port_unreachable, 0, quote_of({a4, b4, 64, UdpDatagram{1, 2, {}}})),
            "10.0.0.2 > 10.0.0.1 icmp port unreachable (quotes 10.0.0.1:1 > 10.0.0.2:2 udp)");
  EXPECT_EQ(icmp(IcmpKind::net_unreachable, 0, sample::text("??")),
            "10.0.0.2 > 10.0.0.1 icmp net unreachable (quotes 2 bytes)");
  EXPECT_EQ(to_string(Packet{b4, a4, 64, IcmpMessage{IcmpKind::other, 8, 1, 0, {}}}),
            "10.0.0.2 > 10.0.0.1 icmp type=8 code=1 len=0");
}

TEST(TcpFlagsText, StandsInAFixedOrder) {
  EXPECT_EQ(tcp_flags_text(0), "");
  EXPECT_EQ(tcp_flags_text(tcp_ack | tcp_syn), "SYN|ACK");
  EXPECT_EQ(tcp_flags_text(0xff), "SYN|FIN|RST|PSH|ACK|URG|ECE|CWR");
}

TEST(SenderTuple, IsTheSendersView) {
  EXPECT_EQ(sender_tuple(segment(tcp_ack)), (FourTuple{{a4, 1000}, {b4, 80}}));
  EXPECT_EQ(sender_tuple(Packet{b4, a4, 64, UdpDatagram{1, 2, {}}}), (FourTuple{{b4, 1}, {a4, 2}}));
}

TEST(StableHash, DependsOnEveryField) {
  const Packet base = segment(tcp_ack, "hello");
  std::set<std::uint64_t> seen{stable_hash(base)};
  const auto changed = [&](auto&& change) {
    Packet packet = base;
    change(packet, *packet.tcp());
    EXPECT_TRUE(seen.insert(stable_hash(packet)).second) << to_string(packet);
  };
  changed([](Packet& p, TcpSegment&) { p.ttl = 1; });
  changed([](Packet& p, TcpSegment&) { p.source.low += 1; });
  changed([](Packet& p, TcpSegment&) { std::swap(p.source, p.destination); });
  changed([](Packet&, TcpSegment& t) { t.source_port += 1; });
  changed([](Packet&, TcpSegment& t) { t.destination_port += 1; });
  changed([](Packet&, TcpSegment& t) { t.seq += 1; });
  changed([](Packet&, TcpSegment& t) { t.ack += 1; });
  changed([](Packet&, TcpSegment& t) { t.flags = tcp_rst; });
  changed([](Packet&, TcpSegment& t) { t.window = 0; });
  changed([](Packet&, TcpSegment& t) { t.urgent = 1; });
  changed([](Packet&, TcpSegment& t) { t.options.mss = 0; });
  changed([](Packet&, TcpSegment& t) { t.options.window_scale = 0; });
  changed([](Packet&, TcpSegment& t) { t.options.sack_permitted = true; });
  changed([](Packet&, TcpSegment& t) { t.options.timestamps = {0, 0}; });
  changed([](Packet&, TcpSegment& t) { t.options.timestamps = {0, 1}; });
  changed([](Packet&, TcpSegment& t) { t.options.sack_count = 1; });
  changed([](Packet&, TcpSegment& t) { t.options.unknown.push_back({253, {}}); });
  changed([](Packet&, TcpSegment& t) { t.payload = sample::text("hellp"); });
  changed([](Packet&, TcpSegment& t) { t.payload = {}; });
  changed([](Packet& p, TcpSegment&) { p.body = UdpDatagram{}; });
  changed([](Packet& p, TcpSegment&) { p.body = IcmpMessage{}; });
  changed([](Packet& p, TcpSegment&) { p.body = OtherPayload{}; });
}

TEST(PacketKind, IsTheFirstThatHolds) {
  EXPECT_EQ(packet_kind(segment(tcp_rst | tcp_syn | tcp_fin | tcp_ack, "x")), PacketKind::rst);
  EXPECT_EQ(packet_kind(segment(tcp_syn | tcp_fin, "x")), PacketKind::syn);
  EXPECT_EQ(packet_kind(segment(tcp_syn | tcp_ack)), PacketKind::synack);
  EXPECT_EQ(packet_kind(segment(tcp_fin | tcp_ack, "x")), PacketKind::fin);
  EXPECT_EQ(packet_kind(segment(tcp_ack, "x")), PacketKind::data);
  EXPECT_EQ(packet_kind(segment(tcp_ack)), PacketKind::ack);
  EXPECT_EQ(packet_kind(segment(0)), PacketKind::ack);
  EXPECT_EQ(packet_kind({a4, b4, 64, UdpDatagram{}}), PacketKind::udp);
  EXPECT_EQ(packet_kind({a4, b4, 64, IcmpMessage{}}), PacketKind::icmp);
  EXPECT_EQ(packet_kind({a4, b4, 64, OtherPayload{}}), PacketKind::other);
}

TEST(PacketKind, NamesParseBack) {
  constexpr PacketKind all[] = {
#define LOCKSTEP_PACKET_KIND_MEMBER(id) PacketKind::id,
      LOCKSTEP_PACKET_KIND_LIST(LOCKSTEP_PACKET_KIND_MEMBER)
#undef LOCKSTEP_PACKET_KIND_MEMBER
  };
  for (PacketKind kind : all) EXPECT_EQ(parse_packet_kind(packet_kind_name(kind)), kind);
  EXPECT_EQ(parse_packet_kind("SYN"), std::nullopt);
  EXPECT_EQ(parse_packet_kind(""), std::nullopt);
}

}  // namespace
}  // namespace lockstep
