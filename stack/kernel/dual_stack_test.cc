// IPv6 sockets that take IPv4 too: ipv6(7), RFC 3493 3.7 and 5.3.
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

struct DualStack : ::testing::Test {
  Kernel a{host_at({"10.0.0.1", "fd00::1"})};
  Kernel b{host_at({"10.0.0.2", "fd00::2"})};

  Fd six(Kernel& host, Type type) { return open(host, type, Domain::inet6); }
  std::string sendto(Kernel& host, Fd fd, std::string_view text, std::string_view to,
                     MsgFlags flags = 0) {
    const SyscallResult result = host.sendto(fd, bytes_of(text), flags, at(to));
    return result.ok() ? std::to_string(result.value) : name_of(result);
  }
  std::string connect(Kernel& host, Fd fd, std::string_view to) {
    return name_of(host.connect(fd, at(to)));
  }
  std::string name(Kernel& host, Fd fd) { return to_string(host.local_address(fd).address); }
  std::string peer(Kernel& host, Fd fd) { return to_string(host.peer_address(fd).address); }
  void settle() { exchange({&a, &b}); }
};

// One bind or another of the matrix below, as an IPv4 or an IPv6 socket.
struct Bound {
  const char* address;
  bool v6_only = false;
};

std::string bind(Kernel& host, Type type, const Bound& to) {
  const Domain domain = to.address[0] == '[' ? Domain::inet6 : Domain::inet;
  const Fd fd = open(host, type, domain);
  if (to.v6_only) host.set_option(fd, OptionName::ipv6_v6only, {1, 0});
  return name_of(host.bind(fd, at(to.address)));
}

// Measured on Linux 6.18: `x` is EADDRINUSE.
TEST(DualStackBind, OverlapsAsOnLinux) {
  constexpr Bound places[] = {{"0.0.0.0:80"},         {"127.0.0.1:80"}, {"[::]:80"},
                              {"[::]:80", true},      {"[::1]:80"},     {"[::ffff:127.0.0.1]:80"},
                              {"[::ffff:0.0.0.0]:80"}};
  constexpr const char* rows[] = {"xxx..xx", "xxx..xx", "xxxxxxx", "..xxx..",
                                  "..xxx..", "xxx..xx", "xxx..xx"};
  for (Type type : {Type::stream, Type::dgram}) {
    for (std::size_t i = 0; i < std::size(places); ++i) {
      for (std::size_t j = 0; j < std::size(places); ++j) {
        Kernel host;
        ASSERT_EQ(bind(host, type, places[i]), "OK");
        EXPECT_EQ(bind(host, type, places[j]), rows[i][j] == 'x' ? "EADDRINUSE" : "OK")
            << places[i].address << ' ' << places[j].address;
      }
    }
  }
}

TEST(DualStackBind, ASocketThatConnectMovedStillOverlapsTheIpv4Wildcard) {
  for (const auto& [fresh, result] : {std::pair<Bound, const char*>{{"0.0.0.0:80"}, "EADDRINUSE"},
                                      {{"127.0.0.1:80"}, "OK"},
                                      {{"[::ffff:0.0.0.0]:80"}, "OK"},
                                      {{"[::ffff:127.0.0.1]:80"}, "OK"},
                                      {{"[::]:80", true}, "EADDRINUSE"},
                                      {{"[::1]:80"}, "EADDRINUSE"}}) {
    Kernel host;
    const Fd fd = open(host, Type::dgram, Domain::inet6);
    host.bind(fd, at("[::]:80"));
    host.connect(fd, at("[::1]:9"));
    EXPECT_EQ(bind(host, Type::dgram, fresh), result) << fresh.address;
  }
}

TEST_F(DualStack, ANamedIpv6AddressTurnsV6onlyOnAndAPortFixesIt) {
  const Fd fd = six(a, Type::dgram);
  EXPECT_EQ(name_of(a.bind(fd, at("[fd00::9]:80"))), "EADDRNOTAVAIL");
  EXPECT_EQ(a.get_option(fd, OptionName::ipv6_v6only).option_value.value, 0);
  a.bind(fd, at("[fd00::1]:80"));
  EXPECT_EQ(a.get_option(fd, OptionName::ipv6_v6only).option_value.value, 1);
  EXPECT_EQ(name_of(a.set_option(fd, OptionName::ipv6_v6only, {1, 0})), "EINVAL");
  EXPECT_EQ(sendto(a, fd, "x", "[::ffff:10.0.0.2]:9"), "ENETUNREACH");
  EXPECT_EQ(connect(a, fd, "[::ffff:10.0.0.2]:9"), "ENETUNREACH");
  EXPECT_EQ(connect(a, fd, "10.0.0.2:9"), "EAFNOSUPPORT");
}

TEST_F(DualStack, AMappedAddressExcludesIpv6) {
  for (const char* address : {"[::ffff:10.0.0.1]:80", "[::ffff:0.0.0.0]:81"}) {
    const Fd fd = six(a, Type::dgram);
    ASSERT_EQ(name_of(a.bind(fd, at(address))), "OK");
    EXPECT_EQ(name(a, fd), address);
    EXPECT_EQ(sendto(a, fd, "x", "[fd00::2]:9"), "EAFNOSUPPORT");
    EXPECT_EQ(connect(a, fd, "[fd00::2]:9"), "EAFNOSUPPORT");
    EXPECT_EQ(connect(a, fd, "[::ffff:10.0.0.2]:9"), "OK");
    EXPECT_EQ(name(a, fd).substr(0, 18), "[::ffff:10.0.0.1]:");
    EXPECT_EQ(connect(a, fd, "unspec"), "OK");
    EXPECT_EQ(name(a, fd).substr(0, 18), "[::ffff:10.0.0.1]:");
  }
}

TEST_F(DualStack, DatagramsShowMappedAddresses) {
  const Fd receiver = six(b, Type::dgram);
  b.bind(receiver, at("[::]:53"));
  const Fd sender = open(a, Type::dgram);
  a.bind(sender, at("10.0.0.1:99"));
  sendto(a, sender, "x", "10.0.0.2:53");
  settle();
  std::vector<std::byte> buffer(10);
  EXPECT_EQ(b.recvfrom(receiver, buffer).address, at("[::ffff:10.0.0.1]:99"));
  // connect and sendto of a datagram socket take a sockaddr_in too.
  EXPECT_EQ(sendto(b, receiver, "y", "10.0.0.1:99"), "1");
  EXPECT_EQ(connect(b, receiver, "10.0.0.1:99"), "OK");
  EXPECT_EQ(name(b, receiver), "[::ffff:10.0.0.2]:53");
  EXPECT_EQ(peer(b, receiver), "[::ffff:10.0.0.1]:99");
  EXPECT_EQ(send(b, receiver, "z"), "1");
  EXPECT_EQ(connect(b, receiver, "unspec"), "OK");
  EXPECT_EQ(name(b, receiver), "[::]:53");
  settle();
  EXPECT_EQ(receive(a, sender), "y");
  EXPECT_EQ(receive(a, sender), "z");
}

TEST_F(DualStack, AnIpv4SocketOfTheWildcardComesFirst) {
  const auto reusable = [&](Domain domain, const char* address, bool v6_only = false) {
    const Fd fd = open(b, Type::dgram, domain);
    b.set_option(fd, OptionName::so_reuseaddr, {1, 0});
    if (v6_only) b.set_option(fd, OptionName::ipv6_v6only, {1, 0});
    EXPECT_EQ(name_of(b.bind(fd, at(address))), "OK");
    return fd;
  };
  const Fd dual = reusable(Domain::inet6, "[::]:53");
  const Fd only = reusable(Domain::inet6, "[::]:53", true);
  const Fd sender = open(a, Type::dgram);
  sendto(a, sender, "dual", "10.0.0.2:53");
  settle();
  EXPECT_EQ(receive(b, dual), "dual");
  EXPECT_EQ(receive(b, only), "EAGAIN");
  const Fd four = reusable(Domain::inet, "0.0.0.0:53");
  const Fd mapped = reusable(Domain::inet6, "[::ffff:0.0.0.0]:53");
  sendto(a, sender, "four", "10.0.0.2:53");
  settle();
  EXPECT_EQ(receive(b, four), "four");
  EXPECT_EQ(receive(b, mapped), "EAGAIN");
  EXPECT_EQ(receive(b, dual), "EAGAIN");
  const Fd named = reusable(Domain::inet6, "[::ffff:10.0.0.2]:53");
  sendto(a, sender, "named", "10.0.0.2:53");
  settle();
  EXPECT_EQ(receive(b, named), "named");
  // A broadcast is for each of them that takes IPv4 on any address.
  a.set_option(sender, OptionName::so_broadcast, {1, 0});
  sendto(a, sender, "all", "255.255.255.255:53");
  settle();
  EXPECT_EQ(receive(b, dual), "all");
  EXPECT_EQ(receive(b, four), "all");
  EXPECT_EQ(receive(b, mapped), "all");
  EXPECT_EQ(receive(b, only), "EAGAIN");
}

// :: and ::ffff:0.0.0.0 are one address for IPv4.
TEST_F(DualStack, OfTwoIpv6WildcardsTheLastBoundReceives) {
  const auto reusable = [this](std::string_view where) {
    const Fd fd = six(a, Type::dgram);
    a.set_option(fd, OptionName::so_reuseaddr, {1, 0});
    EXPECT_EQ(name_of(a.bind(fd, at(where))), "OK");
    return fd;
  };
  const Fd mapped = reusable("[::ffff:0.0.0.0]:53");
  const Fd dual = reusable("[::]:53");
  const Fd sender = six(b, Type::dgram);
  sendto(b, sender, "one", "[::ffff:10.0.0.1]:53");
  settle();
  EXPECT_EQ(receive(a, mapped), "EAGAIN");
  EXPECT_EQ(receive(a, dual), "one");
  const Fd last = reusable("[::ffff:0.0.0.0]:53");
  sendto(b, sender, "two", "[::ffff:10.0.0.1]:53");
  sendto(b, sender, "six", "[fd00::1]:53");
  settle();
  EXPECT_EQ(receive(a, last), "two");
  EXPECT_EQ(receive(a, dual), "six");
  a.close(last);
  a.close(dual);
  sendto(b, sender, "three", "[::ffff:10.0.0.1]:53");
  settle();
  EXPECT_EQ(receive(a, mapped), "three");
}

// Linux: connect(AF_UNSPEC) forgets an IPv4 peer alone.
TEST_F(DualStack, ADisconnectedSocketHearsItsFormerPeerOfIpv6Alone) {
  const Fd fd = six(a, Type::dgram);
  a.bind(fd, at("[::]:53"));
  EXPECT_EQ(connect(a, fd, "[::ffff:10.0.0.2]:9"), "OK");
  EXPECT_EQ(connect(a, fd, "unspec"), "OK");
  const Fd sender = six(b, Type::dgram);
  sendto(b, sender, "six", "[fd00::1]:53");
  settle();
  EXPECT_EQ(receive(a, fd), "EAGAIN");
  sendto(b, sender, "four", "[::ffff:10.0.0.1]:53");
  settle();
  EXPECT_EQ(receive(a, fd), "four");
  EXPECT_EQ(connect(a, fd, "[fd00::2]:9"), "OK");
  EXPECT_EQ(connect(a, fd, "unspec"), "OK");
  sendto(b, sender, "six", "[fd00::1]:53");
  settle();
  EXPECT_EQ(receive(a, fd), "six");
}

TEST_F(DualStack, AListenerAcceptsBothFamilies) {
  const Fd listener = six(b, Type::stream);
  b.bind(listener, at("[::]:80"));
  b.listen(listener, 4);
  const Fd four = open(a, Type::stream);
  const Fd mapped = six(a, Type::stream);
  a.connect(four, at("10.0.0.2:80"));
  EXPECT_EQ(connect(a, mapped, "10.0.0.2:80"), "EINVAL");
  EXPECT_EQ(connect(a, mapped, "[::ffff:10.0.0.2]:80"), "EINPROGRESS");
  settle();
  EXPECT_EQ(connect(a, mapped, "[::ffff:10.0.0.2]:80"), "OK");
  EXPECT_EQ(name(a, mapped), "[::ffff:10.0.0.1]:49153");
  EXPECT_EQ(peer(a, mapped), "[::ffff:10.0.0.2]:80");
  const SyscallResult accepted = b.accept(listener);
  EXPECT_EQ(accepted.address, at("[::ffff:10.0.0.1]:49152"));
  const Fd child{static_cast<std::int32_t>(accepted.value)};
  EXPECT_EQ(name(b, child), "[::ffff:10.0.0.2]:80");
  send(a, four, "hello");
  settle();
  EXPECT_EQ(receive(b, child), "hello");
}

TEST_F(DualStack, AnIpv6OnlyListenerRefusesIpv4) {
  const Fd listener = six(b, Type::stream);
  b.set_option(listener, OptionName::ipv6_v6only, {1, 0});
  b.bind(listener, at("[::]:80"));
  b.listen(listener, 4);
  const Fd four = open(a, Type::stream);
  a.connect(four, at("10.0.0.2:80"));
  settle();
  EXPECT_EQ(connect(a, four, "10.0.0.2:80"), "ECONNREFUSED");
}

TEST_F(DualStack, TheUnspecifiedAddressIsLoopbackOfTheFamilyInUse) {
  const Fd fd = six(a, Type::dgram);
  EXPECT_EQ(connect(a, fd, "[::]:9"), "OK");
  EXPECT_EQ(peer(a, fd), "[::1]:9");
  EXPECT_EQ(connect(a, fd, "[::ffff:0.0.0.0]:9"), "OK");
  EXPECT_EQ(peer(a, fd), "[::ffff:127.0.0.1]:9");
  EXPECT_EQ(name(a, fd), "[::1]:49152");
  const Fd mapped = six(a, Type::dgram);
  a.bind(mapped, at("[::ffff:10.0.0.1]:80"));
  EXPECT_EQ(connect(a, mapped, "[::]:9"), "OK");
  EXPECT_EQ(peer(a, mapped), "[::ffff:127.0.0.1]:9");
}

TEST_F(DualStack, EachFamilyHasItsOwnTtl) {
  const Fd fd = six(a, Type::dgram);
  a.set_option(fd, OptionName::ip_ttl, {9, 0});
  a.set_option(fd, OptionName::ipv6_unicast_hops, {8, 0});
  sendto(a, fd, "x", "[::ffff:10.0.0.2]:9");
  sendto(a, fd, "x", "[fd00::2]:9");
  const auto packets = drain(a);
  ASSERT_EQ(packets.size(), 2u);
  EXPECT_EQ(packets[0].ttl, 9);
  EXPECT_EQ(packets[1].ttl, 8);
}

TEST_F(DualStack, ArgumentsAreLookedAtInTheOrderOfTheFamily) {
  const Fd fd = six(a, Type::dgram);
  const std::string huge(70'000, 'x');
  EXPECT_EQ(sendto(a, fd, huge, "[::ffff:10.0.0.2]:0"), "EMSGSIZE");
  EXPECT_EQ(sendto(a, fd, huge, "[fd00::2]:0"), "EINVAL");
  EXPECT_EQ(sendto(a, fd, "x", "[::ffff:10.0.0.2]:0", msg_oob), "EOPNOTSUPP");
  EXPECT_EQ(sendto(a, fd, "x", "[fd00::2]:9", msg_oob), "1");
  EXPECT_EQ(sendto(a, fd, huge, "unspec"), "EDESTADDRREQ");
  EXPECT_EQ(sendto(a, open(a, Type::dgram), huge, "unspec"), "EMSGSIZE");
}

TEST(SourceAddress, IsTheOneNearestToTheDestination) {
  Kernel host(host_at({"10.0.0.1", "10.0.1.1", "fd00::1", "fd00::4", "fd00::5"}));
  const auto source = [&host](const char* to) {
    const Fd fd = open(host, Type::dgram, to[0] == '[' ? Domain::inet6 : Domain::inet);
    host.sendto(fd, bytes_of("x"), 0, at(to));
    return to_string(drain(host).at(0).source);
  };
  EXPECT_EQ(source("10.0.1.2:9"), "10.0.0.1");
  EXPECT_EQ(source("[fd00::2]:9"), "fd00::1");
  EXPECT_EQ(source("[fd00::6]:9"), "fd00::5");
  EXPECT_EQ(source("[fd00:5::1]:9"), "fd00::5");
}

}  // namespace
}  // namespace lockstep
