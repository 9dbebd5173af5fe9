#include "stack/kernel/path_mtu.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

IpAddress host(std::uint32_t number) { return IpAddress::v4(0x0a000000u + number); }

TEST(PathMtu, IsTheSmallerOfThePathAndTheLink) {
  PathMtuTable table;
  EXPECT_EQ(table.mtu(host(1), 1500), 1500u);
  table.learn(host(1), 800, 10);
  EXPECT_EQ(table.mtu(host(1), 1500), 800u);
  EXPECT_EQ(table.mtu(host(1), 700), 700u);
  EXPECT_EQ(table.mtu(host(2), 1500), 1500u);
  table.learn(host(1), 600, 20);
  EXPECT_EQ(table.mtu(host(1), 1500), 600u);
  EXPECT_EQ(table.size(), 1u);
}

TEST(PathMtu, IsForgottenAtItsTick) {
  PathMtuTable table;
  table.learn(host(1), 800, 10);
  table.learn(host(2), 800, 11);
  table.expire(9);
  EXPECT_EQ(table.size(), 2u);
  table.expire(10);
  EXPECT_EQ(table.mtu(host(1), 1500), 1500u);
  EXPECT_EQ(table.mtu(host(2), 1500), 800u);
}

TEST(PathMtu, TableIsBoundedAndLosesWhatWouldGoFirst) {
  PathMtuTable table;
  for (std::uint32_t i = 0; i < PathMtuTable::capacity; ++i) table.learn(host(i), 800, 100 + i);
  table.learn(host(1000), 900, 500);
  EXPECT_EQ(table.size(), PathMtuTable::capacity);
  EXPECT_EQ(table.mtu(host(0), 1500), 1500u);
  EXPECT_EQ(table.mtu(host(1), 1500), 800u);
  EXPECT_EQ(table.mtu(host(1000), 1500), 900u);
}

TEST(PathMtu, ComparesByTheTimeThatIsLeft) {
  PathMtuTable early;
  PathMtuTable late;
  early.learn(host(1), 800, 10);
  late.learn(host(1), 800, 110);
  EXPECT_EQ(early.hash(1, 5), late.hash(1, 105));
  EXPECT_NE(early.hash(1, 5), late.hash(1, 5));
  late.rebase(100);
  EXPECT_EQ(early, late);
}

}  // namespace
}  // namespace lockstep
