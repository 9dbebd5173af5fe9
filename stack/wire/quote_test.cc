#include "stack/wire/quote.h"

#include <gtest/gtest.h>

#include "stack/wire/codec.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

const IpAddress a4 = IpAddress::v4(10, 0, 0, 1);
const IpAddress b4 = IpAddress::v4(10, 0, 0, 2);
const IpAddress a6 = IpAddress::v6(0x20010db800000000u, 1);
const IpAddress b6 = IpAddress::v6(0x20010db800000000u, 2);

std::optional<Quote> read_back(Slice quoted) {
  IcmpMessage icmp;
  icmp.kind = IcmpKind::port_unreachable;
  icmp.quoted = std::move(quoted);
  return decode_quote(icmp);
}

Packet segment(IpAddress source, IpAddress destination, std::size_t payload_size) {
  TcpSegment tcp;
  tcp.source_port = 1000;
  tcp.destination_port = 80;
  tcp.seq = 0xfffffffe;
  sample::Random random(5);
  tcp.payload = sample::random_slice(random, payload_size);
  return {source, destination, 64, tcp};
}

TEST(Quote, NamesTheSocketOfASegment) {
  EXPECT_EQ(read_back(quote_of(segment(a4, b4, 100))),
            (Quote{protocol_tcp, {{a4, 1000}, {b4, 80}}, 0xfffffffe}));
  EXPECT_EQ(read_back(quote_of(segment(a6, b6, 100))),
            (Quote{protocol_tcp, {{a6, 1000}, {b6, 80}}, 0xfffffffe}));
}

TEST(Quote, NamesTheSocketOfADatagram) {
  EXPECT_EQ(read_back(quote_of({a4, b4, 64, UdpDatagram{53, 1024, {}}})),
            (Quote{protocol_udp, {{a4, 53}, {b4, 1024}}, std::nullopt}));
}

TEST(Quote, IsTheStartOfThePacketsBytes) {
  const Packet packet = segment(a4, b4, 100);
  std::vector<std::byte> bytes;
  ASSERT_TRUE(encode_packet(packet, bytes));
  EXPECT_EQ(quote_of(packet), Slice::copy_of(bytes));
}

TEST(Quote, KeepsTheErrorWithin576BytesOr1280) {
  for (const bool v4 : {true, false}) {
    const Packet cause = v4 ? segment(a4, b4, 3000) : segment(a6, b6, 3000);
    IcmpMessage icmp;
    icmp.kind = IcmpKind::host_unreachable;
    icmp.quoted = quote_of(cause);
    EXPECT_EQ(encoded_size({cause.destination, cause.source, 64, icmp}), v4 ? 576u : 1280u);
    EXPECT_TRUE(decode_quote(icmp));
  }
}

TEST(Quote, NeedsEightBytesPastTheHeader) {
  const Slice whole = quote_of(segment(a4, b4, 0));
  EXPECT_TRUE(read_back(whole.sub(0, 28)));
  for (std::size_t size = 0; size < 28; ++size) EXPECT_FALSE(read_back(whole.sub(0, size)));
  const Slice whole6 = quote_of(segment(a6, b6, 0));
  EXPECT_TRUE(read_back(whole6.sub(0, 48)));
  for (std::size_t size = 0; size < 48; ++size) EXPECT_FALSE(read_back(whole6.sub(0, size)));
}

TEST(Quote, IsNoneOfOtherProtocolsAndLaterFragments) {
  EXPECT_FALSE(read_back(quote_of({a4, b4, 64, OtherPayload{132, sample::text("12345678")}})));
  EXPECT_FALSE(read_back(quote_of({a4, b4, 64, IcmpMessage{IcmpKind::other, 8, 0, 0, {}}})));
  EXPECT_FALSE(read_back(sample::text("a version of neither family, yet long enough")));
  std::vector<std::byte> bytes;
  ASSERT_TRUE(encode_packet(segment(a4, b4, 0), bytes));
  bytes[7] = std::byte{1};  // A fragment offset of 8 bytes.
  EXPECT_FALSE(read_back(Slice::copy_of(bytes)));
}

TEST(Quote, OfAPacketWithoutAnEncodingIsEmpty) {
  EXPECT_TRUE(quote_of({a4, b6, 64, UdpDatagram{}}).empty());
}

TEST(Quote, OfRandomBytesIsReadWithoutHarm) {
  sample::Random random(6);
  for (int i = 0; i < 20'000; ++i) {
    Packet packet = sample::random_packet(random);
    std::vector<std::byte> bytes;
    ASSERT_TRUE(encode_packet(packet, bytes));
    bytes.resize(random.below(bytes.size() + 1));
    if (!bytes.empty()) bytes[random.below(bytes.size())] = random.number<std::byte>();
    read_back(Slice::copy_of(bytes));
  }
}

}  // namespace
}  // namespace lockstep
