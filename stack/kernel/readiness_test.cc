#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::Connected;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::send;

std::vector<Wake> wakes_of(Kernel& host) {
  std::vector<Wake> wakes;
  host.take_wakes(wakes);
  return wakes;
}

TEST(Wakers, AreWokenOnceByWhatTheyWaitFor) {
  Connected w;
  EXPECT_EQ(name_of(w.b.watch(w.server, poll_in, 1)), "OK");
  EXPECT_EQ(name_of(w.b.watch(w.server, poll_in, 2)), "OK");
  EXPECT_EQ(name_of(w.b.watch(w.server, poll_rdhup, 3)), "OK");
  EXPECT_TRUE(wakes_of(w.b).empty());
  send(w.a, w.client, "x");
  w.settle();
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{1, poll_in}, {2, poll_in}}));
  send(w.a, w.client, "y");
  w.settle();
  EXPECT_TRUE(wakes_of(w.b).empty());
  w.a.close(w.client);
  w.settle();
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{3, poll_rdhup}}));
}

TEST(Wakers, AreWokenAtOnceByWhatIsSoAlready) {
  Connected w;
  send(w.a, w.client, "x");
  w.settle();
  w.b.watch(w.server, poll_in, 7);
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{7, poll_in}}));
  receive(w.b, w.server);
  w.b.watch(w.server, poll_in, 7);
  EXPECT_TRUE(wakes_of(w.b).empty());
  w.b.unwatch(w.server, 7);
  send(w.a, w.client, "x");
  w.settle();
  EXPECT_TRUE(wakes_of(w.b).empty());
}

TEST(Wakers, HearOfConnectionsAndOfErrorsTheyDidNotAskFor) {
  Kernel host(testing::host_at({"10.0.0.1"}));
  const Fd listener = open(host, Type::stream);
  host.bind(listener, testing::at("127.0.0.1:80"));
  host.listen(listener, 1);
  host.watch(listener, poll_in, 1);
  const Fd client = open(host, Type::stream);
  const Fd refused = open(host, Type::stream);
  host.connect(client, testing::at("127.0.0.1:80"));
  host.connect(refused, testing::at("127.0.0.1:81"));
  host.watch(client, poll_out, 2);
  host.watch(refused, 0, 3);
  std::vector<WireEvent> events;
  host.egress(events);
  const std::vector<Wake> wakes = wakes_of(host);
  ASSERT_EQ(wakes.size(), 3u);
  for (const Wake& wake : wakes) {
    if (wake.token == 1) {
      EXPECT_EQ(wake.events, poll_in);
    }
    if (wake.token == 2) {
      EXPECT_EQ(wake.events, poll_out);
    }
    if (wake.token == 3) {
      EXPECT_EQ(wake.events, poll_err | poll_hup);
    }
  }
}

TEST(Wakers, HearOfTheFinThatShutsTheSecondDirection) {
  Connected w;
  w.b.shutdown(w.server, ShutdownHow::write);
  w.b.watch(w.server, 0, 1);
  w.a.shutdown(w.client, ShutdownHow::write);
  for (const Packet& packet : testing::drain(w.a)) w.b.deliver(packet);
  EXPECT_EQ(w.server_state(), TcpState::closing);
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{1, poll_hup}}));
}

TEST(Wakers, HearOfOptionsThatMakeASocketReady) {
  Connected w;
  w.b.set_option(w.server, OptionName::so_rcvlowat, {10, 0});
  send(w.a, w.client, "x");
  w.settle();
  w.b.watch(w.server, poll_in, 1);
  EXPECT_TRUE(wakes_of(w.b).empty());
  w.b.set_option(w.server, OptionName::so_rcvlowat, {1, 0});
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{1, poll_in}}));

  w.a.set_option(w.client, OptionName::so_sndbuf, {2304, 0});
  send(w.a, w.client, std::string(5000, 'x'));
  w.a.watch(w.client, poll_out, 2);
  EXPECT_TRUE(wakes_of(w.a).empty());
  w.a.set_option(w.client, OptionName::so_sndbuf, {10'000, 0});
  EXPECT_EQ(wakes_of(w.a), (std::vector<Wake>{{2, poll_out}}));
}

TEST(Wakers, ThatAreRemovedOrArmedAgainLeaveNoWakeBehind) {
  Connected w;
  w.b.watch(w.server, poll_out, 1);
  w.b.unwatch(w.server, 1);
  EXPECT_TRUE(wakes_of(w.b).empty());
  w.b.watch(w.server, poll_out, 1);
  w.b.watch(w.server, poll_in | poll_out, 1);
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{1, poll_out}}));
  w.b.watch(w.server, poll_out, 1);
  w.b.watch(w.server, poll_in, 1);
  EXPECT_TRUE(wakes_of(w.b).empty());
  // Tokens are a socket's own.
  w.b.watch(w.server, poll_out, 1);
  const Fd other = open(w.b, Type::dgram);
  w.b.watch(other, poll_out, 1);
  w.b.close(w.server);
  EXPECT_EQ(wakes_of(w.b), (std::vector<Wake>{{1, poll_out}}));
}

TEST(Wakers, OfClosedDescriptorsAreRefused) {
  Kernel host;
  EXPECT_EQ(name_of(host.watch(Fd{9}, poll_in, 1)), "EBADF");
  EXPECT_EQ(name_of(host.unwatch(Fd{9}, 1)), "EBADF");
  EXPECT_EQ(host.poll(Fd{9}, poll_in), poll_nval);
}

TEST(Polling, HeedsTheLowWaterMark) {
  Connected w;
  w.b.set_option(w.server, OptionName::so_rcvlowat, {5, 0});
  send(w.a, w.client, "1234");
  w.settle();
  EXPECT_EQ(w.b.poll(w.server, poll_in), 0);
  send(w.a, w.client, "5");
  w.settle();
  EXPECT_EQ(w.b.poll(w.server, poll_in), poll_in);
}

TEST(Options, RoundTrip) {
  Kernel host;
  const Fd tcp = open(host, Type::stream);
  const Fd udp = open(host, Type::dgram);
  const Fd six = open(host, Type::stream, Domain::inet6);
  const auto get = [&](Fd fd, OptionName name) {
    return host.get_option(fd, name).option_value.value;
  };
  for (OptionName name :
       {OptionName::so_reuseaddr, OptionName::so_reuseport, OptionName::so_broadcast,
        OptionName::so_keepalive, OptionName::so_oobinline, OptionName::tcp_nodelay,
        OptionName::tcp_cork, OptionName::ip_recverr}) {
    EXPECT_EQ(get(tcp, name), 0) << option_name(name);
    EXPECT_EQ(name_of(host.set_option(tcp, name, {5, 0})), "OK") << option_name(name);
    EXPECT_EQ(get(tcp, name), 1) << option_name(name);
  }
  for (const auto& [name, value] : {std::pair{OptionName::tcp_keepidle, 9},
                                    {OptionName::tcp_keepintvl, 9},
                                    {OptionName::tcp_keepcnt, 9},
                                    {OptionName::tcp_user_timeout, 9},
                                    {OptionName::tcp_linger2, 9},
                                    {OptionName::tcp_maxseg, 500},
                                    {OptionName::ip_ttl, 9},
                                    {OptionName::so_rcvlowat, 9},
                                    {OptionName::ip_mtu_discover, 1}}) {
    EXPECT_EQ(name_of(host.set_option(tcp, name, {value, 0})), "OK") << option_name(name);
    EXPECT_EQ(get(tcp, name), value) << option_name(name);
  }
  host.set_option(tcp, OptionName::so_linger, {7, 3});
  EXPECT_EQ(host.get_option(tcp, OptionName::so_linger).option_value, (OptionValue{1, 3}));
  EXPECT_EQ(get(tcp, OptionName::so_type), 1);
  EXPECT_EQ(get(udp, OptionName::so_type), 2);
  EXPECT_EQ(get(six, OptionName::ipv6_unicast_hops), 64);
  EXPECT_EQ(get(six, OptionName::ipv6_v6only), 0);
}

TEST(Options, OfBuffersAreDoubledAndBounded) {
  Kernel host;
  const Fd fd = open(host, Type::stream);
  const auto set = [&](OptionName name, std::int32_t value) {
    host.set_option(fd, name, {value, 0});
    return host.get_option(fd, name).option_value.value;
  };
  EXPECT_EQ(host.get_option(fd, OptionName::so_rcvbuf).option_value.value, 131072);
  EXPECT_EQ(set(OptionName::so_rcvbuf, 5000), 10000);
  EXPECT_EQ(set(OptionName::so_rcvbuf, 0), 2304);
  EXPECT_EQ(set(OptionName::so_sndbuf, 0), 4608);
  EXPECT_EQ(set(OptionName::so_sndbuf, -1), 425984);
}

TEST(Options, ThatDoNotExistAreRefusedAsLinuxDoes) {
  Kernel host;
  const Fd tcp = open(host, Type::stream);
  const Fd udp = open(host, Type::dgram);
  const auto set = [&](Fd fd, OptionName name, std::int32_t value = 1) {
    return name_of(host.set_option(fd, name, {value, 0}));
  };
  const auto get = [&](Fd fd, OptionName name) { return name_of(host.get_option(fd, name)); };
  for (OptionName name : {OptionName::so_error, OptionName::so_type, OptionName::so_acceptconn,
                          OptionName::unknown_option, OptionName::unknown_level}) {
    EXPECT_EQ(set(tcp, name), "ENOPROTOOPT") << option_name(name);
  }
  EXPECT_EQ(get(tcp, OptionName::unknown_option), "ENOPROTOOPT");
  EXPECT_EQ(get(tcp, OptionName::unknown_level), "EOPNOTSUPP");
  EXPECT_EQ(set(udp, OptionName::tcp_nodelay), "ENOPROTOOPT");
  EXPECT_EQ(get(udp, OptionName::tcp_nodelay), "EOPNOTSUPP");
  EXPECT_EQ(set(tcp, OptionName::ipv6_v6only), "ENOPROTOOPT");
  EXPECT_EQ(get(tcp, OptionName::ipv6_v6only), "EOPNOTSUPP");
  EXPECT_EQ(set(tcp, OptionName::ip_ttl, 0), "EINVAL");
  EXPECT_EQ(set(tcp, OptionName::ip_ttl, 256), "EINVAL");
  EXPECT_EQ(set(tcp, OptionName::tcp_maxseg, 5), "EINVAL");
}

TEST(KernelValue, ComparesAndHashesByContentNotByTime) {
  Connected one;
  Connected two;
  EXPECT_TRUE(one.a == two.a);
  EXPECT_EQ(one.a.stable_hash(), two.a.stable_hash());
  one.a.tick(5);
  EXPECT_TRUE(one.a == two.a);
  EXPECT_EQ(one.a.stable_hash(), two.a.stable_hash());
  send(one.a, one.client, "x");
  EXPECT_FALSE(one.a == two.a);
  EXPECT_NE(one.a.stable_hash(), two.a.stable_hash());
  send(two.a, two.client, "x");
  EXPECT_TRUE(one.a == two.a);
  one.a.tick(1);
  EXPECT_FALSE(one.a == two.a);
  EXPECT_NE(one.a.stable_hash(), two.a.stable_hash());
}

TEST(KernelValue, IsAsNewAfterAReset) {
  Connected w;
  send(w.b, w.server, "x");
  w.a.watch(w.client, poll_in, 1);
  w.a.reset(testing::host_at({"10.0.0.1"}));
  EXPECT_TRUE(w.a == Kernel(testing::host_at({"10.0.0.1"})));
  EXPECT_EQ(w.a.stable_hash(), Kernel(testing::host_at({"10.0.0.1"})).stable_hash());
  EXPECT_EQ(open(w.a, Type::stream).value, 3);
}

TEST(KernelValue, CopiesGoTheirOwnWays) {
  Connected w;
  const Kernel before = w.a;
  send(w.a, w.client, "x");
  EXPECT_FALSE(w.a == before);
  w.a = before;
  EXPECT_TRUE(w.a == before);
  EXPECT_TRUE(testing::drain(w.a).empty());
}

TEST(Loopback, FoldsAtMost4096PacketsAtATime) {
  Kernel host(testing::host_at({"10.0.0.1"}));
  const Fd fd = open(host, Type::dgram);
  // Someone listens, so that no errors come back.
  host.bind(open(host, Type::dgram), testing::at("127.0.0.1:9"));
  for (int i = 0; i < 5000; ++i) host.sendto(fd, {}, 0, testing::at("127.0.0.1:9"));
  host.sendto(fd, {}, 0, testing::at("10.0.0.2:9"));
  std::vector<WireEvent> events;
  host.egress(events);
  std::size_t left = 0;
  std::size_t arrived = 0;
  for (const WireEvent& event : events) {
    left += event.kind == WireEvent::Kind::left ? 1u : 0u;
    arrived += event.kind == WireEvent::Kind::looped_arrived ? 1u : 0u;
  }
  EXPECT_EQ(left, 1u);
  EXPECT_EQ(arrived, 4096u);
  events.clear();
  host.egress(events);
  EXPECT_EQ(events.size(), 904u);
}

}  // namespace
}  // namespace lockstep
