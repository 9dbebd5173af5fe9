#include "stack/fabric/fabric.h"

#include <gtest/gtest.h>

#include <optional>
#include <set>

#include "stack/fabric/conditions.h"
#include "stack/fabric/test_hosts.h"

namespace lockstep {
namespace {

using testing::at;
using testing::bytes_of;
using testing::host_at;
using testing::ip;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::ThreeHosts;

TEST_F(ThreeHosts, AreFoundByNameAndByAddress) {
  EXPECT_EQ(fabric.find_host("b"), &b);
  EXPECT_EQ(fabric.find_id("b"), b_id);
  EXPECT_EQ(fabric.find_host("d"), nullptr);
  EXPECT_EQ(fabric.resolve("c"), (std::vector<IpAddress>{ip("10.0.0.3"), ip("fd00::3")}));
  EXPECT_EQ(fabric.reverse(ip("fd00::3")), "c");
  EXPECT_TRUE(fabric.resolve("d").empty());
}

TEST_F(ThreeHosts, GetAddressesOfThePoolsWhenTheyAskForThem) {
  fabric.add_host("d");
  EXPECT_EQ(fabric.resolve("d"), std::vector{ip("192.168.0.1")});
  fabric.add_host("e", host_at({"10.0.0.5"}), {IpFamily::v6, IpFamily::v4, IpFamily::v4});
  const std::vector<IpAddress> several = {ip("10.0.0.5"), ip("fd4c:6f63:6b73::1"),
                                          ip("192.168.0.2"), ip("192.168.0.3")};
  EXPECT_EQ(fabric.resolve("e"), several);
  EXPECT_EQ(fabric.find_host("e")->config().addresses, several);
}

TEST_F(ThreeHosts, GetThePacketsForTheirAddresses) {
  const Fd at_b = receiver(b);
  const Fd at_c = receiver(c);
  say("b", "10.0.0.2:9");
  say("c", "10.0.0.3:9");
  say("lost", "10.0.0.4:9");
  EXPECT_EQ(fabric.egress_all(), 3u);
  EXPECT_EQ(receive(b, at_b), "b");
  EXPECT_EQ(receive(c, at_c), "c");
  EXPECT_EQ(receive(b, at_b), "EAGAIN");
}

TEST_F(ThreeHosts, GetPacketsForAnAddressAddedLater) {
  fabric.add_address(b_id, ip("10.0.0.22"));
  const Fd at_b = receiver(b, "10.0.0.22:9");
  say("b", "10.0.0.22:9");
  fabric.egress_all();
  EXPECT_EQ(receive(b, at_b), "b");
}

TEST_F(ThreeHosts, AllGetABroadcast) {
  const Fd at_b = receiver(b);
  const Fd at_c = receiver(c);
  a.set_option(sender, OptionName::so_broadcast, {1, 0});
  say("all", "255.255.255.255:9");
  fabric.egress_all();
  EXPECT_EQ(receive(b, at_b), "all");
  EXPECT_EQ(receive(c, at_c), "all");
}

TEST_F(ThreeHosts, LoseWhatARuleDropsWhileItsGuardLives) {
  const Fd at_b = receiver(b);
  {
    const RuleGuard guard = fabric.install([](const Transit&) { return Passage::drop(); });
    say("1");
    fabric.egress_all();
  }
  say("2");
  fabric.egress_all();
  EXPECT_EQ(receive(b, at_b), "2");
}

TEST_F(ThreeHosts, SeeEachPacketWithItsPlaceInTheirRules) {
  std::vector<std::pair<HostId, HostId>> places;
  const RuleGuard guard = fabric.install([&](const Transit& transit) {
    places.emplace_back(transit.from, transit.to);
    return Passage::pass();
  });
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.2:81"));  // Refused by b.
  say("nobody", "10.0.0.9:9");
  fabric.run_until_quiet();
  const std::vector<std::pair<HostId, HostId>> expected = {
      {a_id, b_id}, {a_id, no_host}, {b_id, a_id}};
  EXPECT_EQ(places, expected);
}

TEST_F(ThreeHosts, OutlivedByAGuardDoNoHarm) {
  RuleGuard guard;
  {
    Fabric brief;
    guard = brief.install(conditions::cut());
  }
  guard.uninstall();
}

TEST_F(ThreeHosts, ConnectAndShowTheirSockets) {
  const auto [client, server] = connected();
  EXPECT_EQ(testing::send(a, client, "hello"), "5");
  EXPECT_TRUE(fabric.run_until_quiet());
  const std::string titles =
      "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n";
  EXPECT_EQ(fabric.netstat(),
            "a:\n" + titles +
                "tcp        0      0 10.0.0.1:49152          10.0.0.2:80             ESTABLISHED\n"
                "\nb:\n" +
                titles +
                "tcp        0      4 10.0.0.2:80             0.0.0.0:*               LISTEN\n"
                "tcp        5      0 10.0.0.2:80             10.0.0.1:49152          ESTABLISHED\n"
                "\nc:\n" +
                titles);
  EXPECT_EQ(receive(b, server), "hello");
}

TEST_F(ThreeHosts, RetransmitWhatARuleLost) {
  const Fd listener = open(b, Type::stream);
  b.bind(listener, at("10.0.0.2:80"));
  b.listen(listener, 4);
  int lost = 0;
  const RuleGuard guard = fabric.install(
      [&lost](const Transit&) { return ++lost <= 2 ? Passage::drop() : Passage::pass(); });
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.2:80"));
  for (int i = 0; i < 30; ++i) {
    fabric.run_until_quiet();
    fabric.tick(1);
  }
  EXPECT_EQ(name_of(a.connect(client, at("10.0.0.2:80"))), "OK");
}

TEST_F(ThreeHosts, AreParted_OneWayOnly_UntilItIsRepaired) {
  const Fd at_a = receiver(a);
  const Fd at_b = receiver(b);
  const Fd back = open(b, Type::dgram);
  const auto both_speak = [&] {
    say("there");
    b.sendto(back, bytes_of("back"), 0, at("10.0.0.1:9"));
    fabric.egress_all();
    return heard(b, at_b) + '|' + heard(a, at_a);
  };
  fabric.partition(a_id, b_id);
  fabric.partition(a_id, b_id);
  EXPECT_EQ(both_speak(), "|back");
  fabric.repair(a_id, b_id);
  EXPECT_EQ(both_speak(), "there|back");
  fabric.partition(a_id, b_id);
  fabric.partition(b_id, a_id);
  EXPECT_EQ(both_speak(), "|");
  fabric.repair_all();
  EXPECT_EQ(both_speak(), "there|back");
}

TEST_F(ThreeHosts, GetWhatWasUnderWayBeforeAPartition) {
  const Fd at_b = receiver(b);
  const RuleGuard guard = fabric.install(conditions::latency(1));
  say("before");
  fabric.egress_all();
  fabric.partition(a_id, b_id);
  fabric.tick(1);
  EXPECT_EQ(receive(b, at_b), "before");
}

TEST_F(ThreeHosts, RebootAsNewWithTheirConfiguration) {
  const auto [client, server] = connected();
  EXPECT_EQ(fabric.boot_count(b_id), 1u);
  testing::send(b, server, "never leaves");
  fabric.reboot(b_id);
  EXPECT_EQ(fabric.boot_count(b_id), 2u);
  EXPECT_EQ(b.config().addresses, (std::vector<IpAddress>{ip("10.0.0.2"), ip("fd00::2")}));
  EXPECT_EQ(b.find_socket(server), nullptr);
  EXPECT_EQ(fabric.egress_all(), 0u);
  EXPECT_EQ(receive(a, client), "EAGAIN");
  // The new b knows nothing of the connection.
  testing::send(a, client, "who are you?");
  fabric.run_until_quiet();
  EXPECT_EQ(receive(a, client), "ECONNRESET");
  const auto [again, accepted] = connected();
  testing::send(a, again, "hello");
  fabric.run_until_quiet();
  EXPECT_EQ(receive(b, accepted), "hello");
}

TEST_F(ThreeHosts, NumberTheirConnectionsAnewAfterEachReboot) {
  std::set<std::uint32_t> first_numbers;
  for (std::uint32_t boot = 0; boot < 50; ++boot) {
    EXPECT_EQ(a.config().boot_count, boot);
    EXPECT_EQ(fabric.boot_count(a_id), boot + 1);
    const Fd client = open(a, Type::stream);
    a.connect(client, at("10.0.0.9:80"));
    first_numbers.insert(a.find_socket(client)->tcb.iss.value());
    if (boot % 2 == 1) fabric.power_off(a_id);  // The stop is not a start.
    fabric.reboot(a_id);
  }
  EXPECT_EQ(first_numbers.size(), 50u);
}

TEST_F(ThreeHosts, HearNothingWhileTheirPowerIsOff) {
  const RuleGuard slow = fabric.install(conditions::latency(1));
  say("before");
  fabric.egress_all();
  fabric.power_off(b_id);
  EXPECT_FALSE(fabric.is_up(b_id));
  fabric.tick(1);
  say("meanwhile");
  fabric.egress_all();
  fabric.tick(1);
  EXPECT_EQ(fabric.counts().dropped, 2u);
  EXPECT_EQ(fabric.counts().arrived, 0u);
  fabric.reboot(b_id);
  EXPECT_TRUE(fabric.is_up(b_id));
  const Fd at_b = receiver(b);
  say("after");
  fabric.egress_all();
  fabric.tick(1);
  EXPECT_EQ(heard(b, at_b), "after");
}

TEST_F(ThreeHosts, WaitInVainForWhomNobodySpeaks) {
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.9:80"));
  fabric.run_until_quiet();
  EXPECT_EQ(error_of(a, client), "OK");
}

struct ThreeHostsAndARouter : ThreeHosts {
  ThreeHostsAndARouter() : ThreeHosts({.host_unreachable = true}) {}
};

TEST_F(ThreeHostsAndARouter, HearThatAHostIsUnreachable) {
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.9:80"));
  fabric.run_until_quiet();
  EXPECT_EQ(error_of(a, client), "EHOSTUNREACH");
  fabric.power_off(b_id);
  const Fd client6 = open(a, Type::stream, Domain::inet6);
  a.connect(client6, at("[fd00::2]:80"));
  fabric.run_until_quiet();
  EXPECT_EQ(error_of(a, client6), "EHOSTUNREACH");
  EXPECT_EQ(fabric.counts().answered, 2u);
}

}  // namespace
}  // namespace lockstep
