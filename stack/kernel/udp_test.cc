#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

using testing::at;
using testing::bytes_of;
using testing::drain;
using testing::exchange;
using testing::host_at;
using testing::name_of;
using testing::open;
using testing::receive;
using testing::send;

struct Udp : ::testing::Test {
  Kernel a{host_at({"10.0.0.1", "fd00::1"})};
  Kernel b{host_at({"10.0.0.2", "fd00::2"})};
  Fd one = open(a, Type::dgram);
  Fd two = open(b, Type::dgram);

  std::string sendto(Kernel& host, Fd fd, std::string_view text, std::string_view to) {
    const auto bytes = bytes_of(text);
    const SyscallResult result = host.sendto(fd, bytes, 0, at(to));
    return result.ok() ? std::to_string(result.value) : name_of(result);
  }
  void settle() { exchange({&a, &b}); }
};

TEST_F(Udp, CarriesDatagramsWithTheirSourceAndBoundaries) {
  a.bind(one, at("10.0.0.1:1000"));
  b.bind(two, at("0.0.0.0:2000"));
  EXPECT_EQ(sendto(a, one, "first", "10.0.0.2:2000"), "5");
  EXPECT_EQ(sendto(a, one, "", "10.0.0.2:2000"), "0");
  EXPECT_EQ(sendto(a, one, "third", "10.0.0.2:2000"), "5");
  settle();
  std::vector<std::byte> buffer(100);
  const SyscallResult first = b.recvfrom(two, buffer);
  EXPECT_EQ(first.value, 5);
  EXPECT_EQ(first.address, at("10.0.0.1:1000"));
  EXPECT_EQ(b.poll(two, poll_in), poll_in);
  EXPECT_EQ(receive(b, two), "");
  EXPECT_EQ(receive(b, two), "third");
  EXPECT_EQ(receive(b, two), "EAGAIN");
}

TEST_F(Udp, BindsItselfWhenItSendsAndKeepsTheWildcard) {
  EXPECT_EQ(receive(a, one), "EAGAIN");
  EXPECT_EQ(sendto(a, one, "x", "10.0.0.2:2000"), "1");
  EXPECT_EQ(a.local_address(one).address, at("0.0.0.0:49152"));
}

TEST_F(Udp, ConnectsToAPeerAndHearsNobodyElse) {
  b.bind(two, at("10.0.0.2:2000"));
  a.bind(one, at("0.0.0.0:1000"));
  sendto(b, two, "early", "10.0.0.1:1000");
  settle();
  EXPECT_EQ(name_of(a.connect(one, at("10.0.0.2:3000"))), "OK");
  EXPECT_EQ(a.local_address(one).address, at("10.0.0.1:1000"));
  EXPECT_EQ(a.peer_address(one).address, at("10.0.0.2:3000"));
  sendto(b, two, "late", "10.0.0.1:1000");
  settle();
  EXPECT_EQ(receive(a, one), "early");
  EXPECT_EQ(receive(a, one), "EAGAIN");
  EXPECT_EQ(sendto(a, one, "elsewhere", "10.0.0.2:2000"), "9");
  settle();
  EXPECT_EQ(receive(b, two), "elsewhere");
  EXPECT_EQ(name_of(a.connect(one, at("unspec"))), "OK");
  EXPECT_EQ(a.local_address(one).address, at("0.0.0.0:1000"));
  EXPECT_EQ(name_of(a.peer_address(one)), "ENOTCONN");
  EXPECT_EQ(send(a, one, "x"), "EDESTADDRREQ");
}

TEST_F(Udp, ReleasesAPortThatTheKernelChoseWhenDisconnected) {
  a.connect(one, at("10.0.0.2:3000"));
  EXPECT_EQ(a.local_address(one).address, at("10.0.0.1:49152"));
  a.connect(one, at("unspec"));
  EXPECT_EQ(a.local_address(one).address, at("0.0.0.0:0"));
  EXPECT_EQ(name_of(a.bind(one, at("10.0.0.1:49152"))), "OK");
}

TEST_F(Udp, PrefersConnectedToSpecificToWildcardReceivers) {
  a.bind(one, at("10.0.0.1:1000"));
  const Fd wild = open(b, Type::dgram);
  const Fd connected = open(b, Type::dgram);
  for (Fd fd : {two, wild, connected}) b.set_option(fd, OptionName::so_reuseaddr, {1, 0});
  b.bind(connected, at("10.0.0.2:2000"));
  b.connect(connected, at("10.0.0.1:1000"));
  b.bind(two, at("10.0.0.2:2000"));
  b.bind(wild, at("0.0.0.0:2000"));
  for (const auto& [fd, text] : {std::pair{connected, "1"}, {two, "2"}, {wild, "3"}}) {
    sendto(a, one, text, "10.0.0.2:2000");
    settle();
    EXPECT_EQ(receive(b, fd), text);
    b.close(fd);
  }
}

TEST_F(Udp, GivesSharedAddressesToTheSocketBoundLast) {
  const Fd later = open(b, Type::dgram);
  for (Fd fd : {two, later}) {
    b.set_option(fd, OptionName::so_reuseaddr, {1, 0});
    b.bind(fd, at("10.0.0.2:2000"));
  }
  sendto(a, one, "x", "10.0.0.2:2000");
  settle();
  EXPECT_EQ(receive(b, two), "EAGAIN");
  EXPECT_EQ(receive(b, later), "x");
}

TEST_F(Udp, SpreadsAReuseportGroupByFlow) {
  const Fd other = open(b, Type::dgram);
  for (Fd fd : {two, other}) {
    b.set_option(fd, OptionName::so_reuseport, {1, 0});
    b.bind(fd, at("10.0.0.2:2000"));
  }
  int first = 0;
  int second = 0;
  for (int i = 0; i < 40; ++i) {
    const Fd sender = open(a, Type::dgram);
    for (int twice = 0; twice < 2; ++twice) sendto(a, sender, "x", "10.0.0.2:2000");
    settle();
    const bool to_first = receive(b, two) == "x";
    EXPECT_EQ(receive(b, to_first ? two : other), "x");
    ++(to_first ? first : second);
  }
  EXPECT_GT(first, 5);
  EXPECT_GT(second, 4);
}

TEST_F(Udp, TruncatesToTheBufferAndSaysSo) {
  b.bind(two, at("10.0.0.2:2000"));
  for (int i = 0; i < 3; ++i) sendto(a, one, "0123456789", "10.0.0.2:2000");
  settle();
  std::vector<std::byte> buffer(4);
  SyscallResult result = b.recv(two, buffer, msg_peek);
  EXPECT_EQ(result.value, 4);
  EXPECT_TRUE(result.truncated);
  result = b.recv(two, buffer, msg_trunc);
  EXPECT_EQ(result.value, 10);
  EXPECT_TRUE(result.truncated);
  EXPECT_EQ(b.recv(two, {}).value, 0);
  EXPECT_EQ(receive(b, two), "0123456789");
}

TEST_F(Udp, RefusesWhatTheLinkCannotCarry) {
  EXPECT_EQ(sendto(a, one, std::string(1472, 'x'), "10.0.0.2:1"), "1472");
  EXPECT_EQ(sendto(a, one, std::string(1473, 'x'), "10.0.0.2:1"), "EMSGSIZE");
  EXPECT_EQ(sendto(a, one, std::string(65507, 'x'), "127.0.0.1:1"), "65507");
  EXPECT_EQ(sendto(a, one, std::string(65508, 'x'), "127.0.0.1:1"), "EMSGSIZE");
  const Fd six = open(a, Type::dgram, Domain::inet6);
  EXPECT_EQ(sendto(a, six, std::string(1452, 'x'), "[fd00::2]:1"), "1452");
  EXPECT_EQ(sendto(a, six, std::string(1453, 'x'), "[fd00::2]:1"), "EMSGSIZE");
}

TEST_F(Udp, ABroadcastIsForWhoIsBoundToItAndItsNameIsNoSource) {
  const Fd named = open(b, Type::dgram);
  for (Fd fd : {named, two}) b.set_option(fd, OptionName::so_reuseaddr, {1, 0});
  EXPECT_EQ(name_of(b.bind(named, at("255.255.255.255:2000"))), "OK");
  EXPECT_EQ(name_of(b.bind(two, at("10.0.0.2:2000"))), "OK");
  a.set_option(one, OptionName::so_broadcast, {1, 0});
  sendto(a, one, "x", "255.255.255.255:2000");
  settle();
  EXPECT_EQ(receive(b, named), "x");
  EXPECT_EQ(receive(b, two), "EAGAIN");
  sendto(b, named, "y", "10.0.0.1:49152");
  EXPECT_EQ(drain(b).at(0).source, testing::ip("10.0.0.2"));
  EXPECT_EQ(name_of(b.connect(named, at("10.0.0.1:49152"))), "OK");
  EXPECT_EQ(b.local_address(named).address, at("255.255.255.255:2000"));
  sendto(a, one, "z", "255.255.255.255:2000");
  settle();
  EXPECT_EQ(receive(b, named), "z");
}

TEST_F(Udp, SendsBroadcastsOnlyWithTheOption) {
  EXPECT_EQ(sendto(a, one, "x", "255.255.255.255:2000"), "EACCES");
  EXPECT_EQ(name_of(a.connect(one, at("255.255.255.255:2000"))), "EACCES");
  a.set_option(one, OptionName::so_broadcast, {1, 0});
  b.bind(two, at("0.0.0.0:2000"));
  EXPECT_EQ(sendto(a, one, "x", "255.255.255.255:2000"), "1");
  settle();
  EXPECT_EQ(receive(b, two), "x");
}

TEST_F(Udp, AnswersForAddressesThatCannotBeReached) {
  EXPECT_EQ(sendto(a, one, "x", "10.0.0.2:0"), "EINVAL");
  EXPECT_EQ(sendto(a, one, "x", "224.0.0.1:9"), "ENETUNREACH");
  EXPECT_EQ(sendto(a, one, "x", "[::1]:9"), "EAFNOSUPPORT");
  EXPECT_EQ(name_of(a.sendto(one, {}, msg_oob, at("10.0.0.2:9"))), "EOPNOTSUPP");
  Kernel alone;
  EXPECT_EQ(sendto(alone, open(alone, Type::dgram), "x", "10.0.0.2:9"), "ENETUNREACH");
  const Fd inside = open(a, Type::dgram);
  a.bind(inside, at("127.0.0.1:0"));
  EXPECT_EQ(sendto(a, inside, "x", "10.0.0.2:9"), "EINVAL");
}

TEST_F(Udp, ConnectedToPortZeroHasNoPeerName) {
  EXPECT_EQ(name_of(a.connect(one, at("10.0.0.2:0"))), "OK");
  EXPECT_EQ(name_of(a.peer_address(one)), "ENOTCONN");
}

TEST_F(Udp, ConnectedToPortZeroHearsEveryPortOfItsPeer) {
  b.bind(two, at("10.0.0.2:2000"));
  b.connect(two, at("10.0.0.1:0"));
  sendto(a, one, "x", "10.0.0.2:2000");
  settle();
  EXPECT_EQ(receive(b, two), "x");
}

TEST_F(Udp, DropsTheNewestWhenTheBufferIsFull) {
  HostConfig config = host_at({"10.0.0.2"});
  config.receive_buffer = 1000;
  b.reset(config);
  two = open(b, Type::dgram);
  b.bind(two, at("10.0.0.2:2000"));
  for (const char* text : {"a", "b", "c"}) {
    sendto(a, one, std::string(400, *text), "10.0.0.2:2000");
  }
  settle();
  EXPECT_EQ(receive(b, two), std::string(400, 'a'));
  EXPECT_EQ(receive(b, two), std::string(400, 'b'));
  EXPECT_EQ(receive(b, two), "EAGAIN");
}

TEST_F(Udp, ShutsDownEvenWhereItSaysThatItIsNotConnected) {
  EXPECT_EQ(name_of(a.shutdown(one, ShutdownHow::write)), "ENOTCONN");
  EXPECT_EQ(sendto(a, one, "x", "10.0.0.2:9"), "EPIPE");
  b.bind(two, at("10.0.0.2:2000"));
  b.connect(two, at("10.0.0.1:1000"));
  EXPECT_EQ(name_of(b.shutdown(two, ShutdownHow::read)), "OK");
  EXPECT_EQ(b.poll(two, poll_in | poll_rdhup), poll_in | poll_rdhup);
  EXPECT_EQ(receive(b, two), "EAGAIN");
}

TEST_F(Udp, ReportsAPortUnreachableOnceToAConnectedSocket) {
  a.connect(one, at("10.0.0.2:9"));
  for (bool by_send : {false, true}) {
    EXPECT_EQ(send(a, one, "x"), "1");
    const Packet lost = drain(a).at(0);
    a.deliver(
        Packet{.source = testing::ip("10.0.0.2"),
               .destination = testing::ip("10.0.0.1"),
               .body = IcmpMessage{.kind = IcmpKind::port_unreachable, .quoted = quote_of(lost)}});
    EXPECT_EQ(a.poll(one, poll_out), poll_out | poll_err);
    a.connect(one, at("10.0.0.2:9"));
    if (by_send) {
      EXPECT_EQ(send(a, one, "y"), "ECONNREFUSED");
      EXPECT_TRUE(drain(a).empty());
    } else {
      EXPECT_EQ(receive(a, one), "ECONNREFUSED");
    }
    EXPECT_EQ(receive(a, one), "EAGAIN");
  }
}

TEST_F(Udp, ReachesItsOwnHostThroughLoopbackAndShowsIt) {
  const Fd self = open(a, Type::dgram);
  a.bind(self, at("0.0.0.0:2000"));
  sendto(a, one, "x", "10.0.0.1:2000");
  sendto(a, one, "y", "0.0.0.0:2000");
  std::vector<WireEvent> events;
  a.egress(events);
  ASSERT_EQ(events.size(), 4u);
  EXPECT_EQ(events[0].kind, WireEvent::Kind::looped_left);
  EXPECT_EQ(events[1].kind, WireEvent::Kind::looped_left);
  EXPECT_EQ(events[2].kind, WireEvent::Kind::looped_arrived);
  EXPECT_EQ(events[2].packet, events[0].packet);
  EXPECT_EQ(events[3].packet.destination, testing::ip("127.0.0.1"));
  EXPECT_EQ(receive(a, self), "x");
  EXPECT_EQ(receive(a, self), "y");
}

TEST_F(Udp, IgnoresPacketsThatNoOtherHostCanHaveSent) {
  b.bind(two, at("0.0.0.0:2000"));
  for (const char* source : {"127.0.0.1", "10.0.0.2", "0.0.0.0", "255.255.255.255", "224.0.0.1"}) {
    b.deliver(Packet{.source = testing::ip(source),
                     .destination = testing::ip("10.0.0.2"),
                     .body = UdpDatagram{1, 2000, {}}});
  }
  b.deliver(Packet{.source = testing::ip("10.0.0.1"),
                   .destination = testing::ip("10.0.0.7"),
                   .body = UdpDatagram{1, 2000, {}}});
  EXPECT_EQ(receive(b, two), "EAGAIN");
}

}  // namespace
}  // namespace lockstep
