// Each reduction against the same search without it: verdicts agree, and something is saved.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "properties/checker/check.h"
#include "properties/checker/models/machines.h"
#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

struct Switches {
  bool symmetry = false;
  bool sleep_sets = false;
};

template <Model M>
Result<M> checked(const M& model, Switches switches, Strategy strategy = Strategy::breadth_first,
                  unsigned threads = 1) {
  Options options;
  options.strategy = strategy;
  options.threads = threads;
  options.symmetry = switches.symmetry;
  options.sleep_sets = switches.sleep_sets;
  auto result = check(model, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Result<M>();
}

constexpr Switches off{};
constexpr Switches symmetry{true, false};
constexpr Switches sleep_sets{false, true};

template <Model M>
void expect_same_verdicts(const M& model, Switches switches, Strategy strategy) {
  const auto reduced = checked(model, switches, strategy);
  const auto full = checked(model, off, strategy);
  EXPECT_EQ(reduced.outcome, full.outcome);
  // A violation ends a run, and what else it decided until then depends on its order.
  for (std::size_t i = 0; !full.counterexample && i < full.properties.size(); ++i) {
    EXPECT_EQ(reduced.properties[i].verdict, full.properties[i].verdict);
  }
  if (strategy == Strategy::breadth_first && full.counterexample) {
    EXPECT_EQ(reduced.counterexample->steps.size(), full.counterexample->steps.size());
  }
}

TEST(ReductionsTest, SymmetryKeepsVerdictsAndTheLengthOfTheShortestRun) {
  for (const Strategy strategy : {Strategy::breadth_first, Strategy::depth_first}) {
    expect_same_verdicts(Counters{4, 3}, symmetry, strategy);
    expect_same_verdicts(Counters{4, 3, 7}, symmetry, strategy);
    expect_same_verdicts(Counters{4, 3, -1, 99}, symmetry, strategy);
    expect_same_verdicts(Philosophers{5}, symmetry, strategy);
    expect_same_verdicts(Philosophers{5, true}, symmetry, strategy);
  }
}

TEST(ReductionsTest, SymmetryLeavesOneStateOfThoseThatAreAlike) {
  // Multisets of 4 values out of 4: 35 of 256.
  EXPECT_EQ(checked(Counters{4, 3}, symmetry).coverage.states, 35U);
  EXPECT_EQ(checked(Counters{4, 3}, off).coverage.states, 256U);
}

TEST(ReductionsTest, ARunFoundUnderSymmetryIsARunOfTheModel) {
  const Philosophers model{6};
  const auto result = checked(model, symmetry);
  ASSERT_TRUE(result.counterexample);
  Philosophers::State state = result.counterexample->initial;
  for (const auto& step : result.counterexample->steps) {
    state = model.next_state(state, step.action);
    EXPECT_EQ(state, step.after);
  }
  std::vector<Philosophers::Action> actions;
  model.enabled_actions(state, actions);
  EXPECT_TRUE(actions.empty());
}

TEST(ReductionsTest, SleepSetsKeepVerdictsStatesAndTheLeastRun) {
  for (const Strategy strategy : {Strategy::breadth_first, Strategy::depth_first}) {
    expect_same_verdicts(Counters{4, 3}, sleep_sets, strategy);
    expect_same_verdicts(Counters{4, 3, 7}, sleep_sets, strategy);
    expect_same_verdicts(Philosophers{6}, sleep_sets, strategy);
    expect_same_verdicts(Philosophers{6, true}, sleep_sets, strategy);
    expect_same_verdicts(SlidingWindow{}, sleep_sets, strategy);
    expect_same_verdicts(SlidingWindow{3, 3, 6, 3}, sleep_sets, strategy);
    EXPECT_EQ(checked(SlidingWindow{}, sleep_sets, strategy).coverage.states, 20'504U);
    EXPECT_EQ(checked(Counters{4, 3}, sleep_sets, strategy).coverage.states, 256U);
  }
  const SlidingWindow broken{3, 3, 6, 3};
  EXPECT_EQ(show(broken, *checked(broken, sleep_sets).counterexample),
            show(broken, *checked(broken, off).counterexample));
}

TEST(ReductionsTest, SleepSetsSaveTransitionsAndKeepDepths) {
  // Each state but the first is entered once: by its highest counter, as it were.
  EXPECT_EQ(checked(Counters{4, 3}, sleep_sets).coverage.transitions, 255U);
  const auto full = checked(SlidingWindow{}, off);
  const auto reduced = checked(SlidingWindow{}, sleep_sets);
  EXPECT_LT(reduced.coverage.transitions, full.coverage.transitions);
  EXPECT_EQ(reduced.coverage.depth, full.coverage.depth);
  for (const unsigned threads : {2U, 4U}) {
    const auto shared = checked(SlidingWindow{}, sleep_sets, Strategy::breadth_first, threads);
    EXPECT_EQ(shared.coverage.transitions, reduced.coverage.transitions);
    EXPECT_EQ(shared.coverage.states, reduced.coverage.states);
  }
}

// What independent() promises, in every state: neither disables the other, and both orders meet.
template <Model M>
void expect_commuting(const M& model) {
  std::vector<typename M::State> states;
  model.initial_states(states);
  std::vector<typename M::Action> actions;
  std::vector<typename M::Action> after;
  std::map<Fingerprint, bool> seen;
  for (std::size_t i = 0; i < states.size() && i < 5'000; ++i) {
    const auto state = states[i];
    actions.clear();
    model.enabled_actions(state, actions);
    for (const auto& a : actions) {
      const auto by_a = model.next_state(state, a);
      if (seen.emplace(fingerprint_of(model, by_a), true).second) states.push_back(by_a);
      after.clear();
      model.enabled_actions(by_a, after);
      for (const auto& b : actions) {
        if (!model.independent(a, b)) continue;
        ASSERT_NE(std::find(after.begin(), after.end(), b), after.end());
        ASSERT_EQ(model.next_state(by_a, b), model.next_state(model.next_state(state, b), a))
            << model.label(a) << " and " << model.label(b);
      }
    }
  }
}

TEST(ReductionsTest, WhatIsCalledIndependentCommutes) {
  expect_commuting(SlidingWindow{});
  expect_commuting(Philosophers{5});
  expect_commuting(Counters{4, 3});
}

TEST(ReductionsTest, LivenessRunsGoWithoutReductions) {
  Options options;
  options.symmetry = true;
  options.sleep_sets = true;
  const Space<Peterson> space(Peterson{}, options);
  EXPECT_FALSE(space.has_symmetry());
  EXPECT_FALSE(space.has_sleep_sets());
}

}  // namespace
}  // namespace lockstep::checker
