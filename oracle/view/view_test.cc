#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <sstream>

#include "oracle/view/capture.h"
#include "oracle/view/json.h"
#include "oracle/view/ladder.h"
#include "oracle/view/sample_trace.h"
#include "oracle/view/svg.h"

namespace lockstep::view {
namespace {

TEST(Ladder, shows_the_sample_as_follows) {
  const SampleTrace sample;
  EXPECT_EQ(to_ladder(sample.trace()),
            std::string(R"(        a 10.0.0.1                                         b 10.0.0.2
 [1]    |                                                  | l = socket inet stream -> ok
 [2]    |                                                  | listen l 1 -> ok
 [3]    | c = socket inet stream -> ok                     |
 [4]    | connect c 10.0.0.2:8000 -> EINPROGRESS           |
        |--- p1 SYN seq=0 win=65535 ------------------>    |
 [5]    * settle
        |    --- p1 SYN seq=0 win=65535 ------------------>|
        |<-- SYN|ACK seq=0 ack=1 win=65535 ----------------|
        |--- ACK seq=1 ack=1 win=65535 ------------------->|
 [6]    |                                                  | s = accept l -> ok from 10.0.0.1:49152
 [7]    | send c 100 -> 100                                |
        |--- p4 PSH|ACK seq=1 ack=1 len=100 ---------->    |
 [8]    * drop 7.1
        |        X p4 dropped: PSH|ACK seq=1 ack=1         |
 [9]    * tick a 3
        * time passes: a +3 (now 3)
        |--- p5 PSH|ACK seq=1 ack=1 len=100 ---------->    |
 [10]   * settle
        |    --- p5 damaged: PSH|ACK seq=1 ack=1 len=100 ->|
        * time passes: a +2 (now 5) b +2 (now 2)
        |--- PSH|ACK seq=1 ack=1 len=100 win=65535 ------->|
 [11]   * forge c ACK seq=+1 ack=+0
        |<-- # forged ACK seq=2 ack=101 win=65535 -----    |
 [12]!  |                                                  | close s -> ok
        |    <-- p7 FIN|ACK seq=1 ack=101 win=65535 -------|

)") + judge::explain(sample.trace().verdict));
}

TEST(Ladder, is_never_wider_than_a_terminal) {
  std::istringstream lines(to_ladder(SampleTrace().trace()));
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 112u) << line;
}

TEST(Ladder, an_empty_trace_is_a_verdict_alone) {
  judge::Trace trace;
  trace.scenario.hosts.push_back({"a", {}});
  EXPECT_EQ(to_ladder(trace), "        a\n\nallowed\n");
}

TEST(Svg, is_self_contained_and_well_formed) {
  const std::string svg = to_svg(SampleTrace().trace());
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\""));
  EXPECT_TRUE(svg.ends_with("</svg>\n"));
  EXPECT_EQ(svg.find("href"), std::string::npos);
  EXPECT_EQ(svg.find("<script"), std::string::npos);
  const auto count = [&](std::string_view what) {
    std::size_t found = 0;
    for (std::size_t at = 0; (at = svg.find(what, at)) != std::string::npos; ++at) ++found;
    return found;
  };
  EXPECT_EQ(count("<text"), count("</text>"));
  EXPECT_EQ(count("class=\"packet lost\""), 1u);
  EXPECT_EQ(count("class=\"packet odd\""), 2u);
}

TEST(Svg, escapes_what_markup_would_take_for_its_own) {
  judge::Trace trace;
  trace.scenario.hosts.push_back({"a", {}});
  trace.verdict.outcome = judge::Outcome::inconclusive;
  trace.verdict.message = "more than <32> & \"many\"";
  const std::string svg = to_svg(trace);
  EXPECT_NE(svg.find("more than &lt;32&gt; &amp; &quot;many&quot;"), std::string::npos);
}

TEST(Json, reads_back_with_scenario_verdict_and_events) {
  const SampleTrace sample;
  const auto json = nlohmann::json::parse(to_json(sample.trace()));
  EXPECT_EQ(json["verdict"]["outcome"], "violation");
  EXPECT_EQ(json["verdict"]["step"], 12);
  EXPECT_EQ(json["verdict"]["cause"], sample.trace().verdict.cause());
  EXPECT_EQ(json["events"].size(), sample.trace().events.size());
  EXPECT_EQ(json["events"][0]["kind"], "step");
  EXPECT_EQ(json["events"].back()["kind"], "left");
  EXPECT_EQ(json["events"].back()["peer"], "a");
  const auto again = scenario::parse(json["scenario"].get<std::string>(), "json");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(*again, sample.trace().scenario);
}

std::uint32_t number_at(const std::string& bytes, std::size_t offset) {
  std::uint32_t value = 0;
  for (std::size_t i = 4; i-- > 0;) {
    value = (value << 8) | static_cast<unsigned char>(bytes.at(offset + i));
  }
  return value;
}

TEST(Capture, holds_each_packet_once_with_a_comment) {
  const std::string bytes = to_pcapng(SampleTrace().trace());
  std::size_t packets = 0;
  for (std::size_t at = 0; at < bytes.size(); at += number_at(bytes, at + 4)) {
    packets += number_at(bytes, at) == 6 ? 1u : 0u;  // An enhanced packet block.
  }
  // SYN, SYN-ACK, ACK, three times the data, the damaged arrival, the forged ACK, the FIN.
  EXPECT_EQ(packets, 9u);
  EXPECT_NE(bytes.find("step 4: a: connect c 10.0.0.2:8000"), std::string::npos);
  EXPECT_NE(bytes.find("lost: dropped"), std::string::npos);
  EXPECT_NE(bytes.find("bit 161 flipped"), std::string::npos);
  EXPECT_NE(bytes.find("violation at step 12"), std::string::npos);
}

}  // namespace
}  // namespace lockstep::view
