// Segmentation, windows, loss and timers.
#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::Connected;
using testing::drain;
using testing::host_at;
using testing::receive;
using testing::send;

HostConfig small(std::string_view address, std::uint32_t receive_buffer) {
  HostConfig config = host_at({address});
  config.receive_buffer = receive_buffer;
  return config;
}

TEST(Transfer, CutsDataToThePeersSegmentSize) {
  HostConfig narrow = host_at({"10.0.0.2"});
  narrow.mtu = 576;
  Connected w(host_at({"10.0.0.1"}), narrow);
  send(w.a, w.client, std::string(1200, 'x'));
  std::vector<std::size_t> sizes;
  for (const Packet& packet : drain(w.a)) sizes.push_back(packet.tcp()->payload.size());
  EXPECT_EQ(sizes, (std::vector<std::size_t>{536, 536, 128}));
  EXPECT_EQ(w.b.get_option(w.server, OptionName::tcp_maxseg).option_value.value, 536);
}

TEST(Transfer, StopsAtTheWindowAndGoesOnWhenTheReaderReads) {
  for (std::uint32_t buffer : {1u, 7u, 100u, 1000u, 1460u, 2000u, 5000u}) {
    Connected w(host_at({"10.0.0.1"}), small("10.0.0.2", buffer));
    const std::string text(20'000, 'w');
    EXPECT_EQ(send(w.a, w.client, text), "20000");
    std::string got;
    for (int i = 0; i < 200'000 && got.size() < text.size(); ++i) {
      w.settle();
      EXPECT_LE(w.b.find_socket(w.server)->tcb.received.size(), buffer);
      const std::string piece = receive(w.b, w.server, 333);
      ASSERT_NE(piece, "EAGAIN") << buffer << " after " << got.size();
      got += piece;
    }
    EXPECT_EQ(got, text) << buffer;
  }
}

TEST(Transfer, FillsTheSendBufferAndThenWouldBlock) {
  HostConfig config = host_at({"10.0.0.1"});
  config.send_buffer = 1000;
  Connected w(config, host_at({"10.0.0.2"}));
  EXPECT_EQ(send(w.a, w.client, std::string(3000, 'x')), "1000");
  EXPECT_EQ(send(w.a, w.client, "x"), "EAGAIN");
  EXPECT_EQ(w.a.poll(w.client, poll_out), 0);
  EXPECT_EQ(w.a.call({.call = Call::siocoutq, .fd = w.client}).value, 1000);
  w.settle();
  EXPECT_EQ(w.a.poll(w.client, poll_out), poll_out);
  EXPECT_EQ(w.a.call({.call = Call::siocoutq, .fd = w.client}).value, 0);
  EXPECT_EQ(w.b.call({.call = Call::siocinq, .fd = w.server}).value, 1000);
}

TEST(Transfer, PeeksAndDiscards) {
  Connected w;
  send(w.a, w.client, "abcdef");
  w.settle();
  EXPECT_EQ(receive(w.b, w.server, 3, msg_peek), "abc");
  EXPECT_EQ(receive(w.b, w.server, 3, msg_peek), "abc");
  std::vector<std::byte> buffer(2);
  EXPECT_EQ(w.b.recv(w.server, buffer, msg_trunc).value, 2);
  EXPECT_EQ(buffer[0], std::byte{0});
  EXPECT_EQ(receive(w.b, w.server, 10, msg_waitall | msg_dontwait), "cdef");
  EXPECT_EQ(receive(w.b, w.server, 1, msg_oob), "EINVAL");
  EXPECT_EQ(send(w.a, w.client, ""), "0");
}

TEST(Transfer, SendsTheSameBytesAgainWithDoubledTimeouts) {
  Connected w;
  send(w.a, w.client, "lost");
  const Packet first = drain(w.a).at(0);
  std::vector<int> waits;
  int since = 0;
  for (int tick = 0; tick < 500 && w.client_state() == TcpState::established; ++tick) {
    w.a.tick(1);
    ++since;
    for (const Packet& packet : drain(w.a)) {
      EXPECT_EQ(packet, first);
      waits.push_back(since);
      since = 0;
    }
  }
  EXPECT_EQ(waits, (std::vector<int>{3, 6, 12, 24, 48}));
  EXPECT_EQ(since, 96);
  EXPECT_EQ(receive(w.a, w.client), "ETIMEDOUT");
  EXPECT_EQ(receive(w.a, w.client), "");
}

TEST(Transfer, RepeatsASynAckAndForgetsItInTheEnd) {
  Kernel host(host_at({"10.0.0.2"}));
  const Fd listener = testing::open(host, Type::stream);
  host.bind(listener, testing::at("10.0.0.2:80"));
  host.listen(listener, 1);
  host.deliver(Packet{
      .source = testing::ip("10.0.0.1"),
      .destination = testing::ip("10.0.0.2"),
      .body = TcpSegment{.source_port = 1, .destination_port = 80, .flags = tcp_syn, .window = 1}});
  std::size_t answers = 0;
  for (int tick = 0; tick < 300; ++tick) {
    answers += drain(host).size();
    host.tick(1);
  }
  EXPECT_EQ(answers, 6u);
  EXPECT_TRUE(host.find_socket(listener)->handshakes.empty());
}

TEST(Transfer, RepairsSeveralLossesAfterOneTimeout) {
  Connected w;
  send(w.a, w.client, std::string(10 * 1460, 'r'));
  const auto packets = drain(w.a);
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (i % 3 == 1) w.b.deliver(packets[i]);
  }
  drain(w.b);
  w.a.tick(3);
  w.settle();
  EXPECT_EQ(receive(w.b, w.server).size(), 14600u);
}

TEST(Transfer, RetransmitsAfterThreeDuplicateAcks) {
  Connected w;
  send(w.a, w.client, std::string(5 * 1460, 'r'));
  const auto packets = drain(w.a);
  for (std::size_t i = 1; i < packets.size(); ++i) w.b.deliver(packets[i]);
  w.settle();
  EXPECT_EQ(receive(w.b, w.server).size(), 7300u);
}

TEST(Transfer, ProbesAClosedWindowForEverWhileItIsAnswered) {
  Connected w(host_at({"10.0.0.1"}), small("10.0.0.2", 1000));
  send(w.a, w.client, std::string(1500, 'p'));
  w.settle();
  EXPECT_EQ(w.a.find_socket(w.client)->tcb.snd_wnd, 0u);
  std::size_t probes = 0;
  for (int tick = 0; tick < 20'000; ++tick) {
    w.a.tick(1);
    for (const Packet& packet : drain(w.a)) {
      ++probes;
      EXPECT_TRUE(packet.tcp()->payload.empty());
      EXPECT_EQ(packet.tcp()->seq + 1, w.a.find_socket(w.client)->tcb.snd_una.value());
      w.b.deliver(packet);
    }
    for (const Packet& packet : drain(w.b)) w.a.deliver(packet);
  }
  EXPECT_GT(probes, 15u);
  EXPECT_EQ(w.client_state(), TcpState::established);
  EXPECT_EQ(receive(w.b, w.server).size(), 1000u);
  w.settle();
  EXPECT_EQ(receive(w.b, w.server).size(), 500u);
}

TEST(Transfer, GivesUpProbingWhenNobodyAnswers) {
  Connected w(host_at({"10.0.0.1"}), small("10.0.0.2", 1000));
  send(w.a, w.client, std::string(1500, 'p'));
  w.settle();
  w.a.tick(10'000);
  EXPECT_EQ(drain(w.a).size(), 5u);
  EXPECT_EQ(receive(w.a, w.client), "ETIMEDOUT");
}

TEST(Transfer, NeverMovesTheRightEdgeBack) {
  Connected w;
  const SequenceNumber edge = w.b.find_socket(w.server)->tcb.rcv_adv;
  w.b.set_option(w.server, OptionName::so_rcvbuf, {2304, 0});
  send(w.a, w.client, std::string(60'000, 'e'));
  w.settle();
  EXPECT_EQ(w.b.find_socket(w.server)->tcb.rcv_adv, edge);
  EXPECT_EQ(receive(w.b, w.server).size(), 60'000u);
}

TEST(Transfer, WrapsAroundTheSequenceSpace) {
  HostConfig config = host_at({"10.0.0.1"});
  config.initial_sequence = 0xffffff00;
  Connected w(config, host_at({"10.0.0.2"}));
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(send(w.a, w.client, std::string(1000, 'z')), "1000");
    w.settle();
    EXPECT_EQ(receive(w.b, w.server).size(), 1000u);
  }
}

TEST(Transfer, TicksCostByTheTimersThatFire) {
  Connected w;
  w.a.tick(0xffffffff);
  w.a.tick(0xffffffff);
  EXPECT_EQ(send(w.a, w.client, "x"), "1");
  w.a.tick(3);
  EXPECT_EQ(drain(w.a).size(), 2u);
}

}  // namespace
}  // namespace lockstep
