// Search: the scenario that the passes make simpler, step by step. It alone decides what is
// accepted: a candidate that costs less and still fails for the same cause.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_map>

#include "oracle/scenario/step.h"
#include "oracle/shrink/edit.h"
#include "oracle/shrink/replay.h"
#include "oracle/shrink/shrink.h"

namespace lockstep::shrink {

class Search {
 public:
  // Requires: `start` fails. The replayer outlives the search.
  Search(const Scenario& start, const Replayer& replayer, ShrinkLimits limits);

  const Scenario& current() const { return current_; }
  // What every accepted candidate fails like.
  const Replayed& failure() const { return failure_; }
  // What is known of the run of current().
  const Replayed& replayed() { return replay(current_); }

  // Takes the candidate over when it is simpler and keeps the cause. True when it did.
  bool attempt(const Scenario& candidate);
  // Takes over what is not simpler but canonical: other names for the same steps.
  bool rename(const Scenario& candidate);
  // Goes on from a candidate that need not be simpler but keeps the cause, and comes back unless
  // `reduce` then makes it simpler than what is current now.
  bool detour(const Scenario& candidate, const std::function<void(Search&)>& reduce);
  bool attempt_without(const StepSet& removed);
  // The same with packets named anew: the candidate may name them by kind.
  bool attempt_by_kind(const Scenario& candidate);
  // The current scenario with packets named by kind; itself when the replayer cannot say.
  Scenario with_packets_by_kind();

  // No replay is left: the passes end early with what they have.
  bool exhausted() const {
    return replays_ >= limits_.replays_max || (limits_.enough && limits_.enough());
  }
  std::uint32_t replays() const { return replays_; }

 private:
  static Scenario tidy(const Scenario& scenario);
  const Replayed& replay(const Scenario& scenario);

  const Replayer& replayer_;
  ShrinkLimits limits_;
  std::uint32_t replays_ = 0;
  std::size_t steps_max_;                            // Of the original: no candidate has more.
  std::unordered_map<std::string, Replayed> known_;  // By text. Looked up only, never walked.
  Replayed failure_;
  Scenario current_;
};

}  // namespace lockstep::shrink
