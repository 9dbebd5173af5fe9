#include "oracle/scenario/choices.h"

#include <gtest/gtest.h>

namespace lockstep::scenario {
namespace {

TEST(Choices, ASeedGivesTheSameNumbersEverywhere) {
  RandomChoices a(1);
  RandomChoices b(1);
  RandomChoices other(2);
  int differing = 0;
  for (int i = 0; i < 100; ++i) {
    const std::uint32_t drawn = a.below(1000);
    EXPECT_LT(drawn, 1000u);
    EXPECT_EQ(drawn, b.below(1000));
    differing += drawn != other.below(1000) ? 1 : 0;
  }
  EXPECT_GT(differing, 90);
}

TEST(Choices, EveryNumberBelowTheBoundIsDrawn) {
  RandomChoices choices(7);
  std::array<int, 10> seen{};
  for (int i = 0; i < 10'000; ++i) ++seen[choices.below(10)];
  for (const int count : seen) EXPECT_NEAR(count, 1000, 200);
}

TEST(Choices, BytesAreReadInOrderAndThenZero) {
  const std::array<std::byte, 4> bytes{std::byte{5}, std::byte{0x34}, std::byte{0x12},
                                       std::byte{9}};
  ByteChoices choices(bytes);
  EXPECT_EQ(choices.below(256), 5u);
  EXPECT_EQ(choices.below(0x10000), 0x1234u);
  EXPECT_EQ(choices.below(4), 1u);
  EXPECT_EQ(choices.below(4), 0u);
}

TEST(Choices, AListGivesItsNumbersAndThenZero) {
  const std::array<std::uint32_t, 2> draws{7, 3};
  ListChoices choices(draws);
  EXPECT_EQ(choices.below(4), 3u);
  EXPECT_FALSE(choices.one_in(4) && false);
  EXPECT_TRUE(choices.used_up());
  EXPECT_EQ(choices.below(4), 0u);
  EXPECT_FALSE(choices.one_in(2));
}

}  // namespace
}  // namespace lockstep::scenario
