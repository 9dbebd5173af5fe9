#include "stack/fabric/held_packets.h"

#include <gtest/gtest.h>

#include <map>

#include "stack/fabric/random.h"

namespace lockstep {
namespace {

// The naive twin is a sorted map whose equal keys stay in their order.
TEST(HeldPackets, ComeByTheirTickAndThenByTheirOrder) {
  Random random(5);
  HeldPackets<int> held;
  std::multimap<std::uint64_t, int> twin;
  for (int i = 0; i < 20'000; ++i) {
    if (twin.empty() || random.below(20) < 11) {
      const std::uint64_t due = random.below(50);
      held.put(due, i);
      twin.emplace(due, i);
    } else {
      ASSERT_EQ(held.next_due(), twin.begin()->first);
      ASSERT_EQ(held.take(), twin.begin()->second);
      twin.erase(twin.begin());
    }
    ASSERT_EQ(held.size(), twin.size());
  }
}

}  // namespace
}  // namespace lockstep
