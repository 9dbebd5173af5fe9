// Malformed bytes: each defect has its name, and no bytes at all crash or hang the decoder.
#include <gtest/gtest.h>

#include "stack/wire/big_endian.h"
#include "stack/wire/checksum.h"
#include "stack/wire/codec.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

const IpAddress a4 = IpAddress::v4(10, 0, 0, 1);
const IpAddress b4 = IpAddress::v4(10, 0, 0, 2);
const IpAddress a6 = IpAddress::v6(0x20010db800000000u, 1);
const IpAddress b6 = IpAddress::v6(0x20010db800000000u, 2);

std::vector<std::byte> encoded(const Packet& packet) {
  std::vector<std::byte> bytes;
  EXPECT_TRUE(encode_packet(packet, bytes));
  return bytes;
}

std::vector<std::byte> segment(bool v4 = true) {
  TcpSegment tcp;
  tcp.options.timestamps = {1, 2};
  tcp.payload = sample::text("hello");
  return encoded({v4 ? a4 : a6, v4 ? b4 : b6, 64, tcp});
}

std::vector<std::byte> datagram(bool v4 = true) {
  return encoded({v4 ? a4 : a6, v4 ? b4 : b6, 64, UdpDatagram{1, 2, sample::text("hello")}});
}

// Makes the IPv4 header's checksum right again.
void mend_ip(std::vector<std::byte>& bytes) {
  store_u16(bytes, 10, 0);
  store_u16(bytes, 10, checksum_of(checksum_sum(std::span(bytes).first(ipv4_header_size))));
}

// Makes the checksum of an IPv4 packet's TCP right again.
void mend_tcp(std::vector<std::byte>& bytes) {
  const std::span<std::byte> tcp = std::span(bytes).subspan(ipv4_header_size);
  store_u16(tcp, 16, 0);
  const ChecksumSum pseudo = pseudo_header_sum({a4, b4, 64, protocol_tcp}, tcp.size());
  store_u16(tcp, 16, checksum_of(pseudo + checksum_sum(tcp)));
}

std::string_view error_of(const std::vector<std::byte>& bytes) {
  const auto packet = decode_packet(bytes);
  return packet ? "none" : decode_error_name(packet.error());
}

TEST(MalformedIp, IsNamed) {
  EXPECT_EQ(error_of({}), "truncated");
  std::vector<std::byte> bytes = segment();
  bytes.resize(19);
  EXPECT_EQ(error_of(bytes), "truncated");
  bytes = segment();
  bytes.pop_back();
  EXPECT_EQ(error_of(bytes), "truncated");
  bytes = segment(false);
  bytes.pop_back();
  EXPECT_EQ(error_of(bytes), "truncated");
  bytes.resize(39);
  EXPECT_EQ(error_of(bytes), "truncated");
  for (const unsigned version : {0u, 1u, 2u, 3u, 5u, 7u, 8u, 15u}) {
    bytes = segment();
    store_u8(bytes, 0, static_cast<std::uint8_t>(version << 4 | 5));
    EXPECT_EQ(error_of(bytes), "bad version");
  }
  bytes = segment();
  store_u8(bytes, 0, 0x44);
  EXPECT_EQ(error_of(bytes), "bad header length");
  bytes = segment();
  store_u16(bytes, 2, 19);
  EXPECT_EQ(error_of(bytes), "bad total length");
  bytes = segment();
  store_u8(bytes, 8, 63);
  EXPECT_EQ(error_of(bytes), "bad ip checksum");
}

TEST(MalformedIp, NamesFragmentsOfBothFamilies) {
  for (const unsigned field : {0x2000u, 0x0001u, 0x3fffu}) {
    std::vector<std::byte> bytes = segment();
    store_u16(bytes, 6, static_cast<std::uint16_t>(field));
    mend_ip(bytes);
    EXPECT_EQ(error_of(bytes), "fragment");
  }
  std::vector<std::byte> bytes = segment(false);
  store_u8(bytes, 6, protocol_ipv6_fragment);
  EXPECT_EQ(error_of(bytes), "fragment");
}

TEST(MalformedTcp, IsNamed) {
  std::vector<std::byte> bytes = segment();
  store_u8(bytes, 32, 0x40);
  EXPECT_EQ(error_of(bytes), "bad data offset");
  bytes = segment();
  store_u8(bytes, 32, 0xf0);
  EXPECT_EQ(error_of(bytes), "bad data offset");
  bytes = segment();
  store_u8(bytes, 33, tcp_rst);
  EXPECT_EQ(error_of(bytes), "bad tcp checksum");
  bytes = segment(false);
  bytes.back() = std::byte{0};
  EXPECT_EQ(error_of(bytes), "bad tcp checksum");
  bytes = segment();
  bytes.resize(39);
  store_u16(bytes, 2, 39);
  mend_ip(bytes);
  EXPECT_EQ(error_of(bytes), "truncated");
}

// A segment whose twelve bytes of options are those given.
std::string_view error_of_options(std::string_view hex) {
  std::vector<std::byte> bytes = segment();
  const std::vector<std::byte> options = sample::hex(hex);
  EXPECT_EQ(options.size(), 12u) << hex;
  copy_bytes(options, std::span(bytes).subspan(40));
  mend_tcp(bytes);
  return error_of(bytes);
}

TEST(MalformedTcpOptions, AreNamedAndNeverLoop) {
  EXPECT_EQ(error_of_options("fd 00 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("fd 01 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("fd 0d 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("01 01 01 01 01 01 01 01 01 01 01 fd"), "bad option length");
  EXPECT_EQ(error_of_options("02 03 05 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("03 02 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("04 03 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("05 02 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("05 0b 00 00 00 00 00 00 00 00 00 00"), "bad option length");
  EXPECT_EQ(error_of_options("08 09 00 00 00 00 00 00 00 00 00 00"), "bad option length");
}

TEST(MalformedTcpOptions, AreNotLookedForAfterTheEnd) {
  EXPECT_EQ(error_of_options("00 fd 00 ff ff ff ff ff ff ff ff ff"), "none");
  EXPECT_EQ(error_of_options("01 01 01 01 01 01 01 01 01 01 01 01"), "none");
  EXPECT_EQ(error_of_options("fd 0c 00 00 00 00 00 00 00 00 00 00"), "none");
}

TEST(TcpOptions, ThatComeTwiceCountTheSecondTime) {
  std::vector<std::byte> bytes = segment();
  copy_bytes(sample::hex("02 04 00 01 02 04 00 02 03 03 0e 01"), std::span(bytes).subspan(40));
  mend_tcp(bytes);
  const auto packet = decode_packet(bytes);
  ASSERT_TRUE(packet);
  EXPECT_EQ(packet->tcp()->options.mss, 2);
  EXPECT_EQ(packet->tcp()->options.window_scale, 14);
  EXPECT_EQ(decode_packet(encoded(*packet)), packet);
}

TEST(MalformedUdp, IsNamed) {
  std::vector<std::byte> bytes = datagram();
  store_u16(bytes, 24, 7);
  EXPECT_EQ(error_of(bytes), "bad udp length");
  bytes = datagram();
  store_u16(bytes, 24, 14);
  EXPECT_EQ(error_of(bytes), "bad udp length");
  bytes = datagram();
  bytes.back() = std::byte{0};
  EXPECT_EQ(error_of(bytes), "bad udp checksum");
  bytes.resize(27);
  store_u16(bytes, 2, 27);
  mend_ip(bytes);
  EXPECT_EQ(error_of(bytes), "truncated");
}

TEST(MalformedUdp, MayDoWithoutAChecksumOverIpv4Alone) {
  std::vector<std::byte> bytes = datagram();
  store_u16(bytes, 26, 0);
  EXPECT_EQ(error_of(bytes), "none");
  bytes = datagram(false);
  store_u16(bytes, 46, 0);
  EXPECT_EQ(error_of(bytes), "missing udp checksum");
}

TEST(MalformedIcmp, IsNamed) {
  for (const bool v4 : {true, false}) {
    IcmpMessage icmp;
    icmp.kind = IcmpKind::host_unreachable;
    icmp.quoted = sample::text("anything");
    std::vector<std::byte> bytes = encoded({v4 ? a4 : a6, v4 ? b4 : b6, 64, icmp});
    bytes.back() = std::byte{0};
    EXPECT_EQ(error_of(bytes), "bad icmp checksum");
    const std::size_t header = v4 ? ipv4_header_size : ipv6_header_size;
    bytes.resize(header + 7);
    store_u16(bytes, v4 ? 2 : 4, static_cast<std::uint16_t>(v4 ? header + 7 : 7));
    if (v4) mend_ip(bytes);
    EXPECT_EQ(error_of(bytes), "truncated");
  }
}

TEST(Ipv4Options, AreSkipped) {
  std::vector<std::byte> bytes = datagram();
  const std::vector<std::byte> options = sample::hex("94 04 00 00");  // Router alert (RFC 2113).
  bytes.insert(bytes.begin() + 20, options.begin(), options.end());
  store_u8(bytes, 0, 0x46);
  store_u16(bytes, 2, static_cast<std::uint16_t>(bytes.size()));
  store_u16(bytes, 10, 0);
  store_u16(bytes, 10, checksum_of(checksum_sum(std::span(bytes).first(24))));
  EXPECT_EQ(decode_packet(bytes), decode_packet(datagram()));
}

// Any truncation, and any few changed bytes, give a packet that round-trips or a named error.
TEST(RandomMutations, NeverCrashTheDecoder) {
  sample::Random random(2);
  int decoded = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::vector<std::byte> bytes = encoded(sample::random_packet(random));
    if (random.below(4) == 0) bytes.resize(random.below(bytes.size() + 1));
    for (std::size_t changes = random.below(4); changes > 0 && !bytes.empty(); --changes) {
      bytes[random.below(std::min<std::size_t>(bytes.size(), 80))] = random.number<std::byte>();
    }
    if (bytes.size() >= ipv4_header_size && load_u8(bytes, 0) == 0x45) mend_ip(bytes);
    const auto packet = decode_packet(bytes);
    if (!packet) continue;
    ++decoded;
    ASSERT_EQ(decode_packet(encoded(*packet)), packet) << to_string(*packet);
    if (packet->icmp() != nullptr) decode_quote(*packet->icmp());
  }
  EXPECT_GT(decoded, 10'000);
}

TEST(RandomMutations, OfTcpOptionsNeverCrashTheDecoder) {
  sample::Random random(3);
  int decoded = 0;
  for (int i = 0; i < 50'000; ++i) {
    std::vector<std::byte> bytes = segment();
    for (std::size_t at = 40; at < 52; ++at) {
      store_u8(bytes, at, static_cast<std::uint8_t>(random.below(14)));
    }
    mend_tcp(bytes);
    const auto packet = decode_packet(bytes);
    if (!packet) continue;
    ++decoded;
    ASSERT_EQ(decode_packet(encoded(*packet)), packet) << to_string(*packet);
  }
  EXPECT_GT(decoded, 1'000);
}

}  // namespace
}  // namespace lockstep
