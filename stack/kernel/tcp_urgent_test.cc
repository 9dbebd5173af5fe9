// Urgent data: MSG_OOB, SO_OOBINLINE and the pointer on the wire (RFC 9293 3.8.5, RFC 6093,
// tcp(7)).
#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::Connected;
using testing::drain;
using testing::receive;
using testing::send;

struct Urgent : ::testing::Test {
  Connected w;

  const Tcb& tcb() const { return w.b.find_socket(w.server)->tcb; }
  std::string read() { return receive(w.b, w.server); }
  std::string read_urgent(MsgFlags flags = 0) {
    return receive(w.b, w.server, 10, msg_oob | flags);
  }
  void mark(std::string_view text) {
    send(w.a, w.client, text, msg_oob);
    w.settle();
  }
  bool has_priority() const { return w.b.poll(w.server, poll_pri) == poll_pri; }
  std::int64_t readable() { return w.b.call({.call = Call::siocinq, .fd = w.server}).value; }
  void set_inline(std::int32_t value) {
    w.b.set_option(w.server, OptionName::so_oobinline, {value, 0});
  }

  // A segment from the client, as it might come: its numbers count from the next one expected.
  void forge(std::uint32_t d_seq, std::string_view text, std::uint16_t pointer) {
    TcpSegment body;
    body.source_port = tcb().tuple.peer.port;
    body.destination_port = tcb().tuple.local.port;
    body.seq = tcb().rcv_nxt.value() + d_seq;
    body.ack = tcb().snd_nxt.value();
    body.flags = tcp_ack | tcp_urg;
    body.window = 65535;
    body.urgent = pointer;
    body.payload = Slice::copy_of(testing::bytes_of(text));
    w.b.deliver(Packet{.source = tcb().tuple.peer.ip,
                       .destination = tcb().tuple.local.ip,
                       .body = std::move(body)});
    drain(w.b);
  }
};

TEST_F(Urgent, IsTheLastByteSentAndThePointerNamesTheNextOne) {
  EXPECT_EQ(send(w.a, w.client, "abc", msg_oob), "3");
  const auto packets = drain(w.a);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(tcp_flags_text(packets[0].tcp()->flags), "PSH|ACK|URG");
  EXPECT_EQ(packets[0].tcp()->urgent, 3);
  EXPECT_EQ(packets[0].tcp()->payload.size(), 3u);
}

TEST_F(Urgent, IsLeftOutOfTheStreamAndReadOnceByItself) {
  mark("abc");
  EXPECT_TRUE(has_priority());
  EXPECT_EQ(readable(), 2);
  EXPECT_EQ(read_urgent(msg_peek), "c");
  EXPECT_EQ(read(), "ab");
  EXPECT_EQ(w.b.poll(w.server, poll_in), 0);
  EXPECT_EQ(read_urgent(), "c");
  EXPECT_FALSE(has_priority());
  EXPECT_EQ(read_urgent(), "EINVAL");
  EXPECT_EQ(read(), "EAGAIN");
  send(w.a, w.client, "de");
  w.settle();
  EXPECT_EQ(read(), "de");
}

TEST_F(Urgent, ReadIntoNothingIsCutShort) {
  mark("abc");
  const SyscallResult result = w.b.recv(w.server, {}, msg_oob | msg_peek);
  EXPECT_EQ(result.value, 0);
  EXPECT_TRUE(result.truncated);
}

TEST_F(Urgent, HoldsNothingBackUntilItIsAcknowledged) {
  w.a.set_option(w.client, OptionName::tcp_cork, {1, 0});
  send(w.a, w.client, "abc", msg_oob);
  send(w.a, w.client, "de");
  EXPECT_EQ(drain(w.a).size(), 2u);
}

// As Linux: a recv at the mark has passed it, though it had nothing to return.
TEST_F(Urgent, IsLostToARecvThatBeginsAtIt) {
  mark("ab!");
  EXPECT_EQ(read(), "ab");
  EXPECT_EQ(read(), "EAGAIN");
  EXPECT_EQ(read_urgent(), "EINVAL");
}

TEST_F(Urgent, StopsARecvThatWouldGoOnPastIt) {
  mark("ab!");
  send(w.a, w.client, "cd");
  w.settle();
  EXPECT_EQ(read(), "ab");
  EXPECT_EQ(read(), "cd");
  EXPECT_EQ(read_urgent(), "EINVAL") << "the stream has passed it";
}

TEST_F(Urgent, IsPartOfTheStreamWhereAskedFor) {
  set_inline(1);
  mark("ab!");
  send(w.a, w.client, "cd");
  w.settle();
  EXPECT_TRUE(has_priority());
  EXPECT_EQ(read_urgent(), "EINVAL");
  EXPECT_EQ(read(), "ab");
  EXPECT_EQ(read(), "!cd");
  EXPECT_FALSE(has_priority());
}

TEST_F(Urgent, OfASecondMarkMakesTheFirstAByteOfTheStream) {
  mark("a1");
  mark("b2");
  EXPECT_EQ(read_urgent(), "2");
  EXPECT_EQ(read(), "a1b");
  EXPECT_EQ(read(), "EAGAIN");
}

TEST_F(Urgent, OfASecondMarkPassesOverTheFirstWhereTheStreamStandsAtIt) {
  mark("a1");
  EXPECT_EQ(read(), "a");
  mark("b2");
  EXPECT_EQ(read(), "b");
  EXPECT_EQ(read_urgent(), "2");
}

TEST_F(Urgent, IsAnnouncedBeforeItsByteCanBeSent) {
  const std::string full(64 * 1024 - 1, 'f');
  send(w.a, w.client, full);
  w.settle();
  EXPECT_EQ(tcb().rcv_wnd(), 0u);
  EXPECT_EQ(send(w.a, w.client, "!", msg_oob), "1");
  w.a.tick(3);
  const Packet probe = drain(w.a).at(0);
  EXPECT_EQ(tcp_flags_text(probe.tcp()->flags), "ACK|URG");
  EXPECT_EQ(probe.tcp()->seq + probe.tcp()->urgent, (tcb().rcv_nxt + 1).value());
  w.b.deliver(probe);
  drain(w.b);
  EXPECT_FALSE(has_priority());
}

TEST_F(Urgent, MarkMayComeBeforeItsByte) {
  forge(0, "ab", 4);
  EXPECT_FALSE(has_priority());
  EXPECT_EQ(read_urgent(), "EAGAIN");
  EXPECT_EQ(read(), "ab");
  forge(0, "c", 2);
  EXPECT_EQ(read(), "c");
  EXPECT_EQ(read_urgent(), "EAGAIN");
  forge(0, "!d", 1);
  EXPECT_TRUE(has_priority());
  EXPECT_EQ(read_urgent(), "!");
  EXPECT_EQ(read(), "d");
}

TEST_F(Urgent, PointerOfZeroIsTakenAsItStands) {
  forge(0, "ab", 0);
  EXPECT_EQ(read_urgent(), "a");
  EXPECT_EQ(read(), "b");
}

TEST_F(Urgent, MarkThatTheStreamHasPassedSaysNothing) {
  forge(0, "abc", 3);
  EXPECT_EQ(read_urgent(), "c");
  EXPECT_EQ(read(), "ab");
  forge(static_cast<std::uint32_t>(-3), "abcd", 3);
  EXPECT_EQ(read_urgent(), "EINVAL");
  EXPECT_FALSE(has_priority());
  EXPECT_EQ(read(), "d");
}

TEST_F(Urgent, ByteMayComeOutOfOrder) {
  forge(2, "c!", 2);
  EXPECT_TRUE(has_priority());
  EXPECT_EQ(read(), "EAGAIN");
  EXPECT_EQ(read_urgent(), "!");
  forge(0, "ab", 4);
  EXPECT_EQ(read(), "abc");
  EXPECT_EQ(read(), "EAGAIN");
}

TEST_F(Urgent, IsSentAgainWithItsMarkUntilItIsAcknowledged) {
  send(w.a, w.client, "ab", msg_oob);
  const Packet first = drain(w.a).at(0);
  w.a.tick(3);
  const auto again = drain(w.a);
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0], first);
  w.b.deliver(first);
  for (const Packet& packet : drain(w.b)) w.a.deliver(packet);
  send(w.a, w.client, "c");
  EXPECT_EQ(tcp_flags_text(drain(w.a).at(0).tcp()->flags), "PSH|ACK");
}

TEST_F(Urgent, TextIsNotHeldByNagleOrByACork) {
  w.a.set_option(w.client, OptionName::tcp_cork, {1, 0});
  send(w.a, w.client, "held");
  EXPECT_TRUE(drain(w.a).empty());
  send(w.a, w.client, "!", msg_oob);
  const auto packets = drain(w.a);
  ASSERT_EQ(packets.size(), 1u);
  EXPECT_EQ(packets[0].tcp()->payload.size(), 5u);
}

TEST_F(Urgent, FarAwayIsToldByTheGreatestPointerFirst) {
  testing::Connected far(
      [] {
        HostConfig config = testing::host_at({"10.0.0.1"});
        config.send_buffer = 200'000;
        return config;
      }(),
      testing::host_at({"10.0.0.2"}));
  send(far.a, far.client, std::string(100'000, 'x') + "!", msg_oob);
  const auto packets = drain(far.a);
  ASSERT_FALSE(packets.empty());
  EXPECT_EQ(packets[0].tcp()->urgent, 0xffff);
  EXPECT_TRUE(packets[0].tcp()->has(tcp_urg));
}

TEST_F(Urgent, IsNeverThereWithoutAMark) {
  send(w.a, w.client, "abc");
  w.settle();
  EXPECT_EQ(read_urgent(), "EINVAL");
}

TEST_F(Urgent, IsStillReadAfterTheFin) {
  send(w.a, w.client, "ab!", msg_oob);
  w.a.close(w.client);
  w.settle();
  EXPECT_EQ(read_urgent(), "!");
  EXPECT_EQ(read(), "ab");
  EXPECT_EQ(read(), "");
}

}  // namespace
}  // namespace lockstep
