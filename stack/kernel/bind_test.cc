#include <gtest/gtest.h>

#include <set>

#include "stack/kernel/bind_conflicts.h"
#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::host_at;
using testing::ip;
using testing::name_of;
using testing::open;

struct Bind : ::testing::Test {
  Kernel host{host_at({"10.0.0.1", "10.0.0.2", "fd00::1"})};

  std::string bind(Fd fd, std::string_view address) { return name_of(host.bind(fd, at(address))); }
  std::string bound(Type type, std::string_view address) { return bind(open(host, type), address); }
  Fd with_flags(Type type, bool reuse_address, bool reuse_port) {
    const Fd fd = open(host, type);
    host.set_option(fd, OptionName::so_reuseaddr, {reuse_address, 0});
    host.set_option(fd, OptionName::so_reuseport, {reuse_port, 0});
    return fd;
  }
  std::uint16_t port_of(Fd fd) { return std::get<Endpoint>(host.local_address(fd).address).port; }
};

TEST(Kernel, LoopbackIsLocalWithoutBeingConfigured) {
  Kernel host;
  EXPECT_TRUE(host.is_local(ip("127.0.0.1")));
  EXPECT_TRUE(host.is_local(ip("127.1.2.3")));
  EXPECT_TRUE(host.is_local(ip("::1")));
  EXPECT_FALSE(host.is_local(ip("10.0.0.1")));
  host.add_address(ip("10.0.0.1"));
  host.add_address(ip("10.0.0.1"));
  EXPECT_TRUE(host.is_local(ip("10.0.0.1")));
  EXPECT_EQ(host.config().addresses.size(), 1u);
}

TEST_F(Bind, RecordsTheLocalAddress) {
  const Fd fd = open(host, Type::dgram);
  EXPECT_EQ(bind(fd, "127.0.0.1:5000"), "OK");
  EXPECT_EQ(host.local_address(fd).address, at("127.0.0.1:5000"));
}

TEST_F(Bind, GivesAnUnboundSocketTheWildcardAsItsName) {
  EXPECT_EQ(host.local_address(open(host, Type::dgram)).address, at("0.0.0.0:0"));
}

TEST_F(Bind, ToPortZeroTakesAnEphemeralPort) {
  const Fd fd = open(host, Type::dgram);
  EXPECT_EQ(bind(fd, "127.0.0.1:0"), "OK");
  EXPECT_GE(port_of(fd), 49152);
}

TEST_F(Bind, ToATakenPortIsRefused) {
  for (Type type : {Type::dgram, Type::stream}) {
    EXPECT_EQ(bound(type, "127.0.0.1:5000"), "OK");
    EXPECT_EQ(bound(type, "127.0.0.1:5000"), "EADDRINUSE");
    EXPECT_EQ(bound(type, "0.0.0.0:5000"), "EADDRINUSE");
    EXPECT_EQ(bound(type, "10.0.0.1:5000"), "OK");
  }
}

TEST_F(Bind, KeepsTcpAndUdpPortsApart) {
  EXPECT_EQ(bound(Type::dgram, "127.0.0.1:5000"), "OK");
  EXPECT_EQ(bound(Type::stream, "127.0.0.1:5000"), "OK");
}

TEST_F(Bind, ToAnAddressOfAnotherHostIsRefused) {
  EXPECT_EQ(bound(Type::dgram, "10.0.0.9:5000"), "EADDRNOTAVAIL");
}

TEST_F(Bind, ToTheWildcardIsAllowed) { EXPECT_EQ(bound(Type::dgram, "0.0.0.0:5000"), "OK"); }

TEST_F(Bind, TwiceIsInvalid) {
  const Fd fd = open(host, Type::stream);
  EXPECT_EQ(bind(fd, "127.0.0.1:5000"), "OK");
  EXPECT_EQ(bind(fd, "127.0.0.1:5001"), "EINVAL");
}

TEST_F(Bind, AnswersForTheWrongFamily) {
  EXPECT_EQ(bound(Type::stream, "[::1]:5000"), "EAFNOSUPPORT");
  EXPECT_EQ(bound(Type::stream, "unix:/a_path_of_16_bytes"), "EAFNOSUPPORT");
  EXPECT_EQ(bound(Type::stream, "unix:/x"), "EINVAL");
  EXPECT_EQ(bound(Type::stream, "unspec"), "OK");
  const Fd six = open(host, Type::stream, Domain::inet6);
  EXPECT_EQ(bind(six, "127.0.0.1:5000"), "EINVAL");
  host.set_option(six, OptionName::ipv6_v6only, {1, 0});
  EXPECT_EQ(bind(six, "[::ffff:127.0.0.1]:5000"), "EINVAL");
  EXPECT_EQ(bind(six, "unspec"), "EAFNOSUPPORT");
  EXPECT_EQ(bind(six, "[fd00::1]:5000"), "OK");
}

TEST_F(Bind, ToALowPortNeedsPrivilege) {
  EXPECT_EQ(bound(Type::stream, "0.0.0.0:80"), "OK");
  HostConfig config = host_at({"10.0.0.1"});
  config.unprivileged = true;
  host.reset(config);
  EXPECT_EQ(bound(Type::stream, "0.0.0.0:80"), "EACCES");
  EXPECT_EQ(bound(Type::stream, "0.0.0.0:1024"), "OK");
}

TEST_F(Bind, ToPortZeroAvoidsPortsTakenAtOtherAddresses) {
  EXPECT_EQ(bound(Type::dgram, "10.0.0.1:49152"), "OK");
  const Fd fd = open(host, Type::dgram);
  EXPECT_EQ(bind(fd, "127.0.0.1:0"), "OK");
  EXPECT_NE(port_of(fd), 49152);
}

TEST_F(Bind, ToPortZeroSharesWithOtherAddressesWhenNothingElseIsLeft) {
  HostConfig config = host_at({"10.0.0.1"});
  config.ephemeral_first = config.ephemeral_last = 5000;
  host.reset(config);
  for (Type type : {Type::stream, Type::dgram}) {
    EXPECT_EQ(bound(type, "10.0.0.1:5000"), "OK");
    EXPECT_EQ(bound(type, "127.0.0.1:0"), "OK");
    EXPECT_EQ(bound(type, "0.0.0.0:0"), "EADDRINUSE");
  }
}

TEST_F(Bind, ToPortZeroUsesTheWholeRangeAndThenFails) {
  HostConfig config = host_at({"10.0.0.1"});
  config.ephemeral_first = 100;
  config.ephemeral_last = 102;
  host.reset(config);
  std::set<std::uint16_t> ports;
  for (int i = 0; i < 3; ++i) {
    const Fd fd = open(host, Type::stream);
    EXPECT_EQ(bind(fd, "10.0.0.1:0"), "OK");
    ports.insert(port_of(fd));
  }
  EXPECT_EQ(ports, (std::set<std::uint16_t>{100, 101, 102}));
  EXPECT_EQ(bound(Type::stream, "10.0.0.1:0"), "EADDRINUSE");
  const Fd late = open(host, Type::stream);
  EXPECT_EQ(name_of(host.listen(late, 1)), "EADDRINUSE");
  EXPECT_EQ(name_of(host.connect(late, at("10.0.0.2:1"))), "EADDRNOTAVAIL");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(bound(Type::dgram, "10.0.0.1:0"), "OK");
  const Fd datagram = open(host, Type::dgram);
  EXPECT_EQ(name_of(host.connect(datagram, at("10.0.0.2:1"))), "EAGAIN");
  EXPECT_EQ(name_of(host.sendto(datagram, {}, 0, at("10.0.0.2:1"))), "EAGAIN");
}

// The rule itself, over all sixteen flag pairs, addresses and states of the first socket.
TEST_F(Bind, SharesAPortOnlyAsTheFlagsOfBothSocketsAllow) {
  for (unsigned flags = 0; flags < 16; ++flags) {
    for (const char* second : {"0.0.0.0:5000", "10.0.0.1:5000", "10.0.0.2:5000"}) {
      for (bool listening : {false, true}) {
        for (Type type : {Type::stream, Type::dgram}) {
          if (type == Type::dgram && listening) continue;
          host.reset(host_at({"10.0.0.1", "10.0.0.2"}));
          const Fd one = with_flags(type, (flags & 1) != 0, (flags & 2) != 0);
          const Fd two = with_flags(type, (flags & 4) != 0, (flags & 8) != 0);
          ASSERT_EQ(bind(one, "10.0.0.1:5000"), "OK");
          if (listening) host.listen(one, 1);
          const bool overlap = std::string_view(second) != "10.0.0.2:5000";
          const bool both_address = (flags & 5) == 5;
          const bool both_port = (flags & 10) == 10;
          const bool shared = !overlap || both_port || (both_address && !listening);
          EXPECT_EQ(bind(two, second), shared ? "OK" : "EADDRINUSE")
              << flags << " " << second << " " << listening;
        }
      }
    }
  }
}

TEST_F(Bind, CountsFlagsThatTheFirstSocketSetAfterItsBind) {
  const Fd one = open(host, Type::stream);
  EXPECT_EQ(bind(one, "10.0.0.1:5000"), "OK");
  const Fd two = with_flags(Type::stream, true, false);
  EXPECT_EQ(bind(two, "10.0.0.1:5000"), "EADDRINUSE");
  host.set_option(one, OptionName::so_reuseaddr, {1, 0});
  EXPECT_EQ(bind(two, "10.0.0.1:5000"), "OK");
}

TEST_F(Bind, LetsOnlyTheFirstOfTwoAddressSharersListen) {
  const Fd one = with_flags(Type::stream, true, false);
  const Fd two = with_flags(Type::stream, true, false);
  EXPECT_EQ(bind(one, "10.0.0.1:5000"), "OK");
  EXPECT_EQ(bind(two, "10.0.0.1:5000"), "OK");
  EXPECT_EQ(name_of(host.listen(two, 1)), "OK");
  EXPECT_EQ(name_of(host.listen(one, 1)), "EADDRINUSE");
}

TEST_F(Bind, FreesThePortWithTheSocket) {
  const Fd one = open(host, Type::stream);
  EXPECT_EQ(bind(one, "10.0.0.1:5000"), "OK");
  const Fd same = Fd{static_cast<std::int32_t>(host.dup(one).value)};
  host.close(one);
  EXPECT_EQ(bound(Type::stream, "10.0.0.1:5000"), "EADDRINUSE");
  host.close(same);
  EXPECT_EQ(bound(Type::stream, "10.0.0.1:5000"), "OK");
}

TEST_F(Bind, HoldsThePortForAcceptedConnectionsAndForTimeWait) {
  testing::Connected world;
  world.b.close(world.listener);
  const Fd late = open(world.b, Type::stream);
  EXPECT_EQ(name_of(world.b.bind(late, at("10.0.0.2:80"))), "EADDRINUSE");
  world.b.close(world.server);
  world.settle();
  world.a.close(world.client);
  world.settle();
  EXPECT_EQ(name_of(world.b.bind(late, at("10.0.0.2:80"))), "EADDRINUSE");
  world.b.set_option(late, OptionName::so_reuseaddr, {1, 0});
  EXPECT_EQ(name_of(world.b.bind(late, at("10.0.0.2:80"))), "EADDRINUSE");
  world.b.tick(600);
  EXPECT_EQ(name_of(world.b.bind(late, at("10.0.0.2:80"))), "OK");
}

TEST(Descriptors, AreTheLowestFreeAndAnswerEbadfWhenClosed) {
  HostConfig config;
  config.max_sockets = 3;
  Kernel host(config);
  EXPECT_EQ(open(host, Type::stream).value, 3);
  EXPECT_EQ(open(host, Type::dgram).value, 4);
  EXPECT_EQ(open(host, Type::stream).value, 5);
  EXPECT_EQ(name_of(host.open(Domain::inet, Type::stream)), "EMFILE");
  EXPECT_EQ(name_of(host.dup(Fd{4})), "EMFILE");
  EXPECT_EQ(name_of(host.close(Fd{4})), "OK");
  EXPECT_EQ(name_of(host.close(Fd{4})), "EBADF");
  EXPECT_EQ(open(host, Type::stream).value, 4);
  for (std::int32_t value : {-1, 0, 2, 6, 1000000, INT32_MAX, INT32_MIN}) {
    for (int call = 1; call <= static_cast<int>(Call::siocoutq); ++call) {
      const SyscallResult result = host.call({.call = static_cast<Call>(call), .fd = Fd{value}});
      if (static_cast<Call>(call) == Call::poll) {
        EXPECT_EQ(result.value, poll_nval);
      } else {
        EXPECT_EQ(result.error, Errno::ebadf) << call;
      }
    }
  }
}

TEST(Descriptors, OfTypesThatDoNotExistAreRefused) {
  Kernel host;
  EXPECT_EQ(name_of(host.open(Domain::inet, Type::seqpacket)), "ESOCKTNOSUPPORT");
}

TEST(Descriptors, ListSocketsInTheOrderInWhichTheyCame) {
  Kernel host;
  const Fd one = open(host, Type::stream);
  open(host, Type::dgram);
  open(host, Type::stream);
  host.close(one);
  EXPECT_EQ(open(host, Type::dgram), one);
  std::vector<std::int32_t> order;
  host.for_each_socket([&](const Socket& socket) { order.push_back(socket.fd.value); });
  EXPECT_EQ(order, (std::vector<std::int32_t>{4, 5, 3}));
}

}  // namespace
}  // namespace lockstep
