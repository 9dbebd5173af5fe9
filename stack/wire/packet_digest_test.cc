#include "stack/wire/packet_digest.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <vector>

namespace lockstep {
namespace {

std::vector<std::uint64_t> words_of(const Packet& packet) {
  Digest digest_of_it;
  digest(digest_of_it, packet);
  return {digest_of_it.words().begin(), digest_of_it.words().end()};
}

Packet segment() {
  Packet packet;
  packet.source = IpAddress::v4(10, 0, 0, 1);
  packet.destination = IpAddress::v4(10, 0, 0, 2);
  TcpSegment tcp;
  tcp.source_port = 1000;
  tcp.destination_port = 80;
  tcp.seq = 7;
  tcp.ack = 9;
  tcp.flags = tcp_ack;
  packet.body = tcp;
  return packet;
}

TEST(PacketDigestTest, EqualPacketsAreEqualAndEachFieldTellsPacketsApart) {
  using Change = std::function<void(Packet&)>;
  const std::vector<Change> changes = {
      [](Packet& p) { p.source.low ^= 1; },
      [](Packet& p) { p.destination.low ^= 1; },
      [](Packet& p) { --p.ttl; },
      [](Packet& p) { ++p.tcp()->source_port; },
      [](Packet& p) { ++p.tcp()->destination_port; },
      [](Packet& p) { ++p.tcp()->seq; },
      [](Packet& p) { ++p.tcp()->ack; },
      [](Packet& p) { p.tcp()->flags |= tcp_fin; },
      [](Packet& p) { ++p.tcp()->window; },
      [](Packet& p) { ++p.tcp()->urgent; },
      [](Packet& p) { p.tcp()->options.mss = 0; },
      [](Packet& p) { p.tcp()->options.window_scale = 0; },
      [](Packet& p) { p.tcp()->options.sack_permitted = true; },
      [](Packet& p) { p.tcp()->options.timestamps = TcpTimestamps{}; },
      [](Packet& p) { p.tcp()->options.sack_count = 1; },
      [](Packet& p) { p.tcp()->options.unknown.emplace_back(); },
      [](Packet& p) {
        p.tcp()->payload = Slice::filled(1, [](std::span<std::byte> b) { b[0] = std::byte{0}; });
      },
      [](Packet& p) { p.body = UdpDatagram(); },
      [](Packet& p) { p.body = IcmpMessage(); },
      [](Packet& p) { p.body = OtherPayload(); },
  };
  std::vector<std::vector<std::uint64_t>> all = {words_of(segment())};
  EXPECT_EQ(words_of(segment()), all.front());
  for (const Change& change : changes) {
    Packet packet = segment();
    change(packet);
    const auto words = words_of(packet);
    EXPECT_EQ(std::ranges::find(all, words), all.end()) << to_string(packet);
    all.push_back(words);
  }
}

}  // namespace
}  // namespace lockstep
