// Copies and digests of an oracle: what matters is told, and what does not is not.
#include <gtest/gtest.h>

#include <vector>

#include "oracle/spec/trace_fixture.h"

namespace lockstep::oracle {
namespace {

using Words = std::vector<std::uint64_t>;

Words words_of(const Oracle& oracle) {
  Digest digest;
  oracle.digest(digest);
  return {digest.words().begin(), digest.words().end()};
}

// The words at the end of the step at hand, of which nothing may be wrong.
Words words_of(Trace& trace) {
  EXPECT_FALSE(trace.broken()) << trace.text();
  return words_of(trace.oracle());
}

void make_socket_with_two_datagrams(Trace& t) {
  t.socket(3);
  t.bind(3, "10.0.0.1:7000");
  t.arrived("10.0.0.2:9", "10.0.0.1:7000", 10, 1);
  t.arrived("10.0.0.2:9", "10.0.0.1:7000", 20, 2);
}

void connect_stream(Trace& t) {
  t.socket(3, Type::stream);
  t.bind(3, "10.0.0.1:50000");
  t.connect(3, "10.0.0.2:80", Errno::einprogress);
  t.segment_left(tcp_syn, 100, 0);
  t.segment_arrived(tcp_syn | tcp_ack, 200, 101);
  t.segment_left(tcp_ack, 101, 201);
}

// What is done after `prepare` shows, and each in its own way.
void check_all_differ(void (*prepare)(Trace&), std::vector<void (*)(Trace&)> changes) {
  changes.push_back([](Trace&) {});
  std::vector<Words> all;
  for (const auto& change : changes) {
    Trace trace;
    prepare(trace);
    change(trace);
    all.push_back(words_of(trace));
  }
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) EXPECT_NE(all[i], all[j]) << i << " and " << j;
  }
}

TEST(OracleValue, EveryDifferenceThatMattersShows) {
  check_all_differ(make_socket_with_two_datagrams,
                   {
                       [](Trace& t) { t.received(3, "10.0.0.2:9", 10, 1); },
                       [](Trace& t) { t.arrived("10.0.0.2:9", "10.0.0.1:7000", 10, 3); },
                       [](Trace& t) { t.arrived("10.0.0.2:9", "10.0.0.1:7000", 10, 4); },
                       [](Trace& t) { t.arrived("10.0.0.2:8", "10.0.0.1:7000", 10, 3); },
                       [](Trace& t) { t.socket(4); },
                       [](Trace& t) { t.socket(5); },
                       [](Trace& t) { t.dup(3, 4); },
                       [](Trace& t) { t.close(3); },
                       [](Trace& t) { t.connect(3, "10.0.0.2:9"); },
                       [](Trace& t) { t.shutdown(3, ShutdownHow::read, Errno::enotconn); },
                       [](Trace& t) { t.set(3, OptionName::so_broadcast); },
                       [](Trace& t) { t.set(3, OptionName::so_rcvbuf, {5000}); },
                   });
  check_all_differ([](Trace& t) { t.socket(3); }, {
                                                      [](Trace& t) { t.bind(3, "10.0.0.1:7000"); },
                                                      [](Trace& t) { t.bind(3, "10.0.0.1:7001"); },
                                                      [](Trace& t) { t.bind(3, "0.0.0.0:7000"); },
                                                      [](Trace& t) { t.bind(3, "10.0.0.1:0"); },
                                                  });
  check_all_differ(connect_stream,
                   {
                       [](Trace& t) {
                         t.segment_arrived(tcp_fin | tcp_ack, 201, 101);
                         t.segment_left(tcp_ack, 101, 202);
                       },
                       [](Trace& t) { t.segment_arrived(tcp_rst | tcp_ack, 201, 101); },
                       [](Trace& t) { t.send(3, 10); },
                       [](Trace& t) { t.send(3, 11); },
                       [](Trace& t) {
                         t.shutdown(3, ShutdownHow::write);
                         t.segment_left(tcp_fin | tcp_ack, 101, 201);
                       },
                       [](Trace& t) { t.shutdown(3, ShutdownHow::read); },
                       [](Trace& t) { t.set(3, OptionName::so_keepalive); },
                   });
}

TEST(OracleValue, WhatCameAndWentDoesNotShow) {
  Trace fresh;
  make_socket_with_two_datagrams(fresh);
  Trace worn;
  worn.socket(3, Type::stream);
  worn.bind(3, "10.0.0.1:80");
  worn.listen(3);
  worn.close(3);
  worn.socket(3);
  worn.bind(3, "10.0.0.1:7000");
  worn.arrived("10.0.0.2:9", "10.0.0.1:7000", 30, 5);
  worn.received(3, "10.0.0.2:9", 30, 5);
  worn.close(3);
  make_socket_with_two_datagrams(worn);
  EXPECT_EQ(words_of(worn), words_of(fresh));
}

// A segment that a listener refuses makes a connection and a socket for the step alone.
TEST(OracleValue, AStraySegmentLeavesNothingBehind) {
  const auto listen = [](Trace& t) {
    t.socket(3, Type::stream);
    t.bind(3, "10.0.0.1:50000");
    t.listen(3);
  };
  Trace fresh;
  listen(fresh);
  Trace worn;
  listen(worn);
  worn.segment_arrived(tcp_ack, 200, 700);
  worn.segment_left(tcp_rst, 700, 0);
  EXPECT_EQ(words_of(worn), words_of(fresh));
}

TEST(OracleValue, ACopyHasTheViolation) {
  Trace trace;
  make_socket_with_two_datagrams(trace);
  Oracle copy(linux_dialect());
  copy.copy_world(trace.oracle());
  EXPECT_FALSE(copy.violation());
  trace.received(3, "10.0.0.2:9", 11, 1);
  ASSERT_TRUE(trace.broken());
  EXPECT_NE(words_of(copy), words_of(trace.oracle()));
  copy.copy_world(trace.oracle());
  ASSERT_TRUE(copy.violation());
  EXPECT_EQ(copy.violation()->rule, trace.oracle().violation()->rule);
  EXPECT_EQ(words_of(copy), words_of(trace.oracle()));
}

TEST(OracleValue, CountsStayWhereTheyAre) {
  Trace trace;
  make_socket_with_two_datagrams(trace);
  constexpr Rule rule = Rule::bind_otherwise_succeeds;
  ASSERT_EQ(trace.applied(rule), 1u);
  Counts counts;
  Oracle copy(linux_dialect());
  const auto applied = [&] { return copy.judgement().applied()[static_cast<std::size_t>(rule)]; };
  copy.copy_world(trace.oracle());
  EXPECT_EQ(applied(), 0u);
  copy.judgement().count_into(counts);
  copy.judgement().apply(rule);
  EXPECT_EQ(counts.applied[static_cast<std::size_t>(rule)], 1u);
  EXPECT_EQ(applied(), 1u);
  copy.judgement().clear_counts();
  EXPECT_EQ(counts.applied[static_cast<std::size_t>(rule)], 0u);
}

}  // namespace
}  // namespace lockstep::oracle
