// Safety and reachability by every strategy, on machines whose answers are known.
#include "properties/checker/check.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "properties/checker/models/machines.h"
#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

template <Model M>
Result<M> checked(const M& model, const Options& options = {}) {
  auto result = check(model, options);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *result : Result<M>();
}

Options plain() {
  Options options;
  options.symmetry = false;
  options.sleep_sets = false;
  return options;
}

Options with(Strategy strategy) {
  Options options = plain();
  options.strategy = strategy;
  return options;
}

TEST(CheckTest, CountersHaveAsManyStatesAsTheProductSays) {
  for (const Strategy strategy :
       {Strategy::breadth_first, Strategy::depth_first, Strategy::iterative_deepening}) {
    const auto result = checked(Counters{3, 4}, with(strategy));
    EXPECT_EQ(result.outcome, Outcome::holds) << account(result);
    EXPECT_EQ(result.coverage.states, 125U);
    EXPECT_EQ(result.coverage.depth, 12U);
    EXPECT_EQ(result.coverage.unexpanded, 0U);
  }
  // Each of 125 states has an action for each counter below the top: 3 * 4 * 25.
  EXPECT_EQ(checked(Counters{3, 4}, plain()).coverage.transitions, 300U);
}

TEST(CheckTest, FullStatesGiveTheSameCountsAsFingerprints) {
  Options options = plain();
  options.exact = true;
  for (const unsigned threads : {1U, 3U}) {
    options.threads = threads;
    const auto result = checked(SlidingWindow{}, options);
    EXPECT_EQ(result.coverage.states, 20'504U);
    EXPECT_EQ(result.coverage.collision_probability_max, 0);
  }
}

// All states have one fingerprint: only full states tell them apart.
struct Blind : Counters {
  Fingerprint fingerprint(const State&) const { return {7, 7}; }
  std::vector<Property<Blind>> properties() const { return {}; }
};

TEST(CheckTest, FullStatesSurviveCollisions) {
  Options options = plain();
  EXPECT_EQ(checked(Blind{{3, 4}}, options).coverage.states, 1U);
  options.exact = true;
  EXPECT_EQ(checked(Blind{{3, 4}}, options).coverage.states, 125U);
}

TEST(CheckTest, TheShortestCounterexampleIsTheLeastOfThem) {
  for (const unsigned threads : {1U, 2U, 4U}) {
    Options options = plain();
    options.threads = threads;
    const auto result = checked(Counters{4, 6, 13}, options);
    ASSERT_EQ(result.outcome, Outcome::safety_violated);
    std::string actions;
    for (const auto& step : result.counterexample->steps) actions += std::to_string(step.action);
    EXPECT_EQ(actions, "0000001111112");
  }
}

TEST(CheckTest, IterativeDeepeningFindsAShortestOneAndDepthFirstSome) {
  const auto deepened = checked(Counters{3, 4, 5}, with(Strategy::iterative_deepening));
  ASSERT_TRUE(deepened.counterexample);
  EXPECT_EQ(deepened.counterexample->steps.size(), 5U);
  SlidingWindow broken{3, 3, 6, 2};
  const auto nearest = checked(broken, plain());
  const auto also = checked(broken, with(Strategy::iterative_deepening));
  const auto some = checked(broken, with(Strategy::depth_first));
  ASSERT_TRUE(nearest.counterexample && also.counterexample && some.counterexample);
  EXPECT_EQ(nearest.counterexample->steps.size(), also.counterexample->steps.size());
  EXPECT_GE(some.counterexample->steps.size(), nearest.counterexample->steps.size());
}

TEST(CheckTest, ACounterexampleIsARunOfTheModel) {
  const SlidingWindow broken{3, 3, 6, 3};
  for (const unsigned threads : {1U, 3U}) {
    Options options = plain();
    options.threads = threads;
    const auto result = checked(broken, options);
    ASSERT_TRUE(result.counterexample);
    SlidingWindow::State state = result.counterexample->initial;
    for (const auto& step : result.counterexample->steps) {
      state = broken.next_state(state, step.action);
      EXPECT_EQ(state, step.after);
    }
    EXPECT_EQ(state.is_confused, 1);
    // Three sends and a repeat, four taken; and an ack, which would not fit else, is taken between.
    EXPECT_EQ(result.counterexample->steps.size(), 9U) << show(broken, *result.counterexample);
  }
}

TEST(CheckTest, WhatAllThreadsFindIsWhatOneFinds) {
  const SlidingWindow broken{4, 4, 8, 4};
  Options options = plain();
  const std::string alone = show(broken, *checked(broken, options).counterexample);
  for (int repeat = 0; repeat < 5; ++repeat) {
    options.threads = 4;
    EXPECT_EQ(show(broken, *checked(broken, options).counterexample), alone);
  }
  options.threads = 4;
  const auto whole = checked(SlidingWindow{}, options);
  EXPECT_EQ(whole.coverage.states, 20'504U);
  EXPECT_EQ(whole.coverage.transitions, 84'232U);
}

TEST(CheckTest, PhilosophersDeadlockWhenEachHasOneFork) {
  for (std::uint8_t count = 2; count <= 6; ++count) {
    const auto result = checked(Philosophers{count}, plain());
    ASSERT_EQ(result.outcome, Outcome::safety_violated);
    EXPECT_EQ(result.counterexample->steps.size(), count);
    EXPECT_EQ(checked(Philosophers{count, true}, plain()).outcome, Outcome::holds);
  }
}

TEST(CheckTest, AGoalThatIsNeverReachedFailsTheRun) {
  const auto result = checked(Counters{2, 2, -1, 99}, plain());
  EXPECT_EQ(result.outcome, Outcome::goal_missed);
  EXPECT_EQ(result.properties[2].verdict, Verdict::violated);
  EXPECT_EQ(checked(Counters{2, 2, -1, 2}, plain()).properties[2].hits, 3U);
}

TEST(CheckTest, AnInitialStateMayBeTheViolation) {
  for (const Strategy strategy :
       {Strategy::breadth_first, Strategy::depth_first, Strategy::random_walks}) {
    const auto result = checked(Counters{2, 2, 0}, with(strategy));
    ASSERT_TRUE(result.counterexample);
    EXPECT_TRUE(result.counterexample->steps.empty());
  }
}

TEST(CheckTest, BoundsEndARunAndSayWhatWasCovered) {
  for (const unsigned threads : {1U, 2U}) {
    Options options = plain();
    options.threads = threads;
    options.bounds.depth = 5;
    auto result = checked(SlidingWindow{}, options);
    EXPECT_EQ(result.outcome, Outcome::bound_reached);
    EXPECT_EQ(result.bound, Bound::depth);
    EXPECT_EQ(result.coverage.depth, 5U);
    EXPECT_GT(result.coverage.unexpanded, 0U);
    EXPECT_EQ(result.properties[0].verdict, Verdict::undecided);

    options.bounds = {};
    options.bounds.states = 5'000;
    result = checked(SlidingWindow{}, options);
    EXPECT_EQ(result.bound, Bound::states);
    EXPECT_GE(result.coverage.states, 5'000U);
    EXPECT_LT(result.coverage.states, 8'000U);

    options.bounds = {};
    options.bounds.memory_bytes = 1'500'000;
    EXPECT_EQ(checked(SlidingWindow{}, options).bound, Bound::memory);

    options.bounds = {};
    options.bounds.time = std::chrono::milliseconds(0);
    EXPECT_EQ(checked(SlidingWindow{}, options).bound, Bound::time);
  }
  Options deep = with(Strategy::depth_first);
  deep.bounds.depth = 5;
  EXPECT_EQ(checked(SlidingWindow{}, deep).bound, Bound::depth);
}

TEST(CheckTest, DepthFirstUnderABoundOfDepthSeesAllThatIsThatNear) {
  for (const std::uint32_t depth : {3U, 7U, 12U}) {
    Options options = plain();
    options.bounds.depth = depth;
    const auto broad = checked(SlidingWindow{}, options);
    options.strategy = Strategy::depth_first;
    EXPECT_EQ(checked(SlidingWindow{}, options).coverage.states, broad.coverage.states);
  }
}

TEST(CheckTest, RandomWalksFindTheFirstWalkThatViolatesWhateverTheThreads) {
  const SlidingWindow broken{2, 2, 4, 2};
  Options options = with(Strategy::random_walks);
  options.seed = 5;
  const auto alone = checked(broken, options);
  ASSERT_EQ(alone.outcome, Outcome::safety_violated);
  options.threads = 3;
  EXPECT_EQ(show(broken, *checked(broken, options).counterexample),
            show(broken, *alone.counterexample));
  options.walks = 50;
  const auto sound = checked(SlidingWindow{}, options);
  EXPECT_EQ(sound.outcome, Outcome::holds) << account(sound);
  EXPECT_EQ(sound.properties[0].verdict, Verdict::undecided);
}

TEST(CheckTest, WhatCannotBeCombinedIsAnError) {
  Options options = with(Strategy::depth_first);
  EXPECT_FALSE(check(Peterson{}, options).ok());
  options = plain();
  options.checkpoint.path = "unused";
  EXPECT_FALSE(check(Peterson{}, options).ok());
  options.exact = true;
  EXPECT_FALSE(check(SlidingWindow{}, options).ok());
}

TEST(CheckTest, TheAccountNamesWhatHappened) {
  Options options = plain();
  options.bounds.depth = 3;
  const std::string text = account(checked(SlidingWindow{}, options));
  EXPECT_NE(text.find("bound reached (bound of depth)"), std::string::npos) << text;
  EXPECT_NE(text.find("collision probability at most"), std::string::npos) << text;
}

}  // namespace
}  // namespace lockstep::checker
