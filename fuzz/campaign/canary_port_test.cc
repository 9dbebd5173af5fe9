#include "fuzz/campaign/canary_port.h"

#include <gtest/gtest.h>

#include <string>

#include "oracle/judge/run.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/text.h"
#include "stack/ports/in_process.h"

namespace lockstep::campaign {
namespace {

constexpr const char* opening =
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "b: l = socket inet stream\n"
    "b: bind l 10.0.0.2:8000\n"
    "b: listen l 8\n"
    "a: c = socket inet stream\n"
    "a: connect c 10.0.0.2:8000\n"
    "settle\n"
    "a: send c 10\n"
    "settle\n";
constexpr const char* accept = "b: s = accept l\n";
constexpr const char* receive = "b: recv s 100\n";
constexpr const char* send = "b: send s 10\nsettle\n";
constexpr const char* shut = "b: shutdown s write\nsettle\n";
constexpr const char* ask = "b: getpeername s\n";

judge::Outcome outcome_of(const std::string& text, bool lying) {
  const auto parsed = scenario::parse(text, "test.scn");
  EXPECT_TRUE(parsed.has_value()) << (parsed ? "" : scenario::to_string(parsed.error()));
  judge::Runner runner(
      [lying](scenario::HostIndex) {
        return lying ? make_canary_port(make_in_process_port()) : make_in_process_port();
      },
      *oracle::find_dialect("linux"));
  return judge::run(runner, *parsed).verdict.outcome;
}

TEST(CanaryPort, LiesAfterTheFiveStepsAndNotWithoutOneOfThem) {
  const std::string steps[] = {accept, receive, send, shut, ask};
  std::string all = opening;
  for (const std::string& step : steps) all += step;
  EXPECT_EQ(outcome_of(all, false), judge::Outcome::allowed);
  EXPECT_EQ(outcome_of(all, true), judge::Outcome::violation);
  for (std::size_t left_out = 0; left_out < std::size(steps); ++left_out) {
    std::string text = opening;
    for (std::size_t i = 0; i < std::size(steps); ++i) text += i == left_out ? "" : steps[i];
    EXPECT_EQ(outcome_of(text, true), judge::Outcome::allowed) << text;
  }
}

}  // namespace
}  // namespace lockstep::campaign
