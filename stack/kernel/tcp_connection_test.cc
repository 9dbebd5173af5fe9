#include <gtest/gtest.h>

#include "stack/kernel/two_hosts.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

using testing::at;
using testing::drain;
using testing::host_at;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::send;
using testing::state_of;
using testing::TwoHosts;

TEST_F(TwoHosts, ShakeHandsInThreePackets) {
  listen();
  EXPECT_EQ(connect(client), "EINPROGRESS");
  EXPECT_EQ(connect(client), "EALREADY");
  EXPECT_EQ(state_of(a, client), TcpState::syn_sent);
  const std::vector<Packet> syn = drain(a);
  ASSERT_EQ(syn.size(), 1u);
  EXPECT_EQ(to_string(syn[0]),
            "10.0.0.1:49152 > 10.0.0.2:80 tcp SYN seq=16777216 win=65535 <mss 1460,wscale 0>");
  b.deliver(syn[0]);
  EXPECT_EQ(name_of(b.accept(listener)), "EAGAIN");
  const std::vector<Packet> syn_ack = drain(b);
  ASSERT_EQ(syn_ack.size(), 1u);
  EXPECT_EQ(syn_ack[0].tcp()->flags, tcp_syn | tcp_ack);
  EXPECT_EQ(syn_ack[0].tcp()->ack, 16777217u);
  EXPECT_EQ(syn_ack[0].tcp()->options.mss, 1460);
  a.deliver(syn_ack[0]);
  const std::vector<Packet> ack = drain(a);
  ASSERT_EQ(ack.size(), 1u);
  EXPECT_EQ(ack[0].tcp()->flags, tcp_ack);
  b.deliver(ack[0]);
  EXPECT_TRUE(drain(b).empty());
  EXPECT_EQ(connect(client), "OK");
  EXPECT_EQ(connect(client), "EISCONN");
  EXPECT_EQ(b.poll(listener, poll_in), poll_in);
  const SyscallResult accepted = b.accept(listener);
  EXPECT_EQ(accepted.address, at("10.0.0.1:49152"));
  EXPECT_EQ(b.peer_address(Fd{static_cast<std::int32_t>(accepted.value)}).address,
            at("10.0.0.1:49152"));
  EXPECT_EQ(a.local_address(client).address, at("10.0.0.1:49152"));
}

TEST_F(TwoHosts, SpeakOverIpv6) {
  const Fd six = open(b, Type::stream, Domain::inet6);
  b.bind(six, at("[::]:80"));
  b.listen(six, 1);
  const Fd from = open(a, Type::stream, Domain::inet6);
  EXPECT_EQ(name_of(a.connect(from, at("[fd00::2]:80"))), "EINPROGRESS");
  settle();
  const SyscallResult accepted = b.accept(six);
  ASSERT_TRUE(accepted.ok());
  EXPECT_EQ(send(a, from, "six"), "3");
  settle();
  EXPECT_EQ(receive(b, Fd{static_cast<std::int32_t>(accepted.value)}), "six");
  const Fd other = open(a, Type::stream, Domain::inet6);
  EXPECT_EQ(name_of(a.connect(other, at("10.0.0.2:80"))), "EINVAL");
  a.set_option(other, OptionName::ipv6_v6only, {1, 0});
  EXPECT_EQ(name_of(a.connect(other, at("[::ffff:10.0.0.2]:80"))), "ENETUNREACH");
}

TEST_F(TwoHosts, AnswerInSynSentThatTheyWouldBlock) {
  connect(client);
  EXPECT_EQ(a.poll(client, poll_in | poll_out | poll_rdhup), 0);
  EXPECT_EQ(send(a, client, "x"), "EAGAIN");
  EXPECT_EQ(receive(a, client), "EAGAIN");
  EXPECT_EQ(name_of(a.peer_address(client)), "ENOTCONN");
}

TEST_F(TwoHosts, RefuseWhereNobodyListens) {
  connect(client);
  settle();
  EXPECT_EQ(a.poll(client, poll_in | poll_out | poll_rdhup),
            poll_in | poll_out | poll_err | poll_hup | poll_rdhup);
  EXPECT_EQ(connect(client), "ECONNREFUSED");
  EXPECT_EQ(connect(client), "EINPROGRESS");
  settle();
  EXPECT_EQ(error_of(a, client), static_cast<int>(Errno::econnrefused));
  EXPECT_EQ(error_of(a, client), 0);
  EXPECT_EQ(connect(client), "ECONNABORTED");
  listen();
  EXPECT_EQ(connect(client), "EINPROGRESS");
  settle();
  EXPECT_EQ(connect(client), "OK");
}

TEST_F(TwoHosts, AnswerForPlacesThatCannotBeReached) {
  EXPECT_EQ(name_of(a.connect(client, at("224.0.0.1:80"))), "ENETUNREACH");
  EXPECT_EQ(name_of(a.connect(client, at("255.255.255.255:80"))), "ENETUNREACH");
  EXPECT_EQ(name_of(a.connect(client, at("[fd00::2]:80"))), "EAFNOSUPPORT");
  EXPECT_EQ(name_of(a.connect(client, at("unix:/a_path_of_16_bytes"))), "EAFNOSUPPORT");
  EXPECT_EQ(name_of(a.connect(client, at("0.0.0.0:80"))), "EINPROGRESS");
  std::vector<WireEvent> events;
  a.egress(events);
  EXPECT_EQ(events.at(0).packet.destination, testing::ip("127.0.0.1"));
  EXPECT_EQ(name_of(a.connect(client, at("0.0.0.0:80"))), "ECONNREFUSED");
}

TEST_F(TwoHosts, OpenSimultaneously) {
  a.bind(client, at("10.0.0.1:1000"));
  b.bind(listener, at("10.0.0.2:80"));
  a.connect(client, at("10.0.0.2:80"));
  b.connect(listener, at("10.0.0.1:1000"));
  const auto from_a = drain(a);
  const auto from_b = drain(b);
  a.deliver(from_b.at(0));
  b.deliver(from_a.at(0));
  EXPECT_EQ(state_of(a, client), TcpState::syn_received);
  EXPECT_EQ(send(a, client, "x"), "EAGAIN");
  settle();
  EXPECT_EQ(state_of(a, client), TcpState::established);
  EXPECT_EQ(state_of(b, listener), TcpState::established);
  EXPECT_EQ(send(a, client, "x"), "1");
  settle();
  EXPECT_EQ(receive(b, listener), "x");
}

TEST_F(TwoHosts, CloseDuringASimultaneousOpenWithAFin) {
  a.bind(client, at("10.0.0.1:1000"));
  b.bind(listener, at("10.0.0.2:80"));
  a.connect(client, at("10.0.0.2:80"));
  b.connect(listener, at("10.0.0.1:1000"));
  const auto from_b = drain(b);
  const auto from_a = drain(a);
  a.deliver(from_b.at(0));
  a.close(client);
  b.deliver(from_a.at(0));
  settle();
  for (int i = 0; i < 20; ++i) {
    a.tick(1);
    b.tick(1);
    settle();
  }
  EXPECT_EQ(receive(b, listener), "");
  b.close(listener);
  settle();
  EXPECT_EQ(b.stable_hash(), Kernel(b).stable_hash());
}

TEST_F(TwoHosts, ConnectASocketToItself) {
  a.bind(client, at("127.0.0.1:1000"));
  EXPECT_EQ(name_of(a.connect(client, at("127.0.0.1:1000"))), "EINPROGRESS");
  std::vector<WireEvent> events;
  a.egress(events);
  EXPECT_EQ(state_of(a, client), TcpState::established);
  EXPECT_EQ(send(a, client, "echo"), "4");
  a.egress(events);
  EXPECT_EQ(receive(a, client), "echo");
  EXPECT_EQ(name_of(a.shutdown(client, ShutdownHow::write)), "OK");
  a.egress(events);
  EXPECT_EQ(receive(a, client), "");
}

TEST_F(TwoHosts, ShareAnAutomaticPortAmongDestinationsButNotATuple) {
  HostConfig config = host_at({"10.0.0.1"});
  config.ephemeral_last = config.ephemeral_first;
  a.reset(config);
  client = open(a, Type::stream);
  const Fd other = open(a, Type::stream);
  const Fd third = open(a, Type::stream);
  EXPECT_EQ(name_of(a.connect(client, at("10.0.0.2:80"))), "EINPROGRESS");
  EXPECT_EQ(name_of(a.connect(other, at("10.0.0.2:81"))), "EINPROGRESS");
  EXPECT_EQ(name_of(a.connect(third, at("10.0.0.2:80"))), "EADDRNOTAVAIL");
  EXPECT_EQ(name_of(a.bind(third, at("10.0.0.1:0"))), "EADDRINUSE");
}

TEST_F(TwoHosts, DisconnectWithUnspec) {
  listen();
  connect(client);
  settle();
  const Fd server{static_cast<std::int32_t>(b.accept(listener).value)};
  EXPECT_EQ(name_of(a.connect(client, at("unspec"))), "OK");
  settle();
  EXPECT_EQ(receive(b, server), "ECONNRESET");
  EXPECT_EQ(error_of(a, client), static_cast<int>(Errno::econnreset));
  EXPECT_EQ(connect(client), "EINPROGRESS");
  EXPECT_EQ(name_of(b.connect(listener, at("unspec"))), "OK");
  EXPECT_EQ(name_of(b.accept(listener)), "EINVAL");
  EXPECT_EQ(b.local_address(listener).address, at("10.0.0.2:80"));
}

TEST_F(TwoHosts, GiveUpOnASynThatNobodyAnswers) {
  connect(client);
  std::vector<std::uint64_t> waits;
  std::uint64_t since = 0;
  drain(a);
  for (int tick = 0; tick < 400 && state_of(a, client) == TcpState::syn_sent; ++tick) {
    a.tick(1);
    ++since;
    for (const Packet& packet : drain(a)) {
      EXPECT_EQ(packet.tcp()->flags, tcp_syn);
      waits.push_back(since);
      since = 0;
    }
  }
  EXPECT_EQ(waits, (std::vector<std::uint64_t>{3, 6, 12, 24, 48}));
  EXPECT_EQ(connect(client), "ETIMEDOUT");
}

TEST_F(TwoHosts, HeedUnreachableInSynSent) {
  for (const auto& [kind, error] : {std::pair{IcmpKind::port_unreachable, "ECONNREFUSED"},
                                    std::pair{IcmpKind::host_unreachable, "EHOSTUNREACH"}}) {
    EXPECT_EQ(connect(client), "EINPROGRESS");
    a.deliver(Packet{.source = testing::ip("10.0.0.2"),
                     .destination = testing::ip("10.0.0.1"),
                     .body = IcmpMessage{.kind = kind, .quoted = quote_of(drain(a).at(0))}});
    EXPECT_EQ(connect(client), error);
  }
}

TEST_F(TwoHosts, SendNothingWhenSynSentIsClosedAndResetTheLateAnswer) {
  listen();
  connect(client);
  b.deliver(drain(a).at(0));
  a.close(client);
  EXPECT_TRUE(drain(a).empty());
  a.deliver(drain(b).at(0));
  const auto reset = drain(a);
  ASSERT_EQ(reset.size(), 1u);
  EXPECT_EQ(reset[0].tcp()->flags, tcp_rst);
  b.deliver(reset[0]);
  EXPECT_EQ(name_of(b.accept(listener)), "EAGAIN");
}

TEST_F(TwoHosts, ShutASocketThatIsConnectingBackToFresh) {
  connect(client);
  EXPECT_EQ(name_of(a.shutdown(client, ShutdownHow::write)), "OK");
  EXPECT_EQ(a.poll(client, 0), poll_err | poll_hup);
  EXPECT_EQ(error_of(a, client), static_cast<int>(Errno::econnreset));
  const Fd fresh = open(a, Type::stream);
  EXPECT_EQ(name_of(a.shutdown(fresh, ShutdownHow::both)), "ENOTCONN");
  listen();
  EXPECT_EQ(connect(fresh), "EINPROGRESS");
  settle();
  EXPECT_EQ(connect(fresh), "OK");
  EXPECT_EQ(receive(a, fresh), "");
  EXPECT_EQ(send(a, fresh, "x"), "EPIPE");
}

TEST_F(TwoHosts, SayThatAFreshSocketIsNotConnected) {
  EXPECT_EQ(receive(a, client), "ENOTCONN");
  EXPECT_EQ(send(a, client, "x"), "EPIPE");
  EXPECT_EQ(a.poll(client, poll_in | poll_out), poll_out | poll_hup);
  EXPECT_EQ(name_of(a.shutdown(client, ShutdownHow::invalid)), "EINVAL");
}

TEST_F(TwoHosts, HandTheListenersOptionsToItsConnections) {
  b.set_option(listener, OptionName::tcp_nodelay, {1, 0});
  b.set_option(listener, OptionName::so_keepalive, {1, 0});
  listen();
  connect(client);
  settle();
  const Fd server{static_cast<std::int32_t>(b.accept(listener).value)};
  EXPECT_EQ(b.get_option(server, OptionName::tcp_nodelay).option_value.value, 1);
  EXPECT_EQ(b.get_option(server, OptionName::so_keepalive).option_value.value, 1);
  EXPECT_EQ(b.get_option(server, OptionName::so_acceptconn).option_value.value, 0);
  EXPECT_EQ(b.get_option(listener, OptionName::so_acceptconn).option_value.value, 1);
}

}  // namespace
}  // namespace lockstep
