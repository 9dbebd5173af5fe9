// When a settle ends.
#include <string>

#include "gtest/gtest.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "stack/ports/in_process.h"

namespace lockstep::judge {
namespace {

TEST(Settle, takes_as_many_segments_as_the_bytes_need) {
  const auto scenario = scenario::parse(
      "host a 10.0.0.1\n"
      "host b 10.0.0.2 mtu=68\n"
      "a: l = socket inet stream\n"
      "a: bind l 10.0.0.1:8000\n"
      "a: listen l 1\n"
      "b: c = socket inet stream\n"
      "b: connect c 10.0.0.1:8000\n"
      "settle\n"
      "a: s = accept l\n"
      "b: send c 57317 -> 57317\n"
      "settle\n"
      "a: recv s 65536 -> 57317\n",
      "settle_test");
  ASSERT_TRUE(scenario.has_value());
  Runner runner([](scenario::HostIndex) { return make_in_process_port(); },
                oracle::linux_dialect());
  Trace trace;
  run(runner, *scenario, &trace);
  EXPECT_EQ(trace.verdict.outcome, Outcome::allowed) << explain(trace.verdict);
}

TEST(Settle, takes_the_acknowledgments_of_megabytes) {
  std::string text =
      "host a 10.0.0.1 receive_buffer=67108864\n"
      "host b 10.0.0.2 send_buffer=67108864\n"
      "a: l = socket inet stream\n"
      "a: listen l 1\n"
      "b: c = socket inet stream\n"
      "b: connect c local(l)\n"
      "settle\n";
  for (int i = 0; i < 8; ++i) text += "b: send c 1048576 -> 1048576\n";
  const auto scenario = scenario::parse(text + "settle\n", "settle_test");
  ASSERT_TRUE(scenario.has_value());
  Runner runner([](scenario::HostIndex) { return make_in_process_port(); },
                oracle::linux_dialect());
  const RunResult result = run(runner, *scenario);
  EXPECT_EQ(result.verdict.outcome, Outcome::allowed) << explain(result.verdict);
}

}  // namespace
}  // namespace lockstep::judge
