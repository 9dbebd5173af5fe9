#include "stack/fabric/transfer.h"

#include <gtest/gtest.h>

namespace lockstep {
namespace {

// The hard test; transfer_soak runs it over many more seeds.
TEST(Transfer, TenMebibytesBothWaysSurviveABadNetwork) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const TransferResult result = transfer({.seed = seed, .host = patient_host()});
    EXPECT_EQ(result.failure, "") << "seed " << seed;
    const FabricCounts& packets = result.packets;
    EXPECT_GT(packets.dropped, packets.left / 6);
    EXPECT_GT(packets.extra, packets.left / 20);
    EXPECT_GT(packets.unreadable, packets.left / 40);
    EXPECT_EQ(packets.left + packets.extra, packets.arrived + packets.dropped + result.held);
  }
}

TEST(Transfer, SurvivesOverIpv6) {
  const TransferResult result =
      transfer({.bytes = 1'000'000, .seed = 1, .family = IpFamily::v6, .host = patient_host()});
  EXPECT_EQ(result.failure, "");
}

TEST(Transfer, SurvivesNetworksAndHostsOfEveryKind) {
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const TransferResult result = transfer(random_plan(seed, 50'000));
    EXPECT_EQ(result.failure, "") << "seed " << seed;
  }
}

// What shows that the bytes are looked at: damage that TCP's checksum does not find.
TEST(Transfer, NoticesDamageThatTheChecksumDoesNot) {
  const TransferResult result = transfer({.seed = 1, .corrupted_bits = 2, .host = patient_host()});
  EXPECT_TRUE(result.failure.starts_with("what came is not what was sent")) << result.failure;
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
