#include <gtest/gtest.h>

#include "stack/kernel/icmp_meaning.h"
#include "stack/kernel/test_world.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

using testing::at;
using testing::bytes_of;
using testing::Connected;
using testing::drain;
using testing::exchange;
using testing::host_at;
using testing::ip;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::send;
using testing::state_of;

// An error about `lost`, as the host that it was for would send it.
Packet error_about(const Packet& lost, IcmpKind kind, std::uint32_t mtu = 0) {
  return {.source = lost.destination,
          .destination = lost.source,
          .body = IcmpMessage{.kind = kind, .mtu = mtu, .quoted = quote_of(lost)}};
}

Packet problem_about(const Packet& lost, std::uint8_t type, std::uint8_t code = 0) {
  Packet packet = error_about(lost, IcmpKind::other);
  std::get<IcmpMessage>(packet.body).type = type;
  std::get<IcmpMessage>(packet.body).code = code;
  return packet;
}

struct Icmp : ::testing::Test {
  Kernel a{host_at({"10.0.0.1", "fd00::1"})};
  Kernel b{host_at({"10.0.0.2", "fd00::2"})};

  std::string sendto(Kernel& host, Fd fd, std::size_t size, std::string_view to) {
    const std::vector<std::byte> bytes(size);
    const SyscallResult result = host.sendto(fd, bytes, 0, at(to));
    return result.ok() ? std::to_string(result.value) : name_of(result);
  }
  // Sends a datagram that is lost.
  Packet lost(Fd fd, std::string_view to) {
    sendto(a, fd, 10, to);
    return drain(a).at(0);
  }
  std::int32_t so_error(Fd fd) { return a.get_option(fd, OptionName::so_error).option_value.value; }
  void set(Fd fd, OptionName name, std::int32_t value) { a.set_option(fd, name, {value, 0}); }
};

constexpr auto refused = static_cast<std::int32_t>(Errno::econnrefused);
constexpr auto no_host = static_cast<std::int32_t>(Errno::ehostunreach);

TEST_F(Icmp, ADatagramThatNobodyTakesIsAnsweredOnce) {
  for (const char* to : {"10.0.0.2:9", "[fd00::2]:9"}) {
    const Fd fd = open(a, Type::dgram, to[0] == '[' ? Domain::inet6 : Domain::inet);
    a.connect(fd, at(to));
    send(a, fd, "x");
    b.deliver(drain(a).at(0));
    const auto answers = drain(b);
    ASSERT_EQ(answers.size(), 1u) << to;
    ASSERT_NE(answers[0].icmp(), nullptr);
    EXPECT_EQ(answers[0].icmp()->kind, IcmpKind::port_unreachable);
    a.deliver(answers[0]);
    EXPECT_EQ(a.poll(fd, poll_out), poll_out | poll_err);
    EXPECT_EQ(receive(a, fd), "ECONNREFUSED");
    EXPECT_EQ(receive(a, fd), "EAGAIN");
  }
}

TEST_F(Icmp, NeitherABroadcastNorAnErrorIsAnswered) {
  const Fd fd = open(a, Type::dgram);
  set(fd, OptionName::so_broadcast, 1);
  const Packet broadcast = lost(fd, "255.255.255.255:9");
  b.deliver(broadcast);
  EXPECT_TRUE(drain(b).empty());
  b.deliver(error_about(lost(fd, "10.0.0.2:9"), IcmpKind::port_unreachable));
  Packet stray = error_about(lost(fd, "10.0.0.2:9"), IcmpKind::port_unreachable);
  std::swap(stray.source, stray.destination);
  b.deliver(stray);
  EXPECT_TRUE(drain(b).empty());
  // RFC 1122 3.2.2: nor is one about a broadcast heeded.
  a.connect(fd, at("255.255.255.255:9"));
  Packet about = error_about(broadcast, IcmpKind::port_unreachable);
  about.source = ip("10.0.0.2");
  a.deliver(about);
  EXPECT_EQ(so_error(fd), 0);
}

TEST_F(Icmp, ReachesTheSenderThroughLoopback) {
  const Fd fd = open(a, Type::dgram, Domain::inet6);
  a.connect(fd, at("[::1]:9"));
  send(a, fd, "x");
  drain(a);
  EXPECT_EQ(so_error(fd), refused);
}

TEST_F(Icmp, OnlyHardErrorsReachAConnectedDatagramSocket) {
  const Fd fd = open(a, Type::dgram);
  a.connect(fd, at("10.0.0.2:9"));
  const Packet packet = lost(fd, "10.0.0.2:9");
  for (IcmpKind kind :
       {IcmpKind::net_unreachable, IcmpKind::host_unreachable, IcmpKind::time_exceeded}) {
    a.deliver(error_about(packet, kind));
    EXPECT_EQ(so_error(fd), 0);
  }
  a.deliver(problem_about(packet, 12));
  EXPECT_EQ(so_error(fd), static_cast<std::int32_t>(Errno::eproto));
  a.deliver(problem_about(packet, 0));  // An echo reply is no error.
  EXPECT_EQ(so_error(fd), 0);
}

TEST_F(Icmp, AnUnconnectedSocketHearsOnlyWithRecverr) {
  const Fd fd = open(a, Type::dgram);
  const Packet packet = lost(fd, "10.0.0.2:9");
  a.deliver(error_about(packet, IcmpKind::port_unreachable));
  EXPECT_EQ(a.poll(fd, 0), 0);
  set(fd, OptionName::ip_recverr, 1);
  a.deliver(error_about(packet, IcmpKind::host_unreachable));
  EXPECT_EQ(receive(a, fd), "EHOSTUNREACH");
  // What is in the error queue stays, since no call reads it, until the option goes.
  EXPECT_EQ(receive(a, fd), "EAGAIN");
  EXPECT_EQ(a.poll(fd, 0), poll_err);
  set(fd, OptionName::ip_recverr, 0);
  EXPECT_EQ(a.poll(fd, 0), 0);
}

TEST_F(Icmp, RecverrQueuesLocalErrorsWithoutMakingThemPending) {
  const Fd fd = open(a, Type::dgram);
  EXPECT_EQ(sendto(a, fd, 2000, "10.0.0.2:9"), "EMSGSIZE");
  EXPECT_EQ(a.poll(fd, 0), 0);
  set(fd, OptionName::ip_recverr, 1);
  EXPECT_EQ(sendto(a, fd, 70'000, "10.0.0.2:9"), "EMSGSIZE");
  EXPECT_EQ(a.poll(fd, 0), 0);
  EXPECT_EQ(sendto(a, fd, 2000, "10.0.0.2:9"), "EMSGSIZE");
  EXPECT_EQ(a.poll(fd, 0), poll_err);
  EXPECT_EQ(so_error(fd), 0);
}

TEST_F(Icmp, AnErrorOfAConnectionStaysBehindInTheQueue) {
  const Fd fd = open(a, Type::stream);
  a.connect(fd, at("10.0.0.2:80"));
  a.deliver(error_about(drain(a).at(0), IcmpKind::port_unreachable));
  EXPECT_EQ(so_error(fd), refused);
  EXPECT_EQ(a.poll(fd, 0), poll_err | poll_hup);
  set(fd, OptionName::ip_recverr, 0);
  EXPECT_EQ(a.poll(fd, 0), poll_hup);
}

TEST_F(Icmp, EndsAConnectionThatIsBeingOpened) {
  for (const char* to : {"10.0.0.2:80", "[fd00::2]:80"}) {
    const Fd fd = open(a, Type::stream, to[0] == '[' ? Domain::inet6 : Domain::inet);
    a.connect(fd, at(to));
    const Packet syn = drain(a).at(0);
    Packet old = error_about(syn, IcmpKind::host_unreachable);
    Packet other = syn;
    other.tcp()->seq -= 1;
    a.deliver(error_about(other, IcmpKind::host_unreachable));
    EXPECT_EQ(state_of(a, fd), TcpState::syn_sent);
    a.deliver(error_about(syn, IcmpKind::host_unreachable));
    EXPECT_EQ(state_of(a, fd), TcpState::closed);
    EXPECT_EQ(name_of(a.connect(fd, at(to))), "EHOSTUNREACH");
  }
}

TEST_F(Icmp, DropsAHandshakeOfAListenerInSilence) {
  const Fd listener = open(b, Type::stream);
  b.bind(listener, at("10.0.0.2:80"));
  b.listen(listener, 1);
  const Fd fd = open(a, Type::stream);
  a.connect(fd, at("10.0.0.2:80"));
  b.deliver(drain(a).at(0));
  const Packet syn_ack = drain(b).at(0);
  b.deliver(error_about(syn_ack, IcmpKind::port_unreachable));
  b.deliver(error_about(syn_ack, IcmpKind::packet_too_big, 600));
  EXPECT_EQ(b.find_socket(listener)->handshakes.size(), 1u);
  b.deliver(error_about(syn_ack, IcmpKind::host_unreachable));
  EXPECT_TRUE(b.find_socket(listener)->handshakes.empty());
  EXPECT_TRUE(drain(b).empty());
  EXPECT_EQ(b.poll(listener, poll_in), 0);
}

struct IcmpOfConnection : ::testing::Test, Connected {
  Packet lost_data(std::size_t size = 10) {
    const std::vector<std::byte> bytes(size);
    a.send(client, bytes);
    return drain(a).at(0);
  }
  std::int32_t so_error() { return a.get_option(client, OptionName::so_error).option_value.value; }
  // The lengths of the data segments that leave now.
  std::vector<std::size_t> lengths() {
    std::vector<std::size_t> sizes;
    for (const Packet& packet : drain(a)) sizes.push_back(packet.tcp()->payload.size());
    return sizes;
  }
};

TEST_F(IcmpOfConnection, IsSoftOnceItIsOpen) {
  a.deliver(error_about(lost_data(), IcmpKind::host_unreachable));
  EXPECT_EQ(receive(a, client), "EAGAIN");
  EXPECT_EQ(a.poll(client, 0), 0);
  EXPECT_EQ(so_error(), no_host);
  EXPECT_EQ(so_error(), 0);
}

TEST_F(IcmpOfConnection, IsForgottenWhenSomethingIsAcknowledged) {
  const Packet data = lost_data();
  a.deliver(error_about(data, IcmpKind::host_unreachable));
  b.deliver(data);
  settle();
  EXPECT_EQ(so_error(), 0);
}

TEST_F(IcmpOfConnection, SaysWhyItWasGivenUp) {
  a.deliver(error_about(lost_data(), IcmpKind::host_unreachable));
  a.tick(10'000);
  EXPECT_EQ(receive(a, client), "EHOSTUNREACH");
}

TEST_F(IcmpOfConnection, OutlivesADisconnect) {
  a.deliver(error_about(lost_data(), IcmpKind::host_unreachable));
  EXPECT_EQ(name_of(a.connect(client, Unspecified{})), "OK");
  EXPECT_NE(so_error(), no_host);
  EXPECT_EQ(so_error(), no_host);
  EXPECT_EQ(so_error(), 0);
}

TEST_F(IcmpOfConnection, IsPendingWithRecverr) {
  a.set_option(client, OptionName::ip_recverr, {1, 0});
  a.deliver(error_about(lost_data(), IcmpKind::host_unreachable));
  EXPECT_EQ(a.poll(client, 0), poll_err);
  EXPECT_EQ(receive(a, client), "EHOSTUNREACH");
  EXPECT_EQ(receive(a, client), "EAGAIN");
}

TEST_F(IcmpOfConnection, OutsideWhatIsInFlightIsIgnored) {
  Packet data = lost_data();
  data.tcp()->seq -= 1;
  a.deliver(error_about(data, IcmpKind::host_unreachable));
  data.tcp()->seq += 12;
  a.deliver(error_about(data, IcmpKind::host_unreachable));
  a.deliver(error_about(data, IcmpKind::packet_too_big, 600));
  EXPECT_EQ(so_error(), 0);
  EXPECT_EQ(a.find_socket(client)->tcb.snd_mss, 1460);
}

TEST_F(IcmpOfConnection, ASmallerPathTakesSmallerSegmentsAtOnce) {
  const Packet data = lost_data(1400);
  a.deliver(error_about(data, IcmpKind::packet_too_big, 800));
  const auto again = drain(a);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].tcp()->payload.size(), 760u);
  a.deliver(error_about(data, IcmpKind::packet_too_big, 1000));
  EXPECT_TRUE(drain(a).empty());
  b.deliver(again[0]);
  settle();
  EXPECT_EQ(receive(b, server).size(), 1400u);
  const std::vector<std::byte> more(1500);
  a.send(client, more);
  EXPECT_EQ(lengths(), (std::vector<std::size_t>{760, 740}));
}

TEST_F(IcmpOfConnection, WhatFitsIsNotSentAgain) {
  a.deliver(error_about(lost_data(100), IcmpKind::packet_too_big, 800));
  EXPECT_TRUE(lengths().empty());
}

TEST_F(IcmpOfConnection, WhatAnotherTaughtTheHostIsHeededToo) {
  const Packet data = lost_data(1000);
  const Fd fd = open(a, Type::dgram);
  a.sendto(fd, bytes_of("x"), 0, at("10.0.0.2:9"));
  a.deliver(error_about(drain(a).at(0), IcmpKind::packet_too_big, 800));
  EXPECT_TRUE(lengths().empty());
  a.deliver(error_about(data, IcmpKind::packet_too_big, 800));
  EXPECT_EQ(lengths(), std::vector<std::size_t>{760});
}

TEST_F(IcmpOfConnection, ALiarGetsPacketsOf552Bytes) {
  a.deliver(error_about(lost_data(1000), IcmpKind::packet_too_big, 68));
  EXPECT_EQ(lengths(), std::vector<std::size_t>{512});
}

TEST_F(IcmpOfConnection, OtherConnectionsToTheDestinationLearnToo) {
  const Fd second = open(a, Type::stream);
  a.connect(second, at("10.0.0.2:80"));
  settle();
  a.deliver(error_about(lost_data(1000), IcmpKind::packet_too_big, 800));
  drain(a);
  const std::vector<std::byte> bytes(1000);
  a.send(second, bytes);
  EXPECT_EQ(lengths(), (std::vector<std::size_t>{760, 240}));
  const Fd third = open(a, Type::stream);
  a.connect(third, at("10.0.0.2:80"));
  EXPECT_EQ(drain(a).at(0).tcp()->options.mss, 760);
}

TEST_F(Icmp, DatagramsHeedThePathByIpMtuDiscover) {
  const Fd fd = open(a, Type::dgram);
  a.deliver(error_about(lost(fd, "10.0.0.2:9"), IcmpKind::packet_too_big, 800));
  EXPECT_EQ(sendto(a, fd, 772, "10.0.0.2:9"), "772");
  EXPECT_EQ(sendto(a, fd, 773, "10.0.0.2:9"), "EMSGSIZE");
  EXPECT_EQ(sendto(a, fd, 773, "10.0.0.3:9"), "773");
  for (std::int32_t by_link : {3, 4}) {
    set(fd, OptionName::ip_mtu_discover, by_link);
    EXPECT_EQ(sendto(a, fd, 1472, "10.0.0.2:9"), "1472");
    EXPECT_EQ(sendto(a, fd, 1473, "10.0.0.2:9"), "EMSGSIZE");
  }
  set(fd, OptionName::ip_mtu_discover, 2);
  a.tick(5999);
  EXPECT_EQ(sendto(a, fd, 773, "10.0.0.2:9"), "EMSGSIZE");
  a.tick(1);
  EXPECT_EQ(sendto(a, fd, 773, "10.0.0.2:9"), "773");
}

TEST_F(Icmp, AnIpv6PathNeverCarriesLessThan1280) {
  const Fd fd = open(a, Type::dgram, Domain::inet6);
  const Packet packet = lost(fd, "[fd00::2]:9");
  a.deliver(error_about(packet, IcmpKind::packet_too_big, 1200));
  EXPECT_EQ(sendto(a, fd, 1452, "[fd00::2]:9"), "1452");
  a.deliver(error_about(packet, IcmpKind::packet_too_big, 1300));
  EXPECT_EQ(sendto(a, fd, 1252, "[fd00::2]:9"), "1252");
  EXPECT_EQ(sendto(a, fd, 1253, "[fd00::2]:9"), "EMSGSIZE");
}

TEST_F(Icmp, AKnownPathIsStateOfTheHost) {
  const Fd fd = open(a, Type::dgram);
  const Packet packet = lost(fd, "10.0.0.2:9");
  Kernel told = a;
  told.deliver(error_about(packet, IcmpKind::packet_too_big, 800));
  EXPECT_FALSE(a == told);
  EXPECT_NE(a.stable_hash(), told.stable_hash());
  told.tick(6000);
  EXPECT_TRUE(a == told);
  EXPECT_EQ(a.stable_hash(), told.stable_hash());
  told.deliver(error_about(packet, IcmpKind::packet_too_big, 800));
  told.reset(a.config());
  EXPECT_TRUE(told == Kernel(a.config()));
}

TEST(IcmpMeaning, OfOtherTypesIsThatOfTheStandards) {
  const auto meaning = [](std::uint8_t type, std::uint8_t code, IpFamily family) {
    return meaning_of({.kind = IcmpKind::other, .type = type, .code = code}, family);
  };
  EXPECT_EQ(meaning(3, 2, IpFamily::v4), (IcmpMeaning{Errno::enoprotoopt, true}));
  EXPECT_EQ(meaning(3, 11, IpFamily::v4), (IcmpMeaning{Errno::enetunreach, false}));
  EXPECT_EQ(meaning(3, 16, IpFamily::v4), IcmpMeaning{});
  EXPECT_EQ(meaning(12, 7, IpFamily::v4), (IcmpMeaning{Errno::eproto, true}));
  EXPECT_EQ(meaning(5, 0, IpFamily::v4), IcmpMeaning{});
  EXPECT_EQ(meaning(1, 1, IpFamily::v6), (IcmpMeaning{Errno::eacces, true}));
  EXPECT_EQ(meaning(4, 1, IpFamily::v6), (IcmpMeaning{Errno::eproto, true}));
  EXPECT_EQ(meaning(100, 1, IpFamily::v6), (IcmpMeaning{Errno::eproto, false}));
  EXPECT_EQ(meaning(128, 0, IpFamily::v6), IcmpMeaning{});
}

}  // namespace
}  // namespace lockstep
