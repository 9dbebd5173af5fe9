#include "oracle/judge/diff.h"

#include <gtest/gtest.h>

namespace lockstep::judge {
namespace {

TraceEvent returned(std::string text) {
  TraceEvent event;
  event.kind = TraceEvent::Kind::call;
  event.text = std::move(text);
  return event;
}

TraceEvent step(std::string text) {
  TraceEvent event;
  event.kind = TraceEvent::Kind::step;
  event.text = std::move(text);
  return event;
}

TraceEvent left(std::uint16_t port, std::uint16_t window, TcpFlags flags = tcp_ack) {
  TcpSegment segment;
  segment.source_port = port;
  segment.destination_port = 80;
  segment.window = window;
  segment.flags = flags;
  TraceEvent event;
  event.kind = TraceEvent::Kind::left;
  event.packet.source = *parse_ip_address("10.0.0.1");
  event.packet.destination = *parse_ip_address("10.0.0.2");
  event.packet.body = segment;
  return event;
}

Difference compared(std::vector<TraceEvent> a, std::vector<TraceEvent> b,
                    Compared what = Compared::all) {
  Trace first;
  Trace second;
  first.scenario.hosts.resize(2);
  second.scenario.hosts.resize(2);
  first.events = std::move(a);
  second.events = std::move(b);
  return compare(first, second, what);
}

std::set<std::string> kinds(std::vector<TraceEvent> a, std::vector<TraceEvent> b) {
  return compared(std::move(a), std::move(b)).kinds;
}

TEST(Diff, SaysNothingOfWhatIsTheSame) {
  EXPECT_EQ(kinds({returned("ok"), left(1000, 9)}, {returned("ok"), left(1000, 9)}),
            std::set<std::string>());
}

TEST(Diff, GoesOnPastFieldsAndValues) {
  EXPECT_EQ(kinds({returned("5"), left(1000, 9), returned("EAGAIN")},
                  {returned("6"), left(1001, 8), returned("ok")}),
            (std::set<std::string>{"returns a value otherwise", "leaves ack: ports",
                                   "returns EAGAIN / returns a value"}));
}

TEST(Diff, EndsWhereOneShowsWhatTheOtherDoesNot) {
  EXPECT_EQ(kinds({left(1000, 9), returned("5")}, {returned("5"), returned("6")}),
            std::set<std::string>{"leaves ack / returns a value"});
  EXPECT_EQ(kinds({returned("5")}, {}), std::set<std::string>{"returns a value / nothing more"});
}

TEST(Diff, TellsTheKindsOfPacketsApart) {
  EXPECT_EQ(kinds({left(1000, 9)}, {left(1000, 9, tcp_rst)}),
            std::set<std::string>{"leaves ack / leaves rst"});
}

TEST(Diff, NotesWhatStacksMayChoose) {
  TraceEvent syn = left(1000, 65535, tcp_syn);
  syn.packet.tcp()->seq = 100;
  syn.packet.tcp()->options.mss = 1460;
  TraceEvent other = left(1000, 64240, tcp_syn);
  other.packet.tcp()->seq = 7000;
  other.packet.tcp()->options.window_scale = 7;
  other.packet.tcp()->options.sack_permitted = true;
  other.packet.tcp()->options.timestamps = TcpTimestamps{1, 0};
  const Difference difference = compared({syn, returned("5")}, {other, returned("6")});
  EXPECT_EQ(difference.kinds, std::set<std::string>{"returns a value otherwise"});
  EXPECT_EQ(
      difference.notes,
      std::set<std::string>{"leaves syn: window, mss, window scale, SACK-permitted, timestamps"});
}

// By default hosts pick from 49152 on. What a step names was not picked.
TEST(Diff, DoesNotMindWhichPortsAStackPicks) {
  EXPECT_FALSE(compared({left(49152, 9), returned("ok from 10.0.0.1:49152")},
                        {left(60000, 9), returned("ok from 10.0.0.1:60000")})
                   .any());
  EXPECT_EQ(kinds({left(49152, 9), returned("ok from 10.0.0.1:49152")},
                  {left(60000, 9), returned("ok from 10.0.0.1:60001")}),
            std::set<std::string>{"returns a value otherwise"});
  EXPECT_FALSE(compared({returned("10.0.0.1:49152"), returned("10.0.0.2:49152")},
                        {returned("10.0.0.1:50001"), returned("10.0.0.2:50002")})
                   .any());
  const TraceEvent bind = step("a: bind u 10.0.0.1:49152");
  EXPECT_EQ(kinds({bind, returned("10.0.0.1:49152")}, {bind, returned("10.0.0.1:49153")}),
            std::set<std::string>{"returns a value otherwise"});
  EXPECT_FALSE(
      compared({returned("[fd00::49152]:49152")}, {returned("[fd00::49152]:50000")}).any());
}

TEST(Diff, ComparesCallsAloneWhenAsked) {
  const std::vector<TraceEvent> some = {step("a: send c 1"), returned("1"), left(1000, 9),
                                        step("settle"), left(1000, 9, tcp_rst)};
  const std::vector<TraceEvent> others = {step("a: send c 1"), returned("1"), step("settle")};
  EXPECT_TRUE(compared(some, others).any());
  EXPECT_FALSE(compared(some, others, Compared::calls).any());
  EXPECT_EQ(
      compared(some, {step("a: send c 1"), returned("EPIPE")}, Compared::calls).kinds,
      (std::set<std::string>{"returns a value / returns EPIPE", "the next step / nothing more"}));
}

}  // namespace
}  // namespace lockstep::judge
