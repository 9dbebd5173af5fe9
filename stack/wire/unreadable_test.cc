#include "stack/wire/unreadable.h"

#include <gtest/gtest.h>

#include <vector>

#include "stack/wire/codec.h"
#include "stack/wire/packet_kind.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

// The SYN that a kernel sends on a socket whose IPv4-mapped connection was dissolved, when it then
// connects by IPv6: to the old destination, under a checksum of the new addresses.
// 10.0.0.1:50954 > 10.0.0.2:9 tcp SYN seq=2281941224 win=64240
constexpr std::string_view syn_with_wrong_checksum =
    "45 00 00 34 0f 90 40 00 40 06 17 32 0a 00 00 01 "
    "0a 00 00 02 c7 0a 00 09 88 04 a8 e8 00 00 00 00 "
    "80 02 fa f0 72 1e 00 00 02 04 05 b4 01 01 04 02 "
    "01 03 03 07";

TEST(Unreadable, IsAPacketOfNoProtocolThatSaysWhatIsWrong) {
  const std::vector<std::byte> bytes = sample::hex(syn_with_wrong_checksum);
  ASSERT_EQ(decode_packet(bytes).error(), DecodeError::bad_tcp_checksum);
  const Packet packet = unreadable_packet(bytes);
  EXPECT_EQ(packet_kind(packet), PacketKind::other);
  EXPECT_EQ(to_string(packet), "10.0.0.1 > 10.0.0.2 no packet (bad tcp checksum) len=52");
  ASSERT_NE(unreadable_bytes(packet), nullptr);
  EXPECT_EQ(*unreadable_bytes(packet), Slice::copy_of(bytes));
  std::vector<std::byte> encoded;
  ASSERT_TRUE(encode_packet(packet, encoded).has_value());
  EXPECT_EQ(decode_packet(encoded), packet);
}

TEST(Unreadable, IsWhateverElseMayLeave) {
  EXPECT_EQ(to_string(unreadable_packet({})), "0.0.0.0 > 0.0.0.0 no packet (truncated) len=0");
  std::vector<std::byte> fragment(65'536, std::byte{0x60});
  fragment[6] = std::byte{44};
  std::vector<std::byte> encoded;
  EXPECT_TRUE(encode_packet(unreadable_packet(fragment), encoded).has_value());
  EXPECT_EQ(unreadable_bytes(Packet{{}, {}, 64, OtherPayload{132, {}}}), nullptr);
}

}  // namespace
}  // namespace lockstep
