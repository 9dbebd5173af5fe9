// Whole lives of connections that every rule allows.
#include <gtest/gtest.h>

#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

TEST(TcpLifetime, ServerReadsAnswersAndClosesAfterThePeer) {
  TcpTrace t;
  t.server();
  t.in({"PA", 1, 1, 100});
  t.out({"A", 1, 101});
  t.recv(4, 50, 50);
  t.recv(4, 100, 50);
  t.recv_fails(4, Errno::eagain);
  t.send(4, 2000, 2000);
  t.out({"A", 1, 101, 536});
  t.out({"A", 537, 101, 536});
  t.out({"A", 1073, 101, 536});
  t.out({"PA", 1609, 101, 392});
  t.in({"FA", 101, 2001});
  t.out({"A", 2001, 102});
  t.recv(4, 10, 0);
  t.close(4);
  t.out({"FA", 2001, 102});
  t.in({"A", 102, 2002});
  t.in({"A", 102, 2002});
  t.out({"R", 2002});
  t.close(3);
  t.settled();
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  EXPECT_TRUE(t.model().quiet());
}

TEST(TcpLifetime, ClientClosesFirstAndWaits) {
  TcpTrace t;
  t.close_both();
  t.in({"FA", 1, 2});
  t.out({"A", 2, 2});
  t.tick(700);
  t.tick(700);
  t.in({"A", 2, 2});
  t.out({"R", 2});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(TcpLifetime, SimultaneousOpenAndClose) {
  TcpTrace t;
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.in({"SA", 0, 1});
  t.connect(4, "10.0.0.2:80", Errno::ok);
  t.close(4);
  t.out({"FA", 1, 1});
  t.in({"FA", 1, 1});
  t.out({"A", 2, 2});
  t.in({"A", 2, 2});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  EXPECT_NE(t.model().describe(1).find("no connection"), std::string::npos);
}

TEST(TcpLifetime, OutOfOrderBytesMayBeKeptOrNot) {
  for (const int kept : {0, 1}) {
    TcpTrace t;
    t.server();
    t.in({"A", 101, 1, 100});
    t.out({"A", 1, 1});
    t.in({"A", 1, 1, 100});
    t.out({"A", 1, kept == 1 ? 201 : 101});
    t.recv(4, 1000, kept == 1 ? 200 : 100);
    t.recv_fails(4, Errno::eagain);
    EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  }
}

TEST(TcpLifetime, AnyOfTwoOverlappingCopiesMayWin) {
  TcpTrace t;
  t.server();
  t.in({"A", 101, 1, 100});
  t.out({"A", 1, 1});
  t.forged({"A", 51, 1, 100});
  t.out({"A", 1, 1});
  t.in({"A", 1, 1, 60});
  t.out({"A", 1, 201});
  t.recv(4, 50, 50);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(TcpLifetime, AFullAcceptQueueDropsTheFinalAck) {
  TcpTrace t;
  t.open(3);
  t.bind(3, 80);
  t.listen(3, 0);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.ends(80, 9001);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.in({"A", 1, 1});
  t.ends(80, 9000);
  t.in({"A", 1, 1});
  t.tick(3);
  t.out({"SA", 0, 1});
  t.accept(3, 4, 9001);
  t.accept(3, 5, 0, Errno::eagain);
  t.in({"A", 1, 1});
  t.accept(3, 5, 9000);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

// listen(2): the backlog is of established connections.
TEST(TcpLifetime, HandshakesUnderWayDoNotFillTheAcceptQueue) {
  TcpTrace t;
  t.open(3);
  t.bind(3, 80);
  t.listen(3, 1);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.in({"A", 1, 1});
  t.ends(80, 9001);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.ends(80, 9002);
  t.in({"S", 0});
  t.tick(1);
  EXPECT_EQ(t.broken(), Rule::tcp_listener_answers_syn) << t.text();
}

TEST(TcpLifetime, AnAnsweredProbeIsFollowedByALaterOne) {
  TcpTrace t;
  t.client();
  t.in({.flags = "A", .seq = 1, .ack = 1, .window = 0});
  t.send(4, 10, 10);
  std::uint32_t wait = 3;
  for (int i = 0; i < 8; ++i, wait *= 2) {
    t.tick(wait);
    t.out({"A", 0, 1});
    t.in({.flags = "A", .seq = 1, .ack = 1, .window = 0});
  }
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  t.tick(4 * wait);
  EXPECT_EQ(t.broken(), Rule::tcp_window_is_probed) << t.text();
}

TEST(TcpLifetime, RetriesEndWithATimeout) {
  TcpTrace t;
  t.client();
  t.send(4, 10, 10);
  t.out({"PA", 1, 1, 10});
  std::uint32_t wait = 3;
  for (int i = 0; i < 5; ++i, wait *= 2) {
    t.tick(wait);
    t.out({"PA", 1, 1, 10});
  }
  t.tick(wait);
  t.recv_fails(4, Errno::etimedout);
  t.recv(4, 10, 0);
  t.send(4, 1, 0, Errno::epipe);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

}  // namespace
}  // namespace lockstep::oracle
