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

std::set<std::string> kinds(std::vector<TraceEvent> a, std::vector<TraceEvent> b) {
  Trace first;
  Trace second;
  first.events = std::move(a);
  second.events = std::move(b);
  return compare(first, second).kinds;
}

TEST(Diff, SaysNothingOfWhatIsTheSame) {
  EXPECT_EQ(kinds({returned("ok"), left(1000, 9)}, {returned("ok"), left(1000, 9)}),
            std::set<std::string>());
}

TEST(Diff, GoesOnPastFieldsAndValues) {
  EXPECT_EQ(kinds({returned("5"), left(1000, 9), returned("EAGAIN")},
                  {returned("6"), left(1001, 8), returned("ok")}),
            (std::set<std::string>{"returns a value otherwise", "leaves ack: ports, window",
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

}  // namespace
}  // namespace lockstep::judge
