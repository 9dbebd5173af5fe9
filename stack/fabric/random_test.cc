#include "stack/fabric/random.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

TEST(Random, GivesTheNumbersOfSplitMix64) {
  Random random(1234567);
  EXPECT_EQ(random.next(), 6457827717110365317u);
  EXPECT_EQ(random.next(), 3203168211198807973u);
  EXPECT_EQ(random.next(), 9817491932198370423u);
}

TEST(Random, StaysWithinItsBounds) {
  Random random(1);
  bool seen[4] = {};
  for (int i = 0; i < 1000; ++i) {
    EXPECT_LT(random.below(3), 3u);
    seen[random.up_to(3)] = true;
    EXPECT_EQ(random.up_to(0), 0u);
  }
  EXPECT_TRUE(seen[0] && seen[1] && seen[2] && seen[3]);
  EXPECT_LE(random.up_to(0xffffffff), 0xffffffffu);
}

TEST(Random, LetsThingsHappenAsOftenAsTheirChanceSays) {
  Random random(2);
  int happened = 0;
  for (int i = 0; i < 100'000; ++i) {
    happened += random.happens(Chance::percent(20)) ? 1 : 0;
    EXPECT_FALSE(random.happens(Chance{0}));
    EXPECT_TRUE(random.happens(Chance::always()));
  }
  EXPECT_NEAR(happened, 20'000, 500);
}

TEST(Random, ForksIntoGeneratorsOfTheirOwn) {
  const Random parent(3);
  EXPECT_EQ(parent.fork(1), parent.fork(1));
  EXPECT_NE(parent.fork(1), parent.fork(2));
  EXPECT_NE(parent.fork(1), parent);
}

}  // namespace
}  // namespace lockstep
