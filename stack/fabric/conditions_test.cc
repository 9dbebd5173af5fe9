#include "stack/fabric/conditions.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "stack/fabric/test_hosts.h"

namespace lockstep::conditions {
namespace {

using lockstep::testing::at;
using lockstep::testing::bytes_of;
using lockstep::testing::host_at;
using lockstep::testing::Trace;

struct Conditions : lockstep::testing::ThreeHosts {
  Fd at_b = receiver(b);

  // Sends "0" to "n - 1" in one round.
  void count_to(int n) {
    for (int i = 0; i < n; ++i) say(std::to_string(i));
    fabric.egress_all();
  }
};

TEST_F(Conditions, LatencyTakesItsTicksAndAddsUp) {
  const RuleGuard first = fabric.install(latency(2));
  const RuleGuard second = fabric.install(latency(1));
  count_to(2);
  EXPECT_EQ(fabric.held_count(), 2u);
  fabric.tick(2);
  EXPECT_EQ(heard(b, at_b), "");
  fabric.tick(1);
  EXPECT_EQ(heard(b, at_b), "0 1");
}

TEST_F(Conditions, JitterTakesEachNumberOfTicks) {
  const RuleGuard guard = fabric.install(jitter(2));
  count_to(60);
  std::size_t most = 0;
  for (int i = 0; i < 3; ++i) {
    const auto now = static_cast<std::size_t>(std::ranges::count(heard(b, at_b), ' '));
    EXPECT_GT(now, 8u);
    most += now + 1;
    fabric.tick(1);
  }
  EXPECT_EQ(most, 60u);
}

TEST_F(Conditions, LossTakesItsShare) {
  const RuleGuard guard = fabric.install(loss(Chance::percent(20)));
  for (int i = 0; i < 100; ++i) {
    count_to(100);
    heard(b, at_b);
  }
  EXPECT_NEAR(static_cast<double>(fabric.counts().dropped), 2'000, 150);
  EXPECT_EQ(fabric.counts().left, 10'000u);
  EXPECT_EQ(fabric.counts().arrived + fabric.counts().dropped, 10'000u);
}

TEST_F(Conditions, DuplicationGivesASecondCopyNowOrLater) {
  {
    const RuleGuard guard = fabric.install(duplication(Chance::always()));
    count_to(2);
    EXPECT_EQ(heard(b, at_b), "0 0 1 1");
  }
  const RuleGuard guard = fabric.install(duplication(Chance::always(), 3));
  count_to(50);
  const std::string once = heard(b, at_b);
  EXPECT_GE(std::ranges::count(once, ' '), 49);
  EXPECT_GT(fabric.held_count(), 0u);
  fabric.tick(3);
  EXPECT_EQ(fabric.held_count(), 0u);
  EXPECT_EQ(std::ranges::count(once, ' ') + std::ranges::count(heard(b, at_b), ' '), 98);
  EXPECT_EQ(fabric.counts().extra, 52u);
}

TEST_F(Conditions, ReorderingLetsLaterPacketsOvertake) {
  Rule second_waits = [n = 0](const Transit&) mutable {
    return Passage::one({.behind = ++n == 2 ? 2u : 0u});
  };
  std::optional<RuleGuard> guard = fabric.install(std::move(second_waits));
  count_to(5);
  EXPECT_EQ(heard(b, at_b), "0 2 1 3 4");

  guard = fabric.install(reordering(Chance::percent(30), {.packets_max = 4}));
  count_to(9);
  std::string order = heard(b, at_b);
  EXPECT_NE(order, "0 1 2 3 4 5 6 7 8");
  std::ranges::sort(order);
  EXPECT_EQ(order, "        012345678");
}

TEST_F(Conditions, ReorderingByTicksLetsLaterRoundsOvertake) {
  std::optional<RuleGuard> guard =
      fabric.install(reordering(Chance::always(), {.packets_max = 1, .ticks_max = 8}));
  count_to(40);
  guard.reset();
  heard(b, at_b);
  EXPECT_GT(fabric.held_count(), 20u);
  say("later");
  fabric.egress_all();
  EXPECT_EQ(heard(b, at_b), "later");
  fabric.tick(8);
  EXPECT_EQ(fabric.held_count(), 0u);
}

TEST_F(Conditions, OneCorruptedBitIsNeverTaken) {
  const RuleGuard guard = fabric.install(corruption(Chance::always()));
  for (int i = 0; i < 200; ++i) count_to(10);
  EXPECT_EQ(fabric.counts().damaged, 2'000u);
  EXPECT_EQ(fabric.counts().unreadable, 2'000u);
  EXPECT_EQ(heard(b, at_b), "");
}

TEST_F(Conditions, CorruptionIsOfTheEncodedBytes) {
  // The same bit twice is whole again; UDP's checksum is blind to two that even out.
  Rule twice = [](const Transit&) {
    return Passage::one({.flip_count = 2, .flips = {1000, 1000}});
  };
  std::optional<RuleGuard> guard = fabric.install(std::move(twice));
  say("whole");
  fabric.egress_all();
  EXPECT_EQ(heard(b, at_b), "whole");
  // "@b..": the second bits of bytes 0 and 2 of the text, 28 bytes from the start.
  guard = fabric.install([](const Transit&) {
    return Passage::one({.flip_count = 2, .flips = {28 * 8 + 2, 30 * 8 + 2}});
  });
  say("a_A_");
  fabric.egress_all();
  EXPECT_EQ(heard(b, at_b), "A_a_");
}

TEST_F(Conditions, ALinkMtuSendsWhatIsTooBigBack) {
  fabric.set_tap(trace.tap());
  const RuleGuard guard = fabric.install(link_mtu(1000));
  a.connect(sender, at("10.0.0.2:9"));
  a.send(sender, std::vector<std::byte>(972));
  fabric.egress_all();
  EXPECT_EQ(error_of(a, sender), "OK");
  EXPECT_EQ(heard(b, at_b).size(), 972u);
  a.send(sender, std::vector<std::byte>(973));
  fabric.egress_all();
  EXPECT_EQ(error_of(a, sender), "EMSGSIZE");
  const Packet& error = trace.arrived.back();
  EXPECT_EQ(error.source, IpAddress::v4(192, 0, 0, 8));
  ASSERT_NE(error.icmp(), nullptr);
  EXPECT_EQ(error.icmp()->kind, IcmpKind::packet_too_big);
  EXPECT_EQ(error.icmp()->mtu, 1000u);
  EXPECT_EQ(fabric.counts().answered, 1u);
}

TEST_F(Conditions, ALinkMtuHoldsForIpv6Too) {
  fabric.set_tap(trace.tap());
  const RuleGuard guard = fabric.install(link_mtu(1280));
  const Fd sender6 = lockstep::testing::open(a, Type::dgram, Domain::inet6);
  a.connect(sender6, at("[fd00::2]:9"));
  a.send(sender6, std::vector<std::byte>(1233));  // And 48 bytes of headers.
  fabric.egress_all();
  EXPECT_EQ(error_of(a, sender6), "EMSGSIZE");
  EXPECT_EQ(trace.arrived.back().icmp()->mtu, 1280u);
  EXPECT_EQ(trace.arrived.back().source.family, IpFamily::v6);
}

TEST_F(Conditions, HopsTakeFromTheTtlAndTheLastOneAnswers) {
  fabric.set_tap(trace.tap());
  const RuleGuard near = fabric.install(hops(2));
  const RuleGuard far = fabric.install(hops(1));
  a.connect(sender, at("10.0.0.2:9"));
  a.set_option(sender, OptionName::ip_recverr, {1, 0});
  a.set_option(sender, OptionName::ip_ttl, {4, 0});
  a.send(sender, bytes_of("just"));
  fabric.egress_all();
  EXPECT_EQ(trace.arrived.back().ttl, 1);
  EXPECT_EQ(heard(b, at_b), "just");
  a.set_option(sender, OptionName::ip_ttl, {3, 0});
  a.send(sender, bytes_of("too far"));
  fabric.egress_all();
  EXPECT_EQ(heard(b, at_b), "");
  ASSERT_NE(trace.arrived.back().icmp(), nullptr);
  EXPECT_EQ(trace.arrived.back().icmp()->kind, IcmpKind::time_exceeded);
  // Byte 8 of the quoted header: the TTL as it came to the last router.
  EXPECT_EQ(trace.arrived.back().icmp()->quoted.bytes()[8], std::byte{1});
  EXPECT_EQ(error_of(a, sender), "EHOSTUNREACH");
}

TEST_F(Conditions, NobodyAnswersAnIcmpErrorOrABroadcast) {
  const RuleGuard guard = fabric.install(between(any_host, any_host, [](const Transit& transit) {
    const bool refused =
        transit.packet.icmp() != nullptr || transit.packet.destination.is_broadcast();
    return refused ? Passage::refuse({IcmpKind::host_unreachable}) : Passage::pass();
  }));
  say("nobody", "10.0.0.2:10");  // If b answers with a port unreachable, that is refused.
  a.set_option(sender, OptionName::so_broadcast, {1, 0});
  say("all", "255.255.255.255:9");
  fabric.run_until_quiet();
  EXPECT_GE(fabric.counts().dropped, 2u);  // The broadcast for b and that for c.
  EXPECT_EQ(fabric.counts().answered, 0u);
}

TEST_F(Conditions, HoldWhereTheyAreSaidTo) {
  const Fd at_c = receiver(c);
  const RuleGuard there = fabric.install(between(a_id, b_id, cut()));
  say("b");
  say("c", "10.0.0.3:9");
  fabric.egress_all();
  EXPECT_EQ(heard(b, at_b), "");
  EXPECT_EQ(heard(c, at_c), "c");
  // From b to a all is well.
  const Fd at_a = receiver(a);
  const Fd back = lockstep::testing::open(b, Type::dgram);
  b.sendto(back, bytes_of("back"), 0, at("10.0.0.1:9"));
  fabric.egress_all();
  EXPECT_EQ(heard(a, at_a), "back");
  const RuleGuard both = fabric.install(both_ways(a_id, b_id, cut()));
  b.sendto(back, bytes_of("lost"), 0, at("10.0.0.1:9"));
  fabric.egress_all();
  EXPECT_EQ(heard(a, at_a), "");
}

TEST_F(Conditions, ComposeCopyByCopy) {
  const RuleGuard twice = fabric.install(duplication(Chance::always()));
  const RuleGuard again = fabric.install(duplication(Chance::always()));
  const RuleGuard guard = fabric.install(loss(Chance::percent(50)));
  for (int i = 0; i < 100; ++i) {
    count_to(10);
    heard(b, at_b);
  }
  EXPECT_EQ(fabric.counts().extra, 3'000u);
  EXPECT_EQ(fabric.counts().arrived + fabric.counts().dropped, 4'000u);
  EXPECT_EQ(fabric.counts().left + fabric.counts().extra, 4'000u);
  EXPECT_NEAR(static_cast<double>(fabric.counts().arrived), 2'000, 150);
}

TEST_F(Conditions, AreToldInComments) {
  fabric.set_tap(trace.tap());
  std::optional<RuleGuard> guard = fabric.install(cut());
  say("1");
  fabric.egress_all();
  EXPECT_TRUE(trace.lines.back().ends_with("(dropped by cut)")) << trace.lines.back();
  guard = fabric.install(duplication(Chance::always()));
  const RuleGuard late = fabric.install(latency(2));
  say("2");
  fabric.egress_all();
  EXPECT_TRUE(trace.lines.back().ends_with(
      "(duplicated by duplication, delayed 2 ticks by latency, delayed 2 ticks by latency)"))
      << trace.lines.back();
  fabric.tick(2);
  EXPECT_TRUE(trace.lines.back().starts_with("2 b arrived ")) << trace.lines.back();
  EXPECT_TRUE(trace.lines.back().ends_with("(copy 2)")) << trace.lines.back();
}

// What a bad network does to one conversation, packet by packet.
std::vector<std::string> trace_of(std::uint64_t seed, bool with_another_rule = false) {
  Fabric fabric({.seed = seed});
  Trace trace;
  Kernel& a = fabric.add_host("a");
  Kernel& b = fabric.add_host("b");
  const RuleGuard losing = fabric.install(loss(Chance::percent(10)));
  const RuleGuard doubling = fabric.install(duplication(Chance::percent(10), 2));
  const RuleGuard mixing = fabric.install(reordering(Chance::percent(30), {4, 2}));
  const RuleGuard damaging = fabric.install(corruption(Chance::percent(5)));
  std::optional<RuleGuard> another;
  if (with_another_rule) another = fabric.install(between(HostId{7}, HostId{8}, jitter(3)));
  fabric.set_tap(trace.tap());
  const Fd listener = lockstep::testing::open(b, Type::stream);
  b.bind(listener, at("0.0.0.0:80"));
  b.listen(listener, 4);
  const Fd client = lockstep::testing::open(a, Type::stream);
  a.connect(client, at("192.168.0.2:80"));
  for (int i = 0; i < 50; ++i) {
    a.send(client, std::vector<std::byte>(5'000));
    fabric.run_until_quiet();
    fabric.tick(1);
  }
  return trace.lines;
}

TEST(Determinism, TheSameSeedGivesTheSamePackets) {
  EXPECT_GT(trace_of(1).size(), 100u);
  EXPECT_EQ(trace_of(1), trace_of(1));
  EXPECT_NE(trace_of(1), trace_of(2));
}

TEST(Determinism, ARuleThatDoesNothingMovesNoOthersChoices) {
  EXPECT_EQ(trace_of(3, true), trace_of(3, false));
}

// Pinned: whoever replays a seed on another machine or compiler counts on it.
TEST_F(Conditions, ChooseTheSameOnEveryMachine) {
  const RuleGuard losing = fabric.install(loss(Chance::percent(20)));
  const RuleGuard doubling = fabric.install(duplication(Chance::percent(20), 1));
  const RuleGuard mixing = fabric.install(reordering(Chance::percent(30), {4, 1}));
  const RuleGuard damaging = fabric.install(corruption(Chance::percent(10)));
  count_to(20);
  EXPECT_EQ(heard(b, at_b), "0 1 1 2 3 6 7 8 10 13 15 17 14");
  fabric.tick(1);
  EXPECT_EQ(heard(b, at_b), "7 9 12 12 16 18");
}

}  // namespace
}  // namespace lockstep::conditions
