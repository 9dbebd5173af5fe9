// A SYN for a listener from the peer of an orphan that may have left FIN-WAIT-2: what answers it
// tells whether the orphan is over.
#include <gtest/gtest.h>

#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

// The listener's port is the orphan's. Its peer, 10.0.0.2:9000, begins anew with number 5000.
void syn_meets_an_orphan(TcpTrace& t) {
  t.settings().fin_wait_2_ticks = 10;
  t.server();
  t.close(4);
  t.out({"FA", 1, 1});
  t.in({"A", 1, 2});
  t.tick(10);
  t.in({"S", 5000});
}

TEST(TcpContest, ASynAckOfOtherNumbersOpensANewConnection) {
  TcpTrace t;
  syn_meets_an_orphan(t);
  t.out({"SA", 7000, 5001});
  t.in({"A", 5001, 7001});
  t.accept(3, 5);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(TcpContest, TheOrphanIsOverOnceTheListenerAnswered) {
  TcpTrace t;
  syn_meets_an_orphan(t);
  t.out({"SA", 7000, 5001});
  t.tick(1);
  t.out({"A", 2, 1});
  EXPECT_NE(t.broken(), std::nullopt);
}

TEST(TcpContest, AChallengeIsTheOrphans) {
  TcpTrace t;
  syn_meets_an_orphan(t);
  t.out({"A", 2, 1});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(TcpContest, TheListenerDoesNotAnswerAfterAChallenge) {
  TcpTrace t;
  syn_meets_an_orphan(t);
  t.out({"A", 2, 1});
  t.out({"SA", 7000, 5001});
  EXPECT_NE(t.broken(), std::nullopt);
}

}  // namespace
}  // namespace lockstep::oracle
