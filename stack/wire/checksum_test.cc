#include "stack/wire/checksum.h"

#include <gtest/gtest.h>

#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

// The sum as RFC 1071 1 describes it, two bytes at a time.
std::uint16_t naive_checksum(std::span<const std::byte> bytes) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto value = static_cast<std::uint32_t>(bytes[i]);
    sum += i % 2 == 0 ? value << 8 : value;
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(~sum);
}

TEST(Checksum, OfTheExampleInRfc1071) {
  // RFC 1071 3: 0001 f203 f4f5 f6f7 sum up to ddf2.
  const auto bytes = sample::hex("00 01 f2 03 f4 f5 f6 f7");
  EXPECT_EQ(checksum_of(checksum_sum(bytes)), static_cast<std::uint16_t>(~0xddf2));
}

TEST(Checksum, OfNothingIsAllOnes) {
  EXPECT_EQ(checksum_of(checksum_sum(std::span<const std::byte>())), 0xffff);
}

TEST(Checksum, AgreesWithTwoBytesAtATimeForEveryLength) {
  sample::Random random(4);
  for (std::size_t size = 0; size < 300; ++size) {
    const Slice slice = sample::random_slice(random, size);
    EXPECT_EQ(checksum_of(checksum_sum(slice.bytes())), naive_checksum(slice.bytes())) << size;
  }
  const std::vector<std::byte> ones(65'535, std::byte{0xff});
  EXPECT_EQ(checksum_of(checksum_sum(ones)), naive_checksum(ones));
}

TEST(Checksum, AddsUpPartsAndNumbers) {
  const auto whole = sample::hex("12 34 56 78 9a bc de");
  const auto tail = std::span(whole).subspan(4);
  const ChecksumSum parts = checksum_sum(std::uint16_t{0x1234}) +
                            checksum_sum(std::uint16_t{0x5678}) + checksum_sum(tail);
  EXPECT_EQ(checksum_of(parts), checksum_of(checksum_sum(whole)));
}

TEST(Checksum, HoldsWhenItIsStoredAndNotWhenABitIsChanged) {
  auto bytes = sample::hex("12 34 00 00 56 78");
  const std::uint16_t checksum = checksum_of(checksum_sum(bytes));
  bytes[2] = static_cast<std::byte>(checksum >> 8);
  bytes[3] = static_cast<std::byte>(checksum & 0xff);
  EXPECT_TRUE(checksum_holds(checksum_sum(bytes)));
  bytes[5] ^= std::byte{1};
  EXPECT_FALSE(checksum_holds(checksum_sum(bytes)));
}

}  // namespace
}  // namespace lockstep
