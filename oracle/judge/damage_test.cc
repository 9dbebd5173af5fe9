#include "oracle/judge/damage.h"

#include <gtest/gtest.h>

#include <vector>

#include "stack/wire/codec.h"

namespace lockstep::judge {
namespace {

Packet packet_of(bool v4, bool tcp) {
  Packet packet;
  packet.source = v4 ? IpAddress::v4(10, 0, 0, 1) : IpAddress::v6(0xfd00'0000'0000'0000, 1);
  packet.destination = v4 ? IpAddress::v4(10, 0, 0, 2) : IpAddress::v6(0xfd00'0000'0000'0000, 2);
  const std::byte text[] = {std::byte{0x5a}, std::byte{0x00}, std::byte{0xff}};
  if (tcp) {
    TcpSegment segment;
    segment.seq = 0x01020304;
    segment.flags = tcp_ack;
    segment.payload = Slice::copy_of(text);
    packet.body = segment;
  } else {
    packet.body = UdpDatagram{1000, 2000, Slice::copy_of(text)};
  }
  return packet;
}

// The codec, which is tested by itself, bears the arithmetic out, bit by bit.
TEST(Damage, WhatTheChecksumsShowIsRefused) {
  for (const bool v4 : {true, false}) {
    for (const bool tcp : {true, false}) {
      const Packet packet = packet_of(v4, tcp);
      std::vector<std::byte> bytes;
      ASSERT_TRUE(encode_packet(packet, bytes).has_value());
      std::size_t shown = 0;
      for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
        if (!checksum_shows_flip(packet, bit)) continue;
        ++shown;
        bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
        EXPECT_FALSE(decode_packet(bytes).has_value()) << v4 << tcp << " bit " << bit;
        bytes[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
      }
      EXPECT_GT(shown, bytes.size() * 6);
    }
  }
}

TEST(Damage, WhatIsNotSummedMayArrive) {
  EXPECT_FALSE(checksum_shows_flip(packet_of(false, true), 7 * 8));   // The hop limit.
  EXPECT_TRUE(checksum_shows_flip(packet_of(true, true), 8 * 8));     // The time to live.
  EXPECT_FALSE(checksum_shows_flip(packet_of(true, false), 26 * 8));  // The UDP checksum itself.
  EXPECT_TRUE(checksum_shows_flip(packet_of(false, false), 46 * 8));
}

}  // namespace
}  // namespace lockstep::judge
