#include "stack/fabric/netstat.h"

#include <gtest/gtest.h>

#include "stack/fabric/test_hosts.h"

namespace lockstep {
namespace {

using testing::at;
using testing::bytes_of;
using testing::host_at;
using testing::open;

constexpr const char* titles =
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n";

struct Netstat : testing::ThreeHosts {
  static std::string lines(const Kernel& host) {
    const std::string text = netstat(host);
    EXPECT_TRUE(text.starts_with(titles));
    return text.substr(std::string(titles).size());
  }
};

TEST_F(Netstat, LeavesOutWhatHasNoPortOrNoConnection) {
  const Fd bound = open(a, Type::stream);
  a.bind(bound, at("10.0.0.1:80"));
  open(a, Type::stream);
  EXPECT_EQ(netstat(a), titles);
}

TEST_F(Netstat, ShowsQueuesOfListenersAndConnections) {
  const auto [client, server] = connected();
  const Fd waiting = open(a, Type::stream);
  a.connect(waiting, at("10.0.0.2:80"));
  fabric.run_until_quiet();
  a.send(client, bytes_of("hello"));
  fabric.run_until_quiet();
  EXPECT_EQ(lines(b),
            "tcp        1      4 10.0.0.2:80             0.0.0.0:*               LISTEN\n"
            "tcp        5      0 10.0.0.2:80             10.0.0.1:49152          ESTABLISHED\n"
            "tcp        0      0 10.0.0.2:80             10.0.0.1:49153          ESTABLISHED\n");
  fabric.partition(a_id, b_id);
  a.send(client, bytes_of("unheard"));
  a.shutdown(client, ShutdownHow::write);
  a.close(waiting);
  fabric.run_until_quiet();
  EXPECT_EQ(lines(a),
            "tcp        0      8 10.0.0.1:49152          10.0.0.2:80             FIN_WAIT1\n"
            "tcp        0      1 10.0.0.1:49153          10.0.0.2:80             FIN_WAIT1\n");
}

TEST_F(Netstat, CountsTheSynThatNobodyAnswered) {
  const Fd client = open(a, Type::stream, Domain::inet6);
  a.connect(client, at("[fd00::9]:80"));
  EXPECT_EQ(lines(a),
            "tcp6       0      1 fd00::1:49152           fd00::9:80              SYN_SENT\n");
}

TEST_F(Netstat, ShowsTimeWait) {
  const auto [client, server] = connected();
  a.close(client);
  fabric.run_until_quiet();
  EXPECT_EQ(lines(a),
            "tcp        0      0 10.0.0.1:49152          10.0.0.2:80             FIN_WAIT2\n");
  b.close(server);
  fabric.run_until_quiet();
  EXPECT_EQ(lines(a),
            "tcp        0      0 10.0.0.1:49152          10.0.0.2:80             TIME_WAIT\n");
}

TEST_F(Netstat, ShowsUdpAndIpv6AfterTcp) {
  const Fd any = receiver(a, "[::]:53");
  const Fd named = receiver(a, "10.0.0.1:9");
  const Fd listener = open(a, Type::stream, Domain::inet6);
  a.bind(listener, at("[::]:80"));
  a.listen(listener, 3);
  a.connect(sender, at("10.0.0.1:9"));
  a.send(sender, bytes_of("abc"));
  fabric.run_until_quiet();
  EXPECT_EQ(lines(a),
            "tcp6       0      3 :::80                   :::*                    LISTEN\n"
            "udp        0      0 10.0.0.1:49152          10.0.0.1:9              ESTABLISHED\n"
            "udp        3      0 10.0.0.1:9              0.0.0.0:*\n"
            "udp6       0      0 :::53                   :::*\n");
  EXPECT_TRUE(any.value != named.value);
}

TEST_F(Netstat, GivesALongAddressTheRoomItNeeds) {
  Kernel long_one(host_at({"fd4c:6f63:6b73:1234:5678:9abc:def0:1234"}));
  const Fd fd = open(long_one, Type::dgram, Domain::inet6);
  long_one.bind(fd, at("[fd4c:6f63:6b73:1234:5678:9abc:def0:1234]:19002"));
  EXPECT_EQ(lines(long_one),
            "udp6       0      0 fd4c:6f63:6b73:1234:5678:9abc:def0:1234:19002 :::*\n");
}

}  // namespace
}  // namespace lockstep
