// What the checker's answers rest on: equal fingerprints mean equal futures, reductions change no
// verdict, and neither does the number of threads.
#include "properties/models/stack_model.h"

#include <gtest/gtest.h>

#include <deque>
#include <map>

#include "properties/models/test_model.h"

namespace lockstep::models {
namespace {

using checker::Fingerprint;
using testing::BoundValues;
using testing::explored;
using testing::honest;
using testing::program_of;

struct Case {
  std::string_view name;
  BoundValues bounds;
};

std::string name_of(const ::testing::TestParamInfo<Case>& info) {
  return std::string(info.param.name) + "_" + std::to_string(info.index);
}

const auto cases = ::testing::Values(
    Case{"bind_conflicts", {{"sockets", 2}, {"ports", 2}}}, Case{"udp_pair", {{"sends", 1}}},
    Case{"handshake", {{"duplicates", 0}, {"reorderings", 0}}},
    Case{"simultaneous_open", {{"duplicates", 0}, {"ticks", 0}}},
    Case{"data", {{"writes", 1}, {"drops", 1}}}, Case{"half_close", {}}, Case{"close_race", {}},
    Case{"lossy", {{"duplicates", 0}, {"reorderings", 0}}}, Case{"stale_duplicate", {}},
    Case{"zero_window", {{"ticks", 1}}}, Case{"zero_window_drains", {}},
    Case{"blind_attacker", {{"forgeries", 1}}}, Case{"backlog", {{"clients", 2}}},
    Case{"reboot", {}}, Case{"unix_pair", {}}, Case{"unix_pair", {{"type", 1}}},
    Case{"unix_pair", {{"type", 2}}});

// Where two runs come to one fingerprint, whatever is done next comes to one fingerprint, too: else
// the digest leaves something out that decides the future.
class CongruenceTest : public ::testing::TestWithParam<Case> {};

TEST_P(CongruenceTest, EqualStatesHaveEqualFutures) {
  constexpr std::size_t arrivals_max = 6'000;
  const auto model = StackModel::make(program_of(GetParam().name, GetParam().bounds), honest());
  ASSERT_TRUE(model.ok());
  struct Known {
    std::vector<Action> actions;
    std::vector<Fingerprint> after;
  };
  std::map<Fingerprint, Known> known;
  std::deque<NodeRef> queue;
  std::vector<NodeRef> initial;
  model->initial_states(initial);
  queue.push_back(initial.front());
  std::size_t again = 0;
  for (std::size_t arrivals = 0; !queue.empty() && arrivals < arrivals_max; ++arrivals) {
    const NodeRef state = queue.front();
    queue.pop_front();
    Known seen;
    model->enabled_actions(state, seen.actions);
    std::vector<NodeRef> successors;
    for (const Action& action : seen.actions) {
      successors.push_back(model->next_state(state, action));
      seen.after.push_back(successors.back()->fingerprint);
    }
    const auto [at, is_new] = known.emplace(state->fingerprint, seen);
    if (!is_new) {
      ++again;
      ASSERT_EQ(at->second.actions, seen.actions);
      ASSERT_EQ(at->second.after, seen.after);
      continue;
    }
    for (NodeRef& next : successors) queue.push_back(std::move(next));
  }
  EXPECT_GT(again, 10U) << "no two runs met, so nothing was compared";
}

INSTANTIATE_TEST_SUITE_P(All, CongruenceTest, cases, name_of);

class SleepSetsTest : public ::testing::TestWithParam<Case> {};

TEST_P(SleepSetsTest, KeepStatesAndVerdictsAndSaveTransitions) {
  checker::Options with;
  with.bounds.depth = 8;
  checker::Options without = with;
  without.sleep_sets = false;
  const Exploration reduced = explored(GetParam().name, GetParam().bounds, honest(), with);
  const Exploration whole = explored(GetParam().name, GetParam().bounds, honest(), without);
  EXPECT_EQ(reduced.outcome, whole.outcome);
  EXPECT_EQ(reduced.coverage.states, whole.coverage.states);
  EXPECT_LE(reduced.coverage.transitions, whole.coverage.transitions);
}

INSTANTIATE_TEST_SUITE_P(All, SleepSetsTest, cases, name_of);

TEST(StackModelTest, ActionsThatAreCalledIndependentCommute) {
  for (const std::string_view name : {"close_race", "udp_pair", "handshake", "backlog"}) {
    const auto model = StackModel::make(program_of(name), honest());
    ASSERT_TRUE(model.ok());
    std::deque<NodeRef> queue;
    std::vector<NodeRef> initial;
    model->initial_states(initial);
    queue.push_back(initial.front());
    std::size_t compared = 0;
    for (std::size_t i = 0; i < 400 && !queue.empty(); ++i) {
      const NodeRef state = queue.front();
      queue.pop_front();
      std::vector<Action> actions;
      model->enabled_actions(state, actions);
      for (std::size_t a = 0; a < actions.size(); ++a) {
        const NodeRef after_a = model->next_state(state, actions[a]);
        queue.push_back(after_a);
        for (std::size_t b = a + 1; b < actions.size(); ++b) {
          if (!model->independent(actions[a], actions[b])) continue;
          ++compared;
          const NodeRef after_b = model->next_state(state, actions[b]);
          ASSERT_EQ(model->next_state(after_a, actions[b])->fingerprint,
                    model->next_state(after_b, actions[a])->fingerprint)
              << name << ": " << model->label(actions[a]) << " | " << model->label(actions[b]);
        }
      }
    }
    EXPECT_GT(compared, 50U) << name;
  }
}

TEST(StackModelTest, ThreadsAndFullStatesChangeNothing) {
  const Exploration one = explored("close_race", {{"writes", 1}});
  checker::Options options;
  options.threads = 3;
  const Exploration three = explored("close_race", {{"writes", 1}}, honest(), options);
  options.threads = 1;
  options.exact = true;
  const Exploration exact = explored("close_race", {{"writes", 1}}, honest(), options);
  for (const Exploration* other : {&three, &exact}) {
    EXPECT_EQ(other->coverage.states, one.coverage.states);
    EXPECT_EQ(other->coverage.transitions, one.coverage.transitions);
    EXPECT_EQ(other->coverage.depth, one.coverage.depth);
    EXPECT_EQ(other->outcome, one.outcome);
  }
}

TEST(StackModelTest, TheLeastRunIsTheSameWhateverTheThreads) {
  const Setting setting = testing::lying("rst_swallowed");
  const Exploration one = explored("close_race", {}, setting);
  checker::Options options;
  options.threads = 4;
  const Exploration four = explored("close_race", {}, setting, options);
  ASSERT_TRUE(one.found && four.found);
  EXPECT_EQ(one.found->text, four.found->text);
}

}  // namespace
}  // namespace lockstep::models
