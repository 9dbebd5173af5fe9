#include "stack/fabric/transfer.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The hard test; transfer_soak runs it over many more seeds.
TEST(Transfer, TenMebibytesBothWaysSurviveABadNetwork) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    const TransferResult result = transfer({.seed = seed, .host = patient_host()});
    EXPECT_EQ(result.failure, "") << "seed " << seed;
    EXPECT_GT(result.packets.dropped, result.packets.left / 6);
    EXPECT_GT(result.packets.extra, result.packets.left / 20);
    EXPECT_GT(result.packets.unreadable, result.packets.left / 40);
  }
}

TEST(Transfer, IsTheSameForTheSameSeed) {
  const TransferPlan plan{.bytes = 200'000, .seed = 9, .host = patient_host()};
  const TransferResult first = transfer(plan);
  const TransferResult second = transfer(plan);
  EXPECT_EQ(first.failure, "");
  EXPECT_EQ(first.packets, second.packets);
  EXPECT_EQ(first.ticks, second.ticks);
}

TEST(Transfer, SendsNothingTwiceOnAGoodNetwork) {
  const TransferPlan plan{
      .loss = {}, .duplication = {}, .reordering = {}, .corruption = {}, .host = patient_host()};
  const TransferResult result = transfer(plan);
  EXPECT_EQ(result.failure, "");
  EXPECT_EQ(result.packets.arrived, result.packets.left);
  // TIME-WAIT, and no timer before it.
  EXPECT_LE(result.ticks, HostConfig().time_wait_ticks + 1u);
}

TEST(Transfer, SaysWhatWentWrong) {
  TransferPlan plan{.bytes = 100'000, .loss = Chance::always(), .host = HostConfig()};
  EXPECT_EQ(transfer(plan).failure, "recv, client after 0 bytes sent and 0 received: ETIMEDOUT");
}

}  // namespace
}  // namespace lockstep
