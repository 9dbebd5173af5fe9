// Hosts that start again: their numbers, and what their peers still remember (RFC 9293 3.4, 3.5.1;
// RFC 6528).
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::drain;
using testing::host_at;
using testing::receive;
using testing::send;

std::uint32_t next_number(Kernel& host, std::string_view peer = "10.0.0.2:80") {
  const Fd fd = testing::open(host, Type::stream);
  host.connect(fd, at(peer));
  const std::uint32_t iss = host.find_socket(fd)->tcb.iss.value();
  host.close(fd);
  return iss;
}

void reboot(Kernel& host) {
  HostConfig config = host.config();
  ++config.boot_count;
  host.reset(config);
}

TEST(Reboot, NeverTakesUpTheNumbersOfAnEarlierBoot) {
  Kernel host(host_at({"10.0.0.1"}));
  std::map<std::uint32_t, std::uint32_t> boot_of;
  for (std::uint32_t boot = 0; boot < 200; ++boot) {
    for (int i = 0; i < 100; ++i) {
      const std::uint32_t iss = next_number(host);
      const auto [found, is_new] = boot_of.emplace(iss, boot);
      EXPECT_TRUE(is_new) << iss << " in boots " << found->second << " and " << boot;
    }
    reboot(host);
  }
}

TEST(Reboot, PutsTheFirstNumbersOfAnyBootsMoreThanAWindowApart) {
  std::vector<std::uint32_t> numbers;
  Kernel host(host_at({"10.0.0.1"}));
  for (int boot = 0; boot < 1000; ++boot) {
    numbers.push_back(next_number(host));
    reboot(host);
  }
  std::ranges::sort(numbers);
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    EXPECT_GT(numbers[i] - numbers[i - 1], 1u << 20);
  }
}

TEST(Reboot, OfTheSameCountIsTheSameHost) {
  Kernel host(host_at({"10.0.0.1"}));
  reboot(host);
  HostConfig config = host_at({"10.0.0.1"});
  config.boot_count = 1;
  EXPECT_TRUE(host == Kernel(config));
  EXPECT_FALSE(host == Kernel(host_at({"10.0.0.1"})));
}

TEST(SecretNumbers, DifferByTheSecretAndByEachEndAndRepeatWithBoth) {
  std::set<std::uint32_t> numbers;
  for (std::uint64_t secret : {1u, 2u, 3u}) {
    HostConfig config = host_at({"10.0.0.1"});
    config.isn_secret = secret;
    config.ephemeral_last = config.ephemeral_first;
    Kernel host(config);
    for (const char* peer : {"10.0.0.2:80", "10.0.0.2:81", "10.0.0.3:80"}) {
      const std::uint32_t iss = next_number(host, peer);
      EXPECT_TRUE(numbers.insert(iss).second);
      EXPECT_EQ(next_number(host, peer), iss) << "no time has passed";
    }
  }
}

TEST(SecretNumbers, MoveOnFourMicrosecondsAStep) {
  HostConfig config = host_at({"10.0.0.1"});
  config.isn_secret = 7;
  config.ephemeral_last = config.ephemeral_first;
  Kernel host(config);
  const std::uint32_t before = next_number(host);
  host.tick(1);
  EXPECT_EQ(next_number(host) - before, 250u * config.tick_ms);
  host.tick(9);
  EXPECT_EQ(next_number(host) - before, 10 * 250u * config.tick_ms);
}

TEST(SecretNumbers, MakeTimePartOfAHost) {
  HostConfig config = host_at({"10.0.0.1"});
  Kernel one(config);
  Kernel later = one;
  later.tick(5);
  EXPECT_TRUE(one == later);
  config.isn_secret = 7;
  one = Kernel(config);
  later = one;
  later.tick(5);
  EXPECT_FALSE(one == later);
  EXPECT_NE(one.stable_hash(), later.stable_hash());
}

// RFC 9293 3.5.1, figure 11: the side that is still there finds out when it sends.
TEST(HalfOpen, IsResetByARebootedServerWhenTheClientSends) {
  Connected w;
  reboot(w.b);
  EXPECT_EQ(send(w.a, w.client, "anyone?"), "7");
  const Packet text = drain(w.a).at(0);
  w.b.deliver(text);
  const auto answers = drain(w.b);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].tcp()->flags, tcp_rst);
  EXPECT_EQ(answers[0].tcp()->seq, text.tcp()->ack);
  w.a.deliver(answers[0]);
  EXPECT_EQ(receive(w.a, w.client), "ECONNRESET");
  EXPECT_EQ(w.client_state(), TcpState::closed);
}

TEST(HalfOpen, IsFoundByKeepaliveOfAnIdleClient) {
  Connected w;
  w.a.set_option(w.client, OptionName::so_keepalive, {1, 0});
  w.a.set_option(w.client, OptionName::tcp_keepidle, {1, 0});
  reboot(w.b);
  w.a.tick(9);
  w.settle();
  EXPECT_EQ(w.client_state(), TcpState::established);
  w.a.tick(1);
  w.settle();
  EXPECT_EQ(receive(w.a, w.client), "ECONNRESET");
}

// RFC 9293 3.5.1, figure 9, with the challenge of RFC 5961 4.
TEST(HalfOpen, IsResetByAClientThatConnectsAnewFromTheSamePort) {
  HostConfig config = host_at({"10.0.0.1"});
  config.ephemeral_last = config.ephemeral_first;
  Connected w(config, host_at({"10.0.0.2"}));
  reboot(w.a);
  const Fd again = testing::open(w.a, Type::stream);
  w.a.connect(again, at("10.0.0.2:80"));
  const Packet syn = drain(w.a).at(0);
  EXPECT_EQ(syn.tcp()->source_port, config.ephemeral_first);
  w.b.deliver(syn);
  const Packet challenge = drain(w.b).at(0);
  EXPECT_EQ(challenge.tcp()->flags, tcp_ack);
  w.a.deliver(challenge);
  const Packet reset = drain(w.a).at(0);
  EXPECT_EQ(reset.tcp()->flags, tcp_rst);
  EXPECT_EQ(reset.tcp()->seq, challenge.tcp()->ack);
  w.b.deliver(reset);
  EXPECT_EQ(receive(w.b, w.server), "ECONNRESET");
  EXPECT_EQ(testing::state_of(w.a, again), TcpState::syn_sent);
  w.a.tick(w.a.config().retransmit_threshold_ticks);
  w.settle();
  EXPECT_EQ(testing::state_of(w.a, again), TcpState::established);
}

TEST(HalfOpen, OldSegmentsDoNotReachAConnectionOfTheNewBoot) {
  HostConfig config = host_at({"10.0.0.1"});
  config.ephemeral_last = config.ephemeral_first;
  Connected w(config, host_at({"10.0.0.2"}));
  send(w.a, w.client, "of the old boot");
  const Packet old = drain(w.a).at(0);
  reboot(w.a);
  reboot(w.b);
  const Fd listener = testing::open(w.b, Type::stream);
  w.b.bind(listener, at("10.0.0.2:80"));
  w.b.listen(listener, 1);
  const Fd client = testing::open(w.a, Type::stream);
  w.a.connect(client, at("10.0.0.2:80"));
  w.settle();
  const Fd server{static_cast<std::int32_t>(w.b.accept(listener).value)};
  w.b.deliver(old);
  EXPECT_EQ(receive(w.b, server), "EAGAIN");
  w.settle();
  EXPECT_EQ(testing::state_of(w.b, server), TcpState::established);
}

}  // namespace
}  // namespace lockstep
