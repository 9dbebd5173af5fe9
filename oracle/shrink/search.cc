#include "oracle/shrink/search.h"

#include <utility>

#include "oracle/scenario/text.h"
#include "oracle/shrink/cost.h"
#include "oracle/shrink/names.h"

namespace lockstep::shrink {

Search::Search(const Scenario& start, const Replayer& replayer, ShrinkLimits limits)
    : replayer_(replayer),
      limits_(std::move(limits)),
      steps_max_(start.steps.size()),
      current_(tidy(start)) {
  failure_ = replay(current_);
}

Scenario Search::tidy(const Scenario& scenario) {
  return with_labels_in_order(scenario::canonical(scenario));
}

const Replayed& Search::replay(const Scenario& scenario) {
  const auto [entry, is_new] = known_.try_emplace(scenario::print(scenario));
  if (is_new) {
    ++replays_;
    entry->second = replayer_.replay(scenario);
  }
  return entry->second;
}

bool Search::attempt(const Scenario& candidate) {
  if (exhausted()) return false;
  if (candidate.steps.size() > steps_max_) return false;
  Scenario tidied = tidy(candidate);
  if (!is_simpler(tidied, current_) || !replay(tidied).fails_like(failure_)) return false;
  current_ = std::move(tidied);
  return true;
}

bool Search::rename(const Scenario& candidate) {
  if (exhausted()) return false;
  Scenario tidied = tidy(candidate);
  if (tidied == current_ || !replay(tidied).fails_like(failure_)) return false;
  current_ = std::move(tidied);
  return true;
}

bool Search::detour(const Scenario& candidate, const std::function<void(Search&)>& reduce) {
  if (exhausted()) return false;
  Scenario tidied = tidy(candidate);
  if (tidied == current_ || !replay(tidied).fails_like(failure_)) return false;
  Scenario before = std::exchange(current_, std::move(tidied));
  reduce(*this);
  if (is_simpler(current_, before)) return true;
  current_ = std::move(before);
  return false;
}

bool Search::attempt_without(const StepSet& removed) {
  return attempt(without_steps(current_, removed));
}

bool Search::attempt_by_kind(const Scenario& candidate) {
  if (exhausted() || !replayer_.packets_by_cause) return false;
  ++replays_;
  return attempt(replayer_.packets_by_cause(candidate));
}

Scenario Search::with_packets_by_kind() {
  if (exhausted() || !replayer_.packets_by_kind) return current_;
  ++replays_;
  return replayer_.packets_by_kind(current_);
}

}  // namespace lockstep::shrink
