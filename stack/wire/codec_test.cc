#include "stack/wire/codec.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

using sample::hex;
using sample::text;

const IpAddress a4 = IpAddress::v4(10, 0, 0, 1);
const IpAddress b4 = IpAddress::v4(10, 0, 0, 2);
const IpAddress a6 = IpAddress::v6(0x20010db800000000u, 1);
const IpAddress b6 = IpAddress::v6(0x20010db800000000u, 2);

// 10.0.0.1:49152 > 10.0.0.2:80 tcp SYN seq=16777216 win=65535
//   <mss 1460,sackOK,TS val 1 ecr 0,wscale 7,eol>
constexpr std::string_view syn_bytes =
    "45 00 00 3c 00 00 40 00 40 06 26 ba 0a 00 00 01 "
    "0a 00 00 02 c0 00 00 50 01 00 00 00 00 00 00 00 "
    "a0 02 ff ff 6c b3 00 00 02 04 05 b4 04 02 08 0a "
    "00 00 00 01 00 00 00 00 03 03 07 00";

// [2001:db8::1]:1000 > [2001:db8::2]:2000 tcp FIN|PSH|ACK|URG|ECE|CWR seq=4294967294 ack=5 win=512
//   urg=3 len=5 <sack 10:20 30:40,opt253 len 4,eol,eol>
constexpr std::string_view data_bytes =
    "60 00 00 00 00 31 06 40 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 02 03 e8 07 d0 ff ff ff fe "
    "00 00 00 05 b0 f9 02 00 f3 7f 00 03 05 12 00 00 "
    "00 0a 00 00 00 14 00 00 00 1e 00 00 00 28 fd 04 "
    "ab cd 00 00 68 65 6c 6c 6f";

// 10.0.0.1:53 > 10.0.0.2:1024 udp len=3 "hi!"
constexpr std::string_view udp4_bytes =
    "45 00 00 1f 00 00 40 00 40 11 26 cc 0a 00 00 01 "
    "0a 00 00 02 00 35 04 00 00 0b 5e 37 68 69 21";

// [fe80::1]:53 > [fe80::2]:1024 udp len=0
constexpr std::string_view udp6_bytes =
    "60 00 00 00 00 08 11 40 fe 80 00 00 00 00 00 00 "
    "00 00 00 00 00 00 00 01 fe 80 00 00 00 00 00 00 "
    "00 00 00 00 00 00 00 02 00 35 04 00 00 08 fe a4";

// 10.0.0.2 > 10.0.0.1 icmp port unreachable, quoting udp4_bytes to 8 bytes past the IP header
constexpr std::string_view unreachable_bytes =
    "45 00 00 38 00 00 40 00 40 01 26 c3 0a 00 00 02 "
    "0a 00 00 01 03 03 9a 85 00 00 00 00 45 00 00 1f "
    "00 00 40 00 40 11 26 cc 0a 00 00 01 0a 00 00 02 "
    "00 35 04 00 00 0b 5e 37";

// 10.0.0.2 > 10.0.0.1 icmp packet too big mtu=576, quoting syn_bytes to 8 bytes past the IP header
constexpr std::string_view too_big4_bytes =
    "45 00 00 38 00 00 40 00 40 01 26 c3 0a 00 00 02 "
    "0a 00 00 01 03 04 39 6b 00 00 02 40 45 00 00 3c "
    "00 00 40 00 40 06 26 ba 0a 00 00 01 0a 00 00 02 "
    "c0 00 00 50 01 00 00 00";

// 2001:db8::2 > 2001:db8::1 icmp packet too big mtu=1280, quoting 48 bytes of data_bytes
constexpr std::string_view too_big6_bytes =
    "60 00 00 00 00 38 3a 40 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 02 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 01 02 00 cf 7a 00 00 05 00 "
    "60 00 00 00 00 31 06 40 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 01 20 01 0d b8 00 00 00 00 "
    "00 00 00 00 00 00 00 02 03 e8 07 d0 ff ff ff fe";

// 10.0.0.1 > 10.0.0.2 icmp echo request, id 0x1234, seq 1, "ping"
constexpr std::string_view echo_bytes =
    "45 00 00 20 00 00 40 00 40 01 26 db 0a 00 00 01 "
    "0a 00 00 02 08 00 06 fa 12 34 00 01 70 69 6e 67";

// 10.0.0.1 > 10.0.0.2 proto=132 (SCTP) len=3
constexpr std::string_view other_bytes =
    "45 00 00 17 00 00 40 00 40 84 26 61 0a 00 00 01 "
    "0a 00 00 02 01 02 03";

constexpr std::string_view all_bytes[] = {
    syn_bytes,      data_bytes,     udp4_bytes, udp6_bytes,  unreachable_bytes,
    too_big4_bytes, too_big6_bytes, echo_bytes, other_bytes,
};

Packet decoded(std::string_view bytes) {
  const auto packet = decode_packet(hex(bytes));
  EXPECT_TRUE(packet) << bytes;
  return packet ? *packet : Packet();
}

// Encodes into poisoned memory, so that a byte left unwritten shows.
std::vector<std::byte> encoded(const Packet& packet) {
  std::vector<std::byte> buffer(2000, std::byte{0xa5});
  const auto size = encode_packet(packet, std::span(buffer));
  EXPECT_TRUE(size) << to_string(packet);
  const std::size_t used = size ? *size : 0;
  EXPECT_TRUE(std::all_of(buffer.begin() + static_cast<std::ptrdiff_t>(used), buffer.end(),
                          [](std::byte b) { return b == std::byte{0xa5}; }));
  buffer.resize(used);
  return buffer;
}

TEST(Codec, DecodesEveryFieldOfASyn) {
  const Packet packet = decoded(syn_bytes);
  EXPECT_EQ(packet.source, a4);
  EXPECT_EQ(packet.destination, b4);
  EXPECT_EQ(packet.ttl, 64);
  ASSERT_NE(packet.tcp(), nullptr);
  const TcpSegment& tcp = *packet.tcp();
  EXPECT_EQ(tcp.source_port, 49152);
  EXPECT_EQ(tcp.destination_port, 80);
  EXPECT_EQ(tcp.seq, 16777216u);
  EXPECT_EQ(tcp.ack, 0u);
  EXPECT_EQ(tcp.flags, tcp_syn);
  EXPECT_EQ(tcp.window, 65535);
  EXPECT_EQ(tcp.urgent, 0);
  EXPECT_EQ(tcp.options.mss, 1460);
  EXPECT_EQ(tcp.options.window_scale, 7);
  EXPECT_TRUE(tcp.options.sack_permitted);
  EXPECT_EQ(tcp.options.timestamps, (TcpTimestamps{1, 0}));
  EXPECT_EQ(tcp.options.sack_count, 0);
  EXPECT_TRUE(tcp.options.unknown.empty());
  EXPECT_TRUE(tcp.payload.empty());
}

TEST(Codec, DecodesEveryFieldOfADataSegmentOverIpv6) {
  const Packet packet = decoded(data_bytes);
  EXPECT_EQ(packet.source, a6);
  EXPECT_EQ(packet.destination, b6);
  EXPECT_EQ(packet.ttl, 64);
  ASSERT_NE(packet.tcp(), nullptr);
  const TcpSegment& tcp = *packet.tcp();
  EXPECT_EQ(tcp.source_port, 1000);
  EXPECT_EQ(tcp.destination_port, 2000);
  EXPECT_EQ(tcp.seq, 4294967294u);
  EXPECT_EQ(tcp.ack, 5u);
  EXPECT_EQ(tcp.flags, tcp_fin | tcp_psh | tcp_ack | tcp_urg | tcp_ece | tcp_cwr);
  EXPECT_EQ(tcp.window, 512);
  EXPECT_EQ(tcp.urgent, 3);
  EXPECT_EQ(tcp.options.mss, std::nullopt);
  EXPECT_EQ(tcp.options.window_scale, std::nullopt);
  EXPECT_FALSE(tcp.options.sack_permitted);
  EXPECT_EQ(tcp.options.timestamps, std::nullopt);
  ASSERT_EQ(tcp.options.sack_count, 2);
  EXPECT_EQ(tcp.options.sack[0], (SackBlock{10, 20}));
  EXPECT_EQ(tcp.options.sack[1], (SackBlock{30, 40}));
  ASSERT_EQ(tcp.options.unknown.size(), 1u);
  EXPECT_EQ(tcp.options.unknown[0].kind, 253);
  EXPECT_EQ(tcp.options.unknown[0].body, text("\xab\xcd"));
  EXPECT_EQ(tcp.payload, text("hello"));
}

TEST(Codec, DecodesEveryFieldOfDatagrams) {
  EXPECT_EQ(decoded(udp4_bytes), (Packet{a4, b4, 64, UdpDatagram{53, 1024, text("hi!")}}));
  EXPECT_EQ(decoded(udp6_bytes),
            (Packet{IpAddress::v6(0xfe80000000000000u, 1), IpAddress::v6(0xfe80000000000000u, 2),
                    64, UdpDatagram{53, 1024, Slice()}}));
}

TEST(Codec, DecodesEveryFieldOfIcmpMessages) {
  const auto quoted = [](std::string_view bytes, std::size_t size) {
    const std::vector<std::byte> whole = hex(bytes);
    return Slice::copy_of(std::span(whole).first(size));
  };
  EXPECT_EQ(decoded(unreachable_bytes),
            (Packet{b4, a4, 64,
                    IcmpMessage{IcmpKind::port_unreachable, 0, 0, 0, quoted(udp4_bytes, 28)}}));
  EXPECT_EQ(decoded(too_big4_bytes),
            (Packet{b4, a4, 64,
                    IcmpMessage{IcmpKind::packet_too_big, 0, 0, 576, quoted(syn_bytes, 28)}}));
  EXPECT_EQ(decoded(too_big6_bytes),
            (Packet{b6, a6, 64,
                    IcmpMessage{IcmpKind::packet_too_big, 0, 0, 1280, quoted(data_bytes, 48)}}));
  EXPECT_EQ(decoded(echo_bytes),
            (Packet{a4, b4, 64, IcmpMessage{IcmpKind::other, 8, 0, 0x12340001, text("ping")}}));
}

TEST(Codec, KeepsOtherProtocolsAsTheyCame) {
  EXPECT_EQ(decoded(other_bytes), (Packet{a4, b4, 64, OtherPayload{132, text("\x01\x02\x03")}}));
}

TEST(Codec, EncodesToTheSameBytesIntoPoisonedMemory) {
  for (std::string_view bytes : all_bytes) EXPECT_EQ(encoded(decoded(bytes)), hex(bytes));
}

TEST(Codec, AppendsToAVectorAndLeavesItAloneOnAnError) {
  std::vector<std::byte> out(3, std::byte{0xa5});
  Packet packet = decoded(udp4_bytes);
  EXPECT_EQ(encode_packet(packet, out), 31u);
  EXPECT_EQ(out.size(), 34u);
  EXPECT_EQ(out[2], std::byte{0xa5});
  EXPECT_EQ(std::vector(out.begin() + 3, out.end()), hex(udp4_bytes));
  packet.source = a6;
  EXPECT_EQ(encode_packet(packet, out), std::unexpected(EncodeError::mixed_families));
  EXPECT_EQ(out.size(), 34u);
}

TEST(Codec, DecodesWhatItEncodesForRandomPackets) {
  sample::Random random(1);
  for (int i = 0; i < 20'000; ++i) {
    const Packet packet = sample::random_packet(random);
    const std::vector<std::byte> bytes = encoded(packet);
    EXPECT_EQ(encoded_size(packet), bytes.size());
    const auto back = decode_packet(bytes);
    ASSERT_TRUE(back) << decode_error_name(back.error()) << ": " << to_string(packet);
    ASSERT_EQ(*back, packet) << to_string(packet);
    ASSERT_EQ(stable_hash(*back), stable_hash(packet));
  }
}

TEST(Codec, EveryIcmpKindHasATypeAndCodeOfItsOwnInBothFamilies) {
  for (const bool v4 : {true, false}) {
    for (int kind = 0; kind < static_cast<int>(IcmpKind::other); ++kind) {
      IcmpMessage icmp;
      icmp.kind = static_cast<IcmpKind>(kind);
      icmp.quoted = text("anything");
      const Packet packet{v4 ? a4 : a6, v4 ? b4 : b6, 64, icmp};
      EXPECT_EQ(decode_packet(encoded(packet)), packet);
    }
  }
}

TEST(Codec, SendsAnAllOnesUdpChecksumInPlaceOfZero) {
  const Packet packet{a4, b4, 64, UdpDatagram{1, 2, text("\xeb\xd4")}};  // Sums up to zero.
  const std::vector<std::byte> bytes = encoded(packet);
  EXPECT_EQ(std::vector(bytes.begin() + 26, bytes.begin() + 28), hex("ff ff"));
  EXPECT_EQ(decode_packet(bytes), packet);
}

TEST(Codec, IgnoresBytesAfterThePacketsEnd) {
  for (std::string_view bytes : all_bytes) {
    std::vector<std::byte> padded = hex(bytes);
    padded.resize(padded.size() + 7, std::byte{0xa5});
    EXPECT_EQ(decode_packet(padded), decoded(bytes));
  }
}

TEST(Codec, RefusesToEncodeWhatBytesCannotSay) {
  const auto error = [](Packet packet) { return encoded_size(packet); };
  const auto is = [](EncodeError e) {
    return std::expected<std::size_t, EncodeError>(std::unexpect, e);
  };
  const Slice huge =
      Slice::filled(65'536, [](std::span<std::byte> b) { std::ranges::fill(b, std::byte{}); });
  TcpSegment tcp;
  tcp.options.unknown.push_back({253, text("twenty-five bytes, or so.")});
  tcp.options.sack_count = 2;
  EXPECT_EQ(error({a4, b4, 64, tcp}), is(EncodeError::options_too_long));
  tcp.options.sack_count = 5;
  EXPECT_EQ(error({a4, b4, 64, tcp}), is(EncodeError::options_too_long));
  tcp.options = {};
  tcp.options.unknown.push_back({2, text("\x05\xb4")});
  EXPECT_EQ(error({a4, b4, 64, tcp}), is(EncodeError::not_canonical));
  EXPECT_EQ(error({a4, b6, 64, TcpSegment()}), is(EncodeError::mixed_families));
  EXPECT_EQ(error({a4, b4, 64, UdpDatagram{1, 2, huge.sub(0, 65'508)}}), is(EncodeError::too_long));
  EXPECT_EQ(error({a4, b4, 64, UdpDatagram{1, 2, huge.sub(0, 65'507)}}), 65'535u);
  EXPECT_EQ(error({a6, b6, 64, UdpDatagram{1, 2, huge.sub(0, 65'528)}}), is(EncodeError::too_long));
  EXPECT_EQ(error({a6, b6, 64, UdpDatagram{1, 2, huge.sub(0, 65'527)}}), 65'575u);
  EXPECT_EQ(error({a4, b4, 64, IcmpMessage{IcmpKind::other, 3, 3, 0, {}}}),
            is(EncodeError::not_canonical));
  EXPECT_EQ(error({a4, b4, 64, IcmpMessage{IcmpKind::packet_too_big, 0, 0, 65'536, {}}}),
            is(EncodeError::mtu_too_large));
  EXPECT_EQ(error({a4, b4, 64, OtherPayload{6, {}}}), is(EncodeError::not_canonical));
  EXPECT_EQ(error({a6, b6, 64, OtherPayload{44, {}}}), is(EncodeError::not_canonical));
  EXPECT_EQ(error({a4, b4, 64, OtherPayload{58, {}}}), 20u);
  std::vector<std::byte> small(30);
  EXPECT_EQ(encode_packet(decoded(udp4_bytes), std::span(small)),
            is(EncodeError::buffer_too_small));
}

}  // namespace
}  // namespace lockstep
