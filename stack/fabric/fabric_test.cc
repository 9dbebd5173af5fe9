#include "stack/fabric/fabric.h"

#include <gtest/gtest.h>

#include <optional>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::host_at;
using testing::name_of;
using testing::open;
using testing::receive;

struct ThreeHosts : ::testing::Test {
  Fabric fabric;
  Kernel& a = fabric.add_host("a", host_at({"10.0.0.1"}));
  Kernel& b = fabric.add_host("b", host_at({"10.0.0.2"}));
  Kernel& c = fabric.add_host("c", host_at({"10.0.0.3", "fd00::3"}));
  Fd sender = open(a, Type::dgram);

  Fd receiver(Kernel& host) {
    const Fd fd = open(host, Type::dgram);
    host.bind(fd, at("0.0.0.0:9"));
    return fd;
  }
  void say(std::string_view text, std::string_view to) {
    const auto bytes = testing::bytes_of(text);
    EXPECT_TRUE(a.sendto(sender, bytes, 0, at(to)).ok());
  }
};

TEST_F(ThreeHosts, AreFoundByName) {
  EXPECT_EQ(fabric.find_host("b"), &b);
  EXPECT_EQ(fabric.find_host("d"), nullptr);
  EXPECT_EQ(fabric.resolve("c"),
            (std::vector<IpAddress>{testing::ip("10.0.0.3"), testing::ip("fd00::3")}));
  EXPECT_TRUE(fabric.resolve("d").empty());
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
    const RuleGuard guard = fabric.install([](const Packet&) { return Passage::drop(); });
    say("1", "10.0.0.2:9");
    fabric.egress_all();
  }
  say("2", "10.0.0.2:9");
  fabric.egress_all();
  EXPECT_EQ(receive(b, at_b), "2");
}

TEST_F(ThreeHosts, HeedTheFirstRuleThatDoesNotPass) {
  const Fd at_b = receiver(b);
  const RuleGuard indifferent = fabric.install([](const Packet&) { return Passage::pass(); });
  std::optional<RuleGuard> slow =
      fabric.install([](const Packet&) { return Passage::deliver_after(3); });
  const RuleGuard never = fabric.install([](const Packet&) { return Passage::drop(); });
  say("slow", "10.0.0.2:9");
  fabric.egress_all();
  fabric.tick(2);
  EXPECT_EQ(receive(b, at_b), "EAGAIN");
  fabric.tick(1);
  EXPECT_EQ(receive(b, at_b), "slow");
  slow.reset();
  say("lost", "10.0.0.2:9");
  fabric.egress_all();
  fabric.tick(100);
  EXPECT_EQ(receive(b, at_b), "EAGAIN");
}

TEST_F(ThreeHosts, OutlivedByAGuardDoNoHarm) {
  RuleGuard guard;
  {
    Fabric brief;
    guard = brief.install([](const Packet&) { return Passage::drop(); });
  }
  guard.uninstall();
}

TEST_F(ThreeHosts, ConnectAndShowTheirSockets) {
  const Fd listener = open(b, Type::stream);
  b.bind(listener, at("10.0.0.2:80"));
  b.listen(listener, 4);
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.2:80"));
  EXPECT_TRUE(fabric.run_until_quiet());
  EXPECT_EQ(testing::send(a, client, "hello"), "5");
  EXPECT_TRUE(fabric.run_until_quiet());
  EXPECT_EQ(fabric.netstat(),
            "a udp 0 0 0.0.0.0:0 0.0.0.0:0 UNCONNECTED\n"
            "a tcp 0 0 10.0.0.1:49152 10.0.0.2:80 ESTABLISHED\n"
            "b tcp 1 4 10.0.0.2:80 0.0.0.0:0 LISTEN\n"
            "b tcp 5 0 10.0.0.2:80 10.0.0.1:49152 ESTABLISHED\n");
}

TEST_F(ThreeHosts, RetransmitWhatARuleLost) {
  const Fd listener = open(b, Type::stream);
  b.bind(listener, at("10.0.0.2:80"));
  b.listen(listener, 4);
  int lost = 0;
  const RuleGuard guard = fabric.install(
      [&lost](const Packet&) { return ++lost <= 2 ? Passage::drop() : Passage::pass(); });
  const Fd client = open(a, Type::stream);
  a.connect(client, at("10.0.0.2:80"));
  for (int i = 0; i < 30; ++i) {
    fabric.run_until_quiet();
    fabric.tick(1);
  }
  EXPECT_EQ(name_of(a.connect(client, at("10.0.0.2:80"))), "OK");
}

}  // namespace
}  // namespace lockstep
