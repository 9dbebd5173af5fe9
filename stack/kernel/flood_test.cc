// Floods: whatever comes, in whatever number, a host holds no more than these bounds.
//   handshakes of a listener          backlog + 1                     tcp_max_syn_backlog,
//   listen(2) connections that wait for accept  backlog + 1                     listen(2) datagrams
//   of a socket             SO_RCVBUF / 2 bytes, each one counted as 64 and its payload received
//   text of a connection     SO_RCVBUF / 2 bytes ranges beyond a gap Reassembly::max_ranges packets
//   in answer to one          1; text that it lets go, in pieces of at least 48 bytes challenge
//   ACKs                    100 a tick                      RFC 5961 10 closed sockets that finish
//   orphans_max                     tcp_max_orphans connections to one peer           the ephemeral
//   range
#include <gtest/gtest.h>

#include <algorithm>

#include "stack/kernel/sent_segments.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::host_at;
using testing::ip;
using testing::name_of;
using testing::receive;
using testing::send;
using testing::socket_count;

std::vector<Packet> leave(Kernel& host) {
  std::vector<WireEvent> events;
  host.egress(events);
  std::vector<Packet> packets;
  for (WireEvent& event : events) packets.push_back(std::move(event.packet));
  return packets;
}

Packet segment(std::uint32_t client, std::uint16_t port, TcpFlags flags, std::uint32_t seq,
               std::uint32_t ack = 0) {
  return Packet{.source = IpAddress::v4(0x0b00'0000u + client),
                .destination = ip("10.0.0.2"),
                .body = TcpSegment{.source_port = 1000,
                                   .destination_port = port,
                                   .seq = seq,
                                   .ack = ack,
                                   .flags = flags,
                                   .window = 1000}};
}

struct Server {
  Kernel host{host_at({"10.0.0.2"})};
  Fd listener = testing::open(host, Type::stream);

  explicit Server(std::int32_t backlog) {
    host.bind(listener, at("0.0.0.0:80"));
    host.listen(listener, backlog);
  }
  // A whole handshake; returns whether its SYN was answered.
  bool connect(std::uint32_t client) {
    host.deliver(segment(client, 80, tcp_syn, 100));
    const auto answers = leave(host);
    if (answers.empty()) return false;
    host.deliver(segment(client, 80, tcp_ack, 101, answers[0].tcp()->seq + 1));
    return true;
  }
};

TEST(SynFlood, LeavesBacklogAndOneHandshakesAndAnswersNoOther) {
  Server server(16);
  std::size_t answers = 0;
  for (std::uint32_t client = 0; client < 100'000; ++client) {
    server.host.deliver(segment(client, 80, tcp_syn, client));
    answers += leave(server.host).size();
    ASSERT_LE(socket_count(server.host), 1u + 17u);
  }
  EXPECT_EQ(answers, 17u);
  // They are given up in the end, and the listener is as good as new.
  for (int i = 0; i < 1000; ++i) {
    server.host.tick(1);
    answers += leave(server.host).size();
  }
  EXPECT_EQ(answers, 17u * 6);
  EXPECT_EQ(socket_count(server.host), 1u);
  EXPECT_TRUE(server.connect(7));
  EXPECT_TRUE(server.host.accept(server.listener).ok());
}

TEST(SynFlood, ThatIsResetAtOnceLeavesNothing) {
  Server server(16);
  for (std::uint32_t client = 0; client < 100'000; ++client) {
    server.host.deliver(segment(client, 80, tcp_syn, 100));
    server.host.deliver(segment(client, 80, tcp_rst, 101));
    ASSERT_LE(leave(server.host).size(), 1u);
  }
  EXPECT_EQ(socket_count(server.host), 1u);
}

TEST(SynFlood, FillsTheAcceptQueueToBacklogAndOne) {
  Server server(16);
  int connected = 0;
  for (std::uint32_t client = 0; client < 10'000; ++client) connected += server.connect(client);
  EXPECT_EQ(connected, 17);
  EXPECT_EQ(socket_count(server.host), 1u + 17u);
}

TEST(SynFlood, AtAPortWithoutAListenerIsAnsweredOneByOneAndLeavesNothing) {
  Server server(16);
  for (std::uint32_t client = 0; client < 100'000; ++client) {
    server.host.deliver(segment(client, 81, tcp_syn, client));
    const auto answers = leave(server.host);
    ASSERT_EQ(answers.size(), 1u);
    ASSERT_EQ(answers[0].tcp()->flags, tcp_rst | tcp_ack);
  }
  EXPECT_EQ(socket_count(server.host), 1u);
}

TEST(DatagramFlood, FillsTheReceiveBufferAndNoMore) {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{60'000}}) {
    Kernel host(host_at({"10.0.0.2"}));
    const Fd fd = testing::open(host, Type::dgram);
    host.bind(fd, at("10.0.0.2:53"));
    Packet packet{.source = ip("10.0.0.1"), .destination = ip("10.0.0.2")};
    packet.body = UdpDatagram{9, 53, Slice::copy_of(std::vector<std::byte>(size))};
    for (int i = 0; i < 100'000; ++i) host.deliver(packet);
    const DatagramQueue& queue = host.find_socket(fd)->datagrams;
    EXPECT_EQ(queue.size(), 65536 / (size + DatagramQueue::overhead));
    EXPECT_TRUE(leave(host).empty());
  }
}

// A connection whose peer is made by hand.
struct Flooded : ::testing::Test {
  Connected w;

  const Tcb& tcb() const { return w.b.find_socket(w.server)->tcb; }
  Packet text(std::uint32_t d_seq, std::size_t size, TcpFlags flags = tcp_ack) const {
    TcpSegment body;
    body.source_port = tcb().tuple.peer.port;
    body.destination_port = tcb().tuple.local.port;
    body.seq = tcb().rcv_nxt.value() + d_seq;
    body.ack = tcb().snd_nxt.value();
    body.flags = flags;
    body.window = 65535;
    body.payload = Slice::copy_of(std::vector<std::byte>(size));
    return Packet{.source = tcb().tuple.peer.ip,
                  .destination = tcb().tuple.local.ip,
                  .body = std::move(body)};
  }
};

TEST_F(Flooded, ByRangesBeyondAGapKeepsSoManyOfThem) {
  for (std::uint32_t i = 0; i < 30'000; ++i) {
    w.b.deliver(text(2 + 2 * i, 1));
    ASSERT_LE(leave(w.b).size(), 1u);
    ASSERT_LE(tcb().out_of_order.range_count(), Reassembly::max_ranges);
  }
  EXPECT_EQ(tcb().out_of_order.range_count(), Reassembly::max_ranges);
  // What was dropped comes again, and nothing is lost.
  const SequenceNumber start = tcb().rcv_nxt;
  for (int i = 0; i < 200 && tcb().rcv_nxt != start + 60'000; ++i) {
    const std::uint32_t done = tcb().rcv_nxt.distance_from(start);
    w.b.deliver(text(0, std::min(60'000 - done, 1000u)));
    leave(w.b);
  }
  EXPECT_EQ(tcb().received.size(), 60'000u);
  EXPECT_TRUE(tcb().out_of_order.empty());
}

TEST_F(Flooded, ByTextNobodyReadsKeepsABufferOfIt) {
  for (int i = 0; i < 100'000; ++i) {
    w.b.deliver(text(0, 1));
    ASSERT_LE(leave(w.b).size(), 1u);
  }
  EXPECT_EQ(tcb().received.size(), 65535u);
}

TEST_F(Flooded, ByResetsAndSynsBesideTheNumberAnswersAHundredATick) {
  std::size_t answers = 0;
  for (int i = 0; i < 100'000; ++i) {
    w.b.deliver(text(1, 0, (i & 1) != 0 ? tcp_rst : tcp_syn));
    answers += leave(w.b).size();
  }
  EXPECT_EQ(answers, 100u);
}

TEST_F(Flooded, ByIcmpErrorsStaysAsItIs) {
  send(w.b, w.server, "x");
  const Packet sent = leave(w.b).at(0);
  const std::uint64_t before = socket_count(w.b);
  for (int i = 0; i < 100'000; ++i) {
    Packet error{.source = ip("10.0.0.1"), .destination = ip("10.0.0.2")};
    IcmpMessage icmp;
    icmp.kind = static_cast<IcmpKind>(i % 6);
    icmp.quoted = quote_of(sent);
    error.body = icmp;
    w.b.deliver(error);
  }
  EXPECT_TRUE(leave(w.b).empty());
  EXPECT_EQ(socket_count(w.b), before);
  EXPECT_EQ(w.server_state(), TcpState::established);
}

TEST(ConnectFlood, EndsWithTheEphemeralRange) {
  HostConfig config = host_at({"10.0.0.1"});
  config.max_sockets = 100'000;
  config.ephemeral_first = 50'000;
  config.ephemeral_last = 50'999;
  Kernel host(config);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(name_of(host.connect(testing::open(host, Type::stream), at("10.0.0.9:80"))),
              "EINPROGRESS");
  }
  const Fd one_more = testing::open(host, Type::stream);
  EXPECT_EQ(name_of(host.connect(one_more, at("10.0.0.9:80"))), "EADDRNOTAVAIL");
  EXPECT_EQ(name_of(host.connect(one_more, at("10.0.0.8:80"))), "EINPROGRESS");
  EXPECT_EQ(leave(host).size(), 1001u);
}

TEST(ConnectFlood, EndsWithTheDescriptors) {
  HostConfig config = host_at({"10.0.0.1"});
  config.max_sockets = 10;
  Kernel host(config);
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(host.open(Domain::inet, Type::stream).ok());
  for (int i = 0; i < 1000; ++i) {
    EXPECT_EQ(name_of(host.open(Domain::inet, Type::stream)), "EMFILE");
    EXPECT_EQ(name_of(host.dup(Fd{3})), "EMFILE");
  }
  EXPECT_EQ(socket_count(host), 10u);
}

TEST(TimerQueue, ForgetsWhatNoSocketStandsBy) {
  TimerQueue queue;
  const auto lives = [](const TimerQueue::Entry& entry) { return entry.generation % 100 == 0; };
  for (std::uint32_t i = 0; i < 100'000; ++i) {
    queue.push({1000 + i % 7, i, i}, lives);
    ASSERT_LE(queue.size(), 256u + 2 * (i / 100 + 1));
  }
  std::size_t living = 0;
  std::uint64_t last = 0;
  while (!queue.empty()) {
    const TimerQueue::Entry entry = queue.pop();
    EXPECT_GE(entry.at, last);
    last = entry.at;
    if (lives(entry)) ++living;
  }
  EXPECT_EQ(living, 1000u);
}

// Each client is accepted, closed, and never answers the FIN.
TEST(Orphans, PastTheirBoundAreReset) {
  Server server(4);
  for (std::uint32_t client = 0; client < orphans_max + 100; ++client) {
    ASSERT_TRUE(server.connect(client));
    server.host.close(Fd{static_cast<std::int32_t>(server.host.accept(server.listener).value)});
    const auto last = leave(server.host);
    ASSERT_EQ(last.size(), 1u);
    EXPECT_EQ(last[0].tcp()->flags,
              client < orphans_max ? (tcp_fin | tcp_ack) : (tcp_rst | tcp_ack));
  }
  EXPECT_EQ(socket_count(server.host), 1u + orphans_max);
  server.host.tick(100'000);
  EXPECT_EQ(socket_count(server.host), 1u);
}

TEST(Orphans, PastTheirBoundLeaveTimeWaitOut) {
  Server server(4);
  for (std::uint32_t client = 0; client < orphans_max + 10; ++client) {
    ASSERT_TRUE(server.connect(client));
    const Fd fd{static_cast<std::int32_t>(server.host.accept(server.listener).value)};
    server.host.shutdown(fd, ShutdownHow::write);
    const std::uint32_t fin = leave(server.host).at(0).tcp()->seq;
    server.host.deliver(segment(client, 80, tcp_ack | tcp_fin, 101, fin + 1));
    EXPECT_EQ(leave(server.host).size(), 1u);
    EXPECT_EQ(receive(server.host, fd), "");
    server.host.close(fd);
  }
  EXPECT_EQ(socket_count(server.host), 1u + orphans_max);
  server.host.tick(server.host.config().time_wait_ticks);
  EXPECT_EQ(socket_count(server.host), 1u);
}

}  // namespace
}  // namespace lockstep
