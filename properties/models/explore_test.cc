// Every model, made small, holds and reaches its goals; a promise is kept where a reader goes on
// and broken where he does not; what is planted is found, shortest first.
#include "properties/models/explore.h"

#include <gtest/gtest.h>

#include "oracle/judge/run.h"
#include "properties/models/test_model.h"

namespace lockstep::models {
namespace {

using checker::Outcome;
using testing::BoundValues;
using testing::explored;
using testing::honest;
using testing::lying;
using testing::program_of;

struct Small {
  std::string_view name;
  BoundValues bounds;
};

std::string small_name(const ::testing::TestParamInfo<Small>& info) {
  return std::string(info.param.name) + "_" + std::to_string(info.index);
}

class SmallModelTest : public ::testing::TestWithParam<Small> {};

TEST_P(SmallModelTest, HoldsAndReachesItsGoals) {
  const Exploration report = explored(GetParam().name, GetParam().bounds);
  EXPECT_EQ(report.outcome, Outcome::holds)
      << checker::account(report.outcome, report.bound, report.coverage, report.properties)
      << (report.found ? report.found->text : "");
  EXPECT_EQ(report.coverage.unexpanded, 0U);
  EXPECT_GT(report.coverage.states, 20U);
}

INSTANTIATE_TEST_SUITE_P(
    All, SmallModelTest,
    ::testing::Values(
        Small{"bind_conflicts", {{"sockets", 2}}},
        Small{"bind_conflicts", {{"sockets", 2}, {"datagrams", 1}}},
        Small{"udp_pair", {{"duplicates", 0}, {"reorderings", 0}}},
        Small{"handshake", {{"drops", 0}, {"duplicates", 0}, {"reorderings", 0}, {"ticks", 0}}},
        Small{"simultaneous_open",
              {{"drops", 0}, {"duplicates", 0}, {"reorderings", 0}, {"ticks", 0}}},
        Small{"data", {{"writes", 1}, {"reorderings", 0}}},
        Small{"half_close", {{"reorderings", 0}}}, Small{"close_race", {}},
        Small{"lossy", {{"drops", 0}, {"duplicates", 0}, {"ticks", 1}, {"reorderings", 0}}},
        Small{"stale_duplicate", {{"replays", 1}}},
        Small{"zero_window", {{"ticks", 0}, {"drops", 0}}}, Small{"zero_window_drains", {}},
        Small{"blind_attacker", {{"forgeries", 1}, {"deliveries", 6}}},
        Small{"backlog", {{"clients", 2}, {"ticks", 0}}}, Small{"reboot", {{"ticks", 0}}},
        Small{"unix_pair", {{"writes", 1}}}, Small{"unix_pair", {{"type", 1}, {"writes", 1}}},
        Small{"unix_pair", {{"type", 2}, {"writes", 1}}}),
    small_name);

// The simulated stack probes a closed window for ever: the known lasso.
TEST(PromiseTest, AReaderWhoStopsIsALassoOfProbes) {
  const Exploration report = explored("zero_window_drains", {{"reader", 0}});
  EXPECT_EQ(report.outcome, Outcome::liveness_violated);
  ASSERT_TRUE(report.found.has_value());
  EXPECT_TRUE(report.found->is_lasso);
  const std::size_t cycle = report.found->text.find("from here again and again");
  ASSERT_NE(cycle, std::string::npos);
  EXPECT_NE(report.found->text.find("deliver a > b", cycle), std::string::npos)
      << "a probe is in the cycle:\n"
      << report.found->text;
}

struct Planted {
  std::string_view model;
  BoundValues bounds;
  std::string lie;
  std::string_view cause;
  std::size_t steps;  // Of the model's; no shorter run shows it.
};

std::string lie_name(const ::testing::TestParamInfo<Planted>& info) { return info.param.lie; }

class PlantedTest : public ::testing::TestWithParam<Planted> {};

TEST_P(PlantedTest, IsFoundByAShortestRunThatReplays) {
  const Planted& planted = GetParam();
  const Setting setting = lying(planted.lie);
  const Exploration report = explored(planted.model, planted.bounds, setting);
  ASSERT_EQ(report.outcome, Outcome::safety_violated);
  ASSERT_TRUE(report.found.has_value());
  EXPECT_EQ(report.found->steps, planted.steps) << report.found->text;
  judge::Runner runner(setting.factory, *setting.dialect);
  const judge::RunResult again = judge::run(runner, report.found->scenario);
  EXPECT_EQ(again.verdict.cause(), planted.cause) << judge::explain(again.verdict);

  checker::Options deepening;
  deepening.strategy = checker::Strategy::iterative_deepening;
  const Exploration other = explored(planted.model, planted.bounds, setting, deepening);
  ASSERT_TRUE(other.found.has_value());
  EXPECT_EQ(other.found->steps, planted.steps);
}

INSTANTIATE_TEST_SUITE_P(
    All, PlantedTest,
    ::testing::Values(
        Planted{"close_race", {{"writes", 1}}, "rst_swallowed", "tcp.data_after_close_is_reset", 3},
        Planted{"close_race", {{"writes", 0}}, "fin_never_sent", "tcp.fin.is_sent", 5},
        Planted{"bind_conflicts", {}, "eaddrinuse_hidden", "bind.tcp_overlap", 4},
        Planted{"handshake",
                {{"drops", 0}, {"duplicates", 0}, {"reorderings", 0}, {"ticks", 0}},
                "synack_withheld",
                "tcp.listener.answers_syn",
                3}),
    lie_name);

TEST(ExploreTest, AViolationBeforeTheFirstStateIsFoundThere) {
  const Exploration report = explored("close_race", {}, lying("synack_withheld"));
  EXPECT_EQ(report.outcome, Outcome::safety_violated);
  ASSERT_TRUE(report.found.has_value());
  EXPECT_EQ(report.found->steps, 0U);
}

TEST(ExploreTest, APortThatCannotBeCopiedIsRefused) {
  const auto report =
      explore(program_of("close_race"), lying("econnreset_twice"), checker::Options());
  ASSERT_FALSE(report.ok());
  EXPECT_NE(report.status().message().find("cannot be copied"), std::string::npos);
}

TEST(ExploreTest, ABoundOfStatesEndsTheRunWithAnAccount) {
  checker::Options options;
  options.bounds.states = 500;
  const Exploration report = explored("close_race", {}, honest(), options);
  EXPECT_EQ(report.outcome, Outcome::bound_reached);
  EXPECT_EQ(report.bound, checker::Bound::states);
  EXPECT_GT(report.coverage.unexpanded, 0U);
}

}  // namespace
}  // namespace lockstep::models
