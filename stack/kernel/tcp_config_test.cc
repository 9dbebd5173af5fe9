// What a host's configuration changes of its connections, packet for packet
// (stack/api/host_config.h).
#include <gtest/gtest.h>

#include "stack/kernel/sent_segments.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::drain;
using testing::host_at;
using testing::iss_of;
using testing::Listener;
using testing::receive;
using testing::send;
using testing::sent;
using testing::sent_at;
using testing::set;
using testing::socket_count;

TEST(AbortOnOverflow, ResetsTheHandshakeThatFindsNoRoom) {
  HostConfig config = host_at({"10.0.0.2"});
  config.abort_on_overflow = true;
  Listener listener(config);
  std::uint32_t iss = 0;
  const auto answers = listener.overflow(iss);
  ASSERT_EQ(answers.size(), 1u);
  EXPECT_EQ(answers[0].tcp()->flags, tcp_rst);
  EXPECT_EQ(answers[0].tcp()->seq, iss + 1);
  EXPECT_EQ(answers[0].tcp()->destination_port, 3);
  EXPECT_EQ(socket_count(listener.host), 3u);
}

TEST(AbortOnOverflow, IsOffAtFirstAndTheHandshakeWaits) {
  Listener listener(host_at({"10.0.0.2"}));
  std::uint32_t iss = 0;
  EXPECT_TRUE(listener.overflow(iss).empty());
  EXPECT_EQ(socket_count(listener.host), 4u);
  EXPECT_TRUE(listener.host.accept(listener.fd).ok());
  EXPECT_TRUE(listener.ack(3, iss).empty());
  EXPECT_TRUE(listener.host.accept(listener.fd).ok());
  const SyscallResult third = listener.host.accept(listener.fd);
  EXPECT_TRUE(third.ok());
  EXPECT_EQ(third.address, at("10.0.0.1:3"));
}

TEST(SynRetransmitMax, BoundsSynsButNotText) {
  HostConfig config = host_at({"10.0.0.1"});
  config.syn_retransmit_max = 2;
  Kernel host(config);
  const Fd fd = testing::open(host, Type::stream);
  host.connect(fd, at("10.0.0.2:80"));
  const SequenceNumber iss = iss_of(host, fd);
  EXPECT_EQ(sent(host, fd), "SYN 0:1");
  EXPECT_EQ(sent_at(host, iss, 20), "3: SYN 0:1, 9: SYN 0:1");
  EXPECT_EQ(testing::state_of(host, fd), TcpState::syn_sent);
  EXPECT_EQ(sent_at(host, iss, 1), "");
  EXPECT_EQ(receive(host, fd), "ETIMEDOUT");

  Connected w(config, host_at({"10.0.0.2"}));
  send(w.a, w.client, "x");
  EXPECT_EQ(sent(w.a, w.client), "PSH|ACK 1:2");
  EXPECT_EQ(sent_at(w.a, iss_of(w.a, w.client), 100),
            "3: PSH|ACK 1:2, 9: PSH|ACK 1:2, 21: PSH|ACK 1:2, 45: PSH|ACK 1:2, 93: PSH|ACK 1:2");
}

TEST(SynRetransmitMax, BoundsSynAcks) {
  HostConfig config = host_at({"10.0.0.2"});
  config.syn_retransmit_max = 1;
  Listener listener(config);
  const SequenceNumber iss(listener.syn(1));
  EXPECT_EQ(sent_at(listener.host, iss, 8), "3: SYN|ACK 0:1");
  EXPECT_EQ(socket_count(listener.host), 2u);
  EXPECT_EQ(sent_at(listener.host, iss, 100), "");
  EXPECT_EQ(socket_count(listener.host), 1u);
}

TEST(OrphanRetransmitMax, BoundsClosedSocketsAlone) {
  HostConfig config = host_at({"10.0.0.1"});
  config.orphan_retransmit_max = 1;
  Connected w(config, host_at({"10.0.0.2"}));
  const SequenceNumber iss = iss_of(w.a, w.client);
  w.a.shutdown(w.client, ShutdownHow::write);
  EXPECT_EQ(sent(w.a, w.client), "FIN|ACK 1:2");
  EXPECT_EQ(sent_at(w.a, iss, 44), "3: FIN|ACK 1:2, 9: FIN|ACK 1:2, 21: FIN|ACK 1:2");
  w.a.close(w.client);
  EXPECT_EQ(socket_count(w.a), 1u);
  EXPECT_EQ(sent_at(w.a, iss, 1), "");
  EXPECT_EQ(socket_count(w.a), 0u);
}

// Texts of one byte, answered one by one.
struct Texts : Connected {
  explicit Texts(std::uint32_t delayed_ack_ticks)
      : Connected(host_at({"10.0.0.1"}), config_b(delayed_ack_ticks)) {
    set(a, client, OptionName::tcp_nodelay, 1);
  }
  static HostConfig config_b(std::uint32_t delayed_ack_ticks) {
    HostConfig config = host_at({"10.0.0.2"});
    config.delayed_ack_ticks = delayed_ack_ticks;
    return config;
  }
  std::string answer(std::string_view text = "x") {
    send(a, client, text);
    for (const Packet& packet : drain(a)) b.deliver(packet);
    const auto answers = drain(b);
    for (const Packet& packet : answers) a.deliver(packet);
    std::string shown;
    for (const Packet& packet : answers) shown += tcp_flags_text(packet.tcp()->flags);
    return shown;
  }
};

TEST(DelayedAckTicks, OfNoneAcknowledgeEverySegment) {
  Texts w(0);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(w.answer(), "ACK") << i;
}

TEST(DelayedAckTicks, LetTheFirstSixteenPassAndDelayTheRest) {
  Texts w(3);
  for (int i = 0; i < 16; ++i) EXPECT_EQ(w.answer(), "ACK") << i;
  EXPECT_EQ(w.answer(), "");
  const SequenceNumber iss = iss_of(w.b, w.server);
  EXPECT_EQ(sent_at(w.b, iss, 9), "3: ACK 1");
  EXPECT_EQ(w.answer(), "");
  w.b.tick(2);
  EXPECT_EQ(w.answer(), "ACK") << "two of the longest that came";
  EXPECT_EQ(sent_at(w.b, iss, 9), "");
}

TEST(DelayedAckTicks, AreOverOnceSomethingLeavesThatAcknowledges) {
  Texts w(3);
  for (int i = 0; i < 16; ++i) w.answer();
  EXPECT_EQ(w.answer(), "");
  send(w.b, w.server, "reply");
  const auto reply = drain(w.b);
  ASSERT_EQ(reply.size(), 1u);
  EXPECT_EQ(reply[0].tcp()->ack, w.b.find_socket(w.server)->tcb.rcv_nxt.value());
  w.a.deliver(reply[0]);
  for (const Packet& packet : drain(w.a)) w.b.deliver(packet);
  EXPECT_EQ(sent_at(w.b, iss_of(w.b, w.server), 20), "");
}

}  // namespace
}  // namespace lockstep
