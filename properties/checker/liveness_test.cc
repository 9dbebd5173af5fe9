// Liveness on graphs drawn by hand and on Peterson's algorithm.
#include "properties/checker/liveness.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "properties/checker/check.h"
#include "properties/checker/models/machines.h"

namespace lockstep::checker {
namespace {

constexpr Fairness weak_a{Fairness::Kind::weak, 0};
constexpr Fairness weak_b{Fairness::Kind::weak, 1};
constexpr Fairness strong_a{Fairness::Kind::strong, 0};

template <Model M>
Result<M> checked(const M& model, unsigned threads = 1) {
  Options options;
  options.threads = threads;
  auto result = check(model, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Result<M>();
}

HandDrawn drawn(std::vector<HandDrawn::Edge> edges, std::uint8_t goal,
                PropertyKind asked = PropertyKind::eventually) {
  HandDrawn machine;
  machine.edges = std::move(edges);
  machine.goal = goal;
  machine.asked = {asked};
  return machine;
}

std::string run_of(const Result<HandDrawn>& result) {
  std::string text = std::to_string(result.counterexample->initial);
  for (std::size_t i = 0; i < result.counterexample->steps.size(); ++i) {
    text += result.counterexample->cycle_at == i ? " | " : " ";
    text += std::to_string(result.counterexample->steps[i].after);
  }
  return text;
}

TEST(LivenessTest, ALassoHasAStemAndACycle) {
  // 0 -> 1 -> 2 -> 3 -> 1, and 2 -> 9, the goal.
  const auto result =
      checked(drawn({{0, {1}}, {1, {2}}, {2, {3}}, {3, {1}}, {2, {9}}, {9, {9}}}, 9));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 1 | 2 3 1");
}

TEST(LivenessTest, AGoalOnEveryWayHolds) {
  EXPECT_EQ(checked(drawn({{0, {1}}, {0, {2}}, {1, {9}}, {2, {9}}, {9, {0}}}, 9)).outcome,
            Outcome::holds);
}

TEST(LivenessTest, ARunThatEndsWithoutTheGoalViolates) {
  const auto result = checked(drawn({{0, {1}}, {0, {9}}, {9, {9}}}, 9));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 1");
  EXPECT_FALSE(result.counterexample->cycle_at);
}

TEST(LivenessTest, WeakFairnessExcludesStayingWhereAnActionIsAlwaysEnabled) {
  EXPECT_EQ(checked(drawn({{0, {0}}, {0, {9}}, {9, {9}}}, 9)).outcome, Outcome::liveness_violated);
  EXPECT_EQ(checked(drawn({{0, {0}}, {0, {9, weak_a}}, {9, {9}}}, 9)).outcome, Outcome::holds);
}

TEST(LivenessTest, WeakFairnessAllowsACycleThatDisablesTheActionNowAndThen) {
  const std::vector<HandDrawn::Edge> edges = {{0, {1}}, {1, {0}}, {0, {9, weak_a}}, {9, {9}}};
  const auto result = checked(drawn(edges, 9));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 | 1 0");
}

TEST(LivenessTest, StrongFairnessExcludesThatToo) {
  EXPECT_EQ(checked(drawn({{0, {1}}, {1, {0}}, {0, {9, strong_a}}, {9, {9}}}, 9)).outcome,
            Outcome::holds);
  // But not a smaller cycle in which the action is never enabled.
  const auto result =
      checked(drawn({{0, {1}}, {1, {0}}, {1, {1}}, {0, {9, strong_a}}, {9, {9}}}, 9));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 1 | 1");
}

TEST(LivenessTest, AFairCyclePassesWhatEachPromiseAsksFor) {
  // Both a and b are enabled in 0 forever; a fair run takes both, again and again.
  const auto result =
      checked(drawn({{0, {1, weak_a}}, {0, {2, weak_b}}, {1, {0, weak_a}}, {2, {0, weak_b}}}, 9));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  // In 2 a is not enabled, so that going there, by b, keeps both promises.
  EXPECT_EQ(run_of(result), "0 | 2 0");
  const auto both = checked(drawn({{0, {1, weak_a}},
                                   {0, {2, weak_b}},
                                   {1, {0, weak_a}},
                                   {1, {1, weak_b}},
                                   {2, {0, weak_b}},
                                   {2, {2, weak_a}}},
                                  9));
  ASSERT_EQ(both.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(both), "0 | 1 1 0");
}

TEST(LivenessTest, ATriggerAsksAgainEachTime) {
  // The goal 1 is reached from 0 once; after the trigger 2 it never is.
  HandDrawn machine = drawn({{0, {1}}, {1, {2}}, {2, {3}}, {3, {3}}}, 1);
  EXPECT_EQ(checked(machine).outcome, Outcome::holds);
  machine.has_trigger = true;
  machine.trigger = 2;
  const auto result = checked(machine);
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 1 2 3 | 3");
}

TEST(LivenessTest, CanAlwaysReachNamesTheNearestTrap) {
  const auto reach = PropertyKind::can_always_reach;
  // The loop 0-1 may go on forever, but can be left for the goal at any time.
  EXPECT_EQ(checked(drawn({{0, {1}}, {1, {0}}, {1, {9}}, {9, {0}}}, 9, reach)).outcome,
            Outcome::holds);
  const auto result = checked(
      drawn({{0, {1}}, {1, {0}}, {1, {9}}, {9, {0}}, {9, {5}}, {5, {6}}, {6, {5}}}, 9, reach));
  ASSERT_EQ(result.outcome, Outcome::liveness_violated);
  EXPECT_EQ(run_of(result), "0 1 9 5 | 6 5");
}

TEST(LivenessTest, PetersonExcludesAndLetsInWhenFair) {
  for (const unsigned threads : {1U, 2U}) {
    const auto result = checked(Peterson{}, threads);
    EXPECT_EQ(result.outcome, Outcome::holds) << account(result);
  }
  EXPECT_EQ(checked(Peterson{true}).outcome, Outcome::safety_violated);
  // Without fairness the second one may go round forever while the first is idle.
  const auto unfair = checked(Peterson{false, Fairness::Kind::none});
  ASSERT_EQ(unfair.outcome, Outcome::liveness_violated);
  EXPECT_TRUE(unfair.counterexample->cycle_at);
}

TEST(LivenessTest, ALassoIsARunThatAvoidsTheGoalAndClosesOnGraphsDrawnAtRandom) {
  std::uint64_t seed = 1;
  int violated = 0;
  for (int round = 0; round < 400; ++round) {
    WalkRandom random(seed++, 0);
    const std::uint64_t vertices = 2 + random.next() % 7;
    HandDrawn machine;
    machine.goal = static_cast<std::uint8_t>(vertices - 1);
    machine.asked = {PropertyKind::eventually};
    for (std::uint64_t i = 0; i < vertices * 3 / 2; ++i) {
      machine.edges.push_back({static_cast<std::uint8_t>(random.below(vertices)),
                               {static_cast<std::uint8_t>(random.below(vertices)), {}}});
    }
    const auto result = checked(machine);
    // The naive twin: a run of as many steps as there are vertices that avoids the goal goes round.
    std::vector<bool> at(vertices);
    at[0] = machine.goal != 0;
    bool ends = false;
    for (std::uint64_t step = 0; step <= vertices; ++step) {
      std::vector<bool> next(vertices);
      for (std::uint8_t v = 0; v < vertices; ++v) {
        if (!at[v]) continue;
        bool has_edge = false;
        for (const auto& edge : machine.edges) {
          if (edge.from != v) continue;
          has_edge = true;
          if (edge.action.to != machine.goal) next[edge.action.to] = true;
        }
        ends |= !has_edge;
      }
      at = next;
    }
    const bool avoidable = ends || std::find(at.begin(), at.end(), true) != at.end();
    ASSERT_EQ(result.outcome == Outcome::liveness_violated, avoidable) << "round " << round;
    if (!avoidable) continue;
    ++violated;
    const auto& found = *result.counterexample;
    EXPECT_NE(found.initial, machine.goal);
    for (const auto& step : found.steps) EXPECT_NE(step.after, machine.goal);
    if (found.cycle_at) {
      const auto start =
          *found.cycle_at == 0 ? found.initial : found.steps[*found.cycle_at - 1].after;
      EXPECT_EQ(found.steps.back().after, start);
    }
  }
  EXPECT_GT(violated, 50);
}

}  // namespace
}  // namespace lockstep::checker
