#include "oracle/scenario/records.h"

#include <gtest/gtest.h>

#include <array>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/text.h"
#include "oracle/scenario/toy_world.h"

namespace lockstep::scenario {
namespace {

constexpr FeatureSet features{Feature::ipv6, Feature::icmp, Feature::dup, Feature::queue_sizes};

Scenario decode(std::span<const std::byte> bytes) {
  Scenario scenario;
  scenario.hosts = decode_hosts(bytes, features);
  ToyWorld world(scenario.hosts, features);
  RecordReader reader(bytes);
  while (std::optional<Step> step = reader.next(world.situation())) {
    world.apply(*step);
    scenario.steps.push_back(std::move(*step));
  }
  return scenario;
}

std::vector<std::byte> random_bytes(std::uint64_t seed, std::size_t size) {
  RandomChoices choices(seed);
  std::vector<std::byte> bytes(size);
  for (std::byte& byte : bytes) byte = static_cast<std::byte>(choices.below(256));
  return bytes;
}

TEST(Records, EveryByteStringIsAScenarioThatSurvivesItsText) {
  for (std::uint64_t seed = 0; seed < 300; ++seed) {
    const Scenario scenario = decode(random_bytes(seed, seed * 3));
    const auto again = parse(print(scenario), "decoded");
    ASSERT_TRUE(again.has_value()) << to_string(again.error());
    EXPECT_EQ(*again, canonical(scenario));
  }
}

TEST(Records, NoBytesAreTwoPlainHostsAndNoStep) {
  const Scenario scenario = decode({});
  EXPECT_EQ(scenario.hosts.size(), 2u);
  EXPECT_EQ(scenario.hosts[0].config.mtu, 1500u);
  EXPECT_TRUE(scenario.steps.empty());
}

TEST(Records, AChangedByteLeavesTheStepsBeforeItsRecordAsTheyWere) {
  std::vector<std::byte> bytes = random_bytes(9, header_size + 20 * record_size);
  for (std::size_t i = header_size; i < bytes.size(); i += record_size) {
    bytes[i] &= std::byte{0x7f};  // One step each.
  }
  const Scenario before = decode(bytes);
  bytes[header_size + 10 * record_size] ^= std::byte{1};
  const Scenario after = decode(bytes);
  ASSERT_EQ(before.steps.size(), 20u);
  ASSERT_EQ(after.steps.size(), 20u);
  for (std::size_t i = 0; i < 10; ++i) EXPECT_EQ(before.steps[i], after.steps[i]);
  EXPECT_NE(before.steps[10].action, after.steps[10].action);
}

TEST(Records, ALastRecordThatIsCutShortIsPaddedWithZeros) {
  std::vector<std::byte> bytes(header_size + 1);
  bytes.back() = static_cast<std::byte>(2);  // The family `open`.
  EXPECT_EQ(print_step({}, decode(bytes).steps.at(0)), "h0: s0 = socket inet stream");
}

TEST(Records, ARecordFromFirstPlayOnIsAWholePlay) {
  std::vector<std::byte> bytes(header_size + record_size);
  bytes[header_size] = static_cast<std::byte>(first_play);
  EXPECT_GT(decode(bytes).steps.size(), 5u);
}

}  // namespace
}  // namespace lockstep::scenario
