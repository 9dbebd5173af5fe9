#include "oracle/spec/payload.h"

#include <gtest/gtest.h>

#include <array>
#include <set>
#include <vector>

namespace lockstep::oracle {
namespace {

std::vector<std::byte> filled(PayloadTag tag, std::size_t size) {
  std::vector<std::byte> bytes(size, std::byte{0xa5});
  fill_payload(tag, bytes);
  return bytes;
}

TEST(Payload, MatchesWhatWasFilled) {
  for (std::uint32_t key : {0u, 1u, 15u, 16u, 1000u, forged_key_bit | 3}) {
    for (std::uint64_t offset : {0u, 1u, 7u, 8u, 13u, 16u, 4096u, 1u << 31}) {
      for (std::size_t size : {0u, 1u, 7u, 8u, 9u, 100u}) {
        const PayloadTag tag{key, offset};
        EXPECT_TRUE(payload_matches(tag, filled(tag, size)));
      }
    }
  }
}

TEST(Payload, IsAFunctionOfThePosition) {
  const std::vector<std::byte> whole = filled({7, 0}, 200);
  for (std::size_t offset = 0; offset < 200; ++offset) {
    const std::vector<std::byte> part = filled({7, offset}, 200 - offset);
    EXPECT_TRUE(std::equal(part.begin(), part.end(), whole.begin() + std::ptrdiff_t(offset)));
  }
}

TEST(Payload, AChangedByteShows) {
  std::vector<std::byte> bytes = filled({3, 5}, 64);
  for (std::byte& byte : bytes) {
    byte ^= std::byte{1};
    EXPECT_FALSE(payload_matches({3, 5}, bytes));
    byte ^= std::byte{1};
  }
  EXPECT_TRUE(payload_matches({3, 5}, bytes));
}

TEST(Payload, AnotherStreamOrOffsetShows) {
  const std::vector<std::byte> bytes = filled({3, 5}, 64);
  EXPECT_FALSE(payload_matches({4, 5}, bytes));
  EXPECT_FALSE(payload_matches({3 | forged_key_bit, 5}, bytes));
  for (std::uint64_t offset = 0; offset < 100; ++offset) {
    if (offset == 5) continue;
    EXPECT_FALSE(payload_matches({3, offset}, bytes)) << offset;
  }
}

// The share of bytes at which two stretches of 4096 bytes agree, in thousandths.
std::size_t agreement(PayloadTag a, PayloadTag b) {
  const std::vector<std::byte> left = filled(a, 4096);
  const std::vector<std::byte> right = filled(b, 4096);
  std::size_t same = 0;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == right[i]) ++same;
  }
  return same * 1000 / left.size();
}

TEST(Payload, OtherPlacesHardlyAgree) {
  for (std::uint64_t shift = 1; shift < 3000; ++shift) {
    EXPECT_LT(agreement({20, 16}, {20, 16 + shift}), 40u) << shift;
  }
  for (std::uint32_t key = 0; key < 500; ++key) {
    if (key != 20) {
      EXPECT_LT(agreement({20, 16}, {key, 16}), 40u) << key;
    }
    EXPECT_LT(agreement({20, 16}, {key | forged_key_bit, 16}), 40u) << key;
  }
}

TEST(Payload, EveryPlaceOfAWordVaries) {
  const std::vector<std::byte> bytes = filled({33, 0}, 8 * 4096);
  for (std::size_t place = 0; place < 8; ++place) {
    std::array<std::size_t, 256> times{};
    for (std::size_t i = place; i < bytes.size(); i += 8)
      ++times[std::to_integer<std::size_t>(bytes[i])];
    for (std::size_t count : times) EXPECT_LT(count, 64u) << place;  // 16 on average.
  }
}

TEST(Payload, SmallStreamsAndOffsetsHaveDistinctBytes) {
  std::set<std::byte> seen;
  for (std::uint32_t key = 0; key < 16; ++key) {
    for (std::byte byte : filled({key, 0}, 16)) EXPECT_TRUE(seen.insert(byte).second);
  }
  EXPECT_EQ(seen.size(), 256u);
}

}  // namespace
}  // namespace lockstep::oracle
