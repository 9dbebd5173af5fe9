// Forged segments against an established connection: RFC 9293 3.10.7.4, RFC 5961.
#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::at;
using testing::Connected;
using testing::drain;
using testing::host_at;
using testing::receive;
using testing::send;

struct Forged : ::testing::Test {
  Connected w;

  const Tcb& tcb() const { return w.b.find_socket(w.server)->tcb; }

  // A segment from the client to the server: seq = rcv_nxt + d_seq, ack = snd_nxt + d_ack.
  Packet segment(TcpFlags flags, std::int32_t d_seq = 0, std::int32_t d_ack = 0,
                 std::string_view text = {}) const {
    TcpSegment body;
    body.source_port = tcb().tuple.peer.port;
    body.destination_port = tcb().tuple.local.port;
    body.seq = tcb().rcv_nxt.value() + static_cast<std::uint32_t>(d_seq);
    body.ack = tcb().snd_nxt.value() + static_cast<std::uint32_t>(d_ack);
    body.flags = flags;
    body.window = 65535;
    body.payload = Slice::copy_of(testing::bytes_of(text));
    return Packet{.source = tcb().tuple.peer.ip,
                  .destination = tcb().tuple.local.ip,
                  .body = std::move(body)};
  }
  // "" or what left in answer: flags and whether it acknowledges exactly rcv_nxt.
  std::string answer(const Packet& packet) {
    w.b.deliver(packet);
    std::string text;
    for (const Packet& out : drain(w.b)) {
      if (!text.empty()) text += ' ';
      text += tcp_flags_text(out.tcp()->flags);
    }
    return text;
  }
};

TEST_F(Forged, ResetsCountOnlyAtTheExactNumber) {
  EXPECT_EQ(answer(segment(tcp_rst, 1)), "ACK");
  EXPECT_EQ(answer(segment(tcp_rst, 65534)), "ACK");
  EXPECT_EQ(answer(segment(tcp_rst, 65535)), "");
  EXPECT_EQ(answer(segment(tcp_rst, -1)), "");
  EXPECT_EQ(w.server_state(), TcpState::established);
  EXPECT_EQ(answer(segment(tcp_rst)), "");
  EXPECT_EQ(w.server_state(), TcpState::closed);
  EXPECT_EQ(receive(w.b, w.server), "ECONNRESET");
}

TEST_F(Forged, ResetsInCloseWaitBreakThePipe) {
  w.a.shutdown(w.client, ShutdownHow::write);
  w.settle();
  EXPECT_EQ(answer(segment(tcp_rst)), "");
  EXPECT_EQ(send(w.b, w.server, "x"), "EPIPE");
}

TEST_F(Forged, SynsAreChallengedWhateverTheirNumber) {
  for (std::int32_t d_seq : {0, 5, -5, 100000}) EXPECT_EQ(answer(segment(tcp_syn, d_seq)), "ACK");
  EXPECT_EQ(answer(segment(tcp_syn | tcp_ack, 0)), "ACK");
  EXPECT_EQ(w.server_state(), TcpState::established);
}

TEST_F(Forged, UnacceptableSegmentsAreAcknowledgedAndDropped) {
  EXPECT_EQ(answer(segment(tcp_ack, -3, 0, "old")), "ACK");
  EXPECT_EQ(answer(segment(tcp_ack, 65535, 0, "far")), "ACK");
  EXPECT_EQ(answer(segment(tcp_ack, -1)), "ACK");
  EXPECT_EQ(receive(w.b, w.server), "EAGAIN");
}

TEST_F(Forged, SegmentsWithoutAckAreDropped) {
  EXPECT_EQ(answer(segment(0, 0, 0, "text")), "");
  EXPECT_EQ(answer(segment(tcp_fin)), "");
  EXPECT_EQ(receive(w.b, w.server), "EAGAIN");
}

TEST_F(Forged, AcksOfTheFutureAndOfTheDistantPastAreChallenged) {
  EXPECT_EQ(answer(segment(tcp_ack, 0, 1, "text")), "ACK");
  EXPECT_EQ(answer(segment(tcp_ack, 0, -65536, "text")), "ACK");
  EXPECT_EQ(receive(w.b, w.server), "EAGAIN");
  EXPECT_EQ(answer(segment(tcp_ack, 0, -65535, "text")), "ACK");
  EXPECT_EQ(receive(w.b, w.server), "text");
}

TEST_F(Forged, OverlapIsDeliveredOnce) {
  w.b.deliver(segment(tcp_ack, 0, 0, "abcd"));
  w.b.deliver(segment(tcp_ack, -2, 0, "cdef"));
  EXPECT_EQ(receive(w.b, w.server), "abcdef");
}

TEST_F(Forged, GapsAreFilledAndEachPieceAcknowledgedAtOnce) {
  const SequenceNumber start = tcb().rcv_nxt;
  EXPECT_EQ(answer(segment(tcp_ack, 4, 0, "efgh")), "ACK");
  EXPECT_EQ(answer(segment(tcp_ack | tcp_fin, 8, 0, "ij")), "ACK");
  EXPECT_EQ(tcb().rcv_nxt, start);
  EXPECT_EQ(receive(w.b, w.server), "EAGAIN");
  EXPECT_EQ(answer(segment(tcp_ack, 0, 0, "abcdXX")), "ACK");
  EXPECT_EQ(tcb().rcv_nxt, start + 11);
  EXPECT_EQ(receive(w.b, w.server), "abcdXXghij");
  EXPECT_EQ(receive(w.b, w.server), "");
  EXPECT_EQ(w.server_state(), TcpState::close_wait);
}

TEST_F(Forged, DataBehindAFinIsNeverDelivered) {
  EXPECT_EQ(answer(segment(tcp_ack | tcp_fin)), "ACK");
  EXPECT_EQ(answer(segment(tcp_ack, 0, 0, "late")), "ACK");
  EXPECT_EQ(receive(w.b, w.server), "");
}

TEST_F(Forged, ChallengesAreBoundedPerTick) {
  int answered = 0;
  for (int i = 0; i < 300; ++i) answered += answer(segment(tcp_rst, 1)).empty() ? 0 : 1;
  EXPECT_EQ(answered, 100);
  w.b.tick(1);
  EXPECT_EQ(answer(segment(tcp_rst, 1)), "ACK");
}

TEST_F(Forged, AnAckStormBetweenDesynchronisedEndsDiesDown) {
  w.b.deliver(segment(tcp_ack, 0, 0, "never sent"));
  std::size_t packets = 0;
  for (int i = 0; i < 1000; ++i) {
    const auto from_b = drain(w.b);
    for (const Packet& packet : from_b) w.a.deliver(packet);
    const auto from_a = drain(w.a);
    for (const Packet& packet : from_a) w.b.deliver(packet);
    packets += from_a.size() + from_b.size();
    if (from_a.empty() && from_b.empty()) break;
  }
  EXPECT_LE(packets, 202u);
}

TEST_F(Forged, OldWindowsDoNotReplaceNewOnes) {
  Packet packet = segment(tcp_ack, 0, 0, "ab");
  packet.tcp()->window = 500;
  w.b.deliver(packet);
  EXPECT_EQ(tcb().snd_wnd, 500u);
  packet = segment(tcp_ack, -3, 0, "?abc");
  packet.tcp()->window = 9;
  w.b.deliver(packet);
  EXPECT_EQ(tcb().snd_wnd, 500u);
}

TEST_F(Forged, SynReceivedObeysTheSameRules) {
  const auto syn = [&](TcpFlags flags, std::uint32_t seq, std::uint32_t ack) {
    return Packet{.source = testing::ip("10.0.0.1"),
                  .destination = testing::ip("10.0.0.2"),
                  .body = TcpSegment{.source_port = 7,
                                     .destination_port = 80,
                                     .seq = seq,
                                     .ack = ack,
                                     .flags = flags,
                                     .window = 1000}};
  };
  EXPECT_EQ(answer(syn(tcp_syn | tcp_fin, 100, 0)), "");
  EXPECT_EQ(answer(syn(tcp_fin, 100, 0)), "");
  EXPECT_EQ(answer(syn(tcp_rst, 100, 0)), "");
  EXPECT_EQ(answer(syn(tcp_ack, 100, 5)), "RST");
  w.b.deliver(syn(tcp_syn, 100, 0));
  const std::uint32_t iss = drain(w.b).at(0).tcp()->seq;
  EXPECT_EQ(answer(syn(tcp_syn, 100, 0)), "SYN|ACK");
  EXPECT_EQ(answer(syn(tcp_ack, 101, iss)), "RST");
  EXPECT_EQ(answer(syn(tcp_ack, 101, iss + 2)), "RST");
  EXPECT_EQ(answer(syn(tcp_rst, 102, 0)), "ACK");
  EXPECT_EQ(answer(syn(tcp_rst, 101, 0)), "");
  EXPECT_EQ(answer(syn(tcp_ack, 101, iss + 1)), "RST");
}

TEST_F(Forged, SynSentIgnoresWhatDoesNotAnswerIt) {
  Kernel host(host_at({"10.0.0.1"}));
  const Fd fd = testing::open(host, Type::stream);
  host.connect(fd, at("10.0.0.2:80"));
  const std::uint32_t iss = drain(host).at(0).tcp()->seq;
  const auto give = [&](TcpFlags flags, std::uint32_t ack) {
    host.deliver(Packet{.source = testing::ip("10.0.0.2"),
                        .destination = testing::ip("10.0.0.1"),
                        .body = TcpSegment{.source_port = 80,
                                           .destination_port = 49152,
                                           .seq = 900,
                                           .ack = ack,
                                           .flags = flags,
                                           .window = 1000}});
    const auto packets = drain(host);
    return packets.empty() ? std::string() : tcp_flags_text(packets[0].tcp()->flags);
  };
  EXPECT_EQ(give(tcp_rst, 0), "");
  EXPECT_EQ(give(tcp_ack, iss + 1), "");
  EXPECT_EQ(give(tcp_ack, iss), "RST");
  EXPECT_EQ(give(tcp_syn | tcp_ack, iss + 2), "RST");
  EXPECT_EQ(give(tcp_rst | tcp_ack, iss + 2), "");
  EXPECT_EQ(testing::state_of(host, fd), TcpState::syn_sent);
  EXPECT_EQ(give(tcp_syn | tcp_ack, iss + 1), "ACK");
  EXPECT_EQ(testing::state_of(host, fd), TcpState::established);
}

}  // namespace
}  // namespace lockstep
