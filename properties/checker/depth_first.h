// Depth-first search, whose frontier is one path, and iterative deepening, which repeats it with a
// limit of depth one greater each time and so finds a shortest violation.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "properties/checker/options.h"
#include "properties/checker/replay.h"
#include "properties/checker/result.h"
#include "properties/checker/sleep_sets.h"
#include "properties/checker/space.h"
#include "properties/checker/visited.h"

namespace lockstep::checker {

template <Model M>
class DepthFirst {
 public:
  using State = typename M::State;
  using Action = typename M::Action;

  // shortest: a state that is reached again by a shorter path is searched again, so that the limit
  // cuts only what is deeper by every path. Such a run goes without sleep sets: what sleeps may
  // have been left to a longer path.
  DepthFirst(const M& model, const Options& options, std::uint32_t limit, bool shortest)
      : options_(options),
        space_(model, without_sleep(options, shortest)),
        visited_(options.exact, Sharing::one_worker),
        limit_(limit),
        shortest_(shortest) {}

  void run(std::chrono::steady_clock::time_point started);
  Result<M> take_result();
  const Space<M>& space() const { return space_; }
  bool is_complete() const { return bound_ == Bound::none && !violation_; }
  Bound bound() const { return bound_; }

 private:
  // One state of the path, with what is still to be tried there.
  struct Stop {
    State state;
    Fingerprint fingerprint;
    std::size_t taken = 0;  // the action that led here
    std::vector<Action> actions;
    std::size_t next = 0;
    std::uint64_t skipped =
        0;  // bits of actions not to be tried: asleep, or tried by a visit before
    std::vector<Action> asleep;  // those that sleep, and those tried by this visit
  };

  static Options without_sleep(Options options, bool shortest) {
    options.sleep_sets = options.sleep_sets && !shortest;
    return options;
  }

  void arrive(State state, std::size_t taken, std::uint64_t sleep);
  void advance();
  void violate(std::size_t property) {
    if (!violation_) violation_ = property;
  }
  void note_bound();

  Options options_;
  Space<M> space_;
  Visited<State> visited_;
  std::uint32_t limit_;
  bool shortest_;
  std::vector<Stop> path_;  // the first `depth_` of it; the rest is kept for its memory
  std::size_t depth_ = 0;
  std::size_t initial_index_ = 0;
  std::vector<Action> actions_after_;
  std::chrono::steady_clock::time_point started_;
  std::optional<std::size_t> violation_;  // by the last state of the path
  Bound bound_ = Bound::none;
  std::uint64_t transitions_ = 0;
  std::uint64_t states_ = 0;
  std::uint64_t cut_ = 0;  // arrivals at the limit, with actions left
  std::size_t deepest_ = 0;
};

template <Model M>
void DepthFirst<M>::run(std::chrono::steady_clock::time_point started) {
  started_ = started;
  const std::vector<State> initial = space_.initial_states();
  for (initial_index_ = 0; initial_index_ < initial.size(); ++initial_index_) {
    arrive(initial[initial_index_], 0, 0);
    while (depth_ > 0 && !violation_ && bound_ == Bound::none) advance();
    if (violation_ || bound_ != Bound::none) return;
  }
  if (cut_ > 0) bound_ = Bound::depth;
}

// Goes on from the last state of the path, or back from it.
template <Model M>
void DepthFirst<M>::advance() {
  Stop& stop = path_[depth_ - 1];
  while (stop.next < stop.actions.size() && stop.next < 64 &&
         (stop.skipped >> stop.next & 1) != 0) {
    ++stop.next;
  }
  if (stop.next == stop.actions.size()) {
    --depth_;
    return;
  }
  if (depth_ > limit_) {
    ++cut_;
    --depth_;
    return;
  }
  const std::size_t index = stop.next++;
  ++transitions_;
  if ((transitions_ & 1023) == 0) note_bound();
  State after = space_.next(stop.state, stop.actions[index]);
  std::uint64_t sleep = 0;
  if constexpr (HasIndependent<M>) {
    if (space_.has_sleep_sets()) {
      sleep = sleeping_after(space_, stop.asleep, stop.actions[index], after, actions_after_);
      stop.asleep.push_back(stop.actions[index]);
    }
  }
  arrive(std::move(after), index, sleep);
}

// Puts a state at the end of the path if something is to be tried there.
template <Model M>
void DepthFirst<M>::arrive(State state, std::size_t taken, std::uint64_t sleep) {
  // The path is its own memory of how it came here, so the link's place has the depth.
  const Record record{space_.fingerprint(state), static_cast<std::uint32_t>(depth_), 0, 0};
  const auto met = visited_.insert(record, state, space_.has_sleep_sets() ? &sleep : nullptr);
  const bool is_nearer = shortest_ && visited_.record(met.id).parent > depth_;
  if (!met.is_new && !is_nearer && met.woken == 0) return;
  visited_.record(met.id).parent = static_cast<std::uint32_t>(depth_);
  if (path_.size() == depth_) path_.emplace_back();
  Stop& stop = path_[depth_++];
  stop.state = std::move(state);
  stop.fingerprint = record.fingerprint;
  stop.taken = taken;
  stop.next = 0;
  space_.enabled_actions(stop.state, stop.actions);
  stop.skipped = met.is_new || !space_.has_sleep_sets() ? sleep : ~met.woken;
  stop.asleep.clear();
  const std::uint64_t sleeping = space_.has_sleep_sets() ? visited_.sleep(met.id) : 0;
  for (std::size_t i = 0; i < std::min<std::size_t>(64, stop.actions.size()); ++i) {
    if ((sleeping >> i & 1) != 0) stop.asleep.push_back(stop.actions[i]);
  }
  // A visit that only tries what woke must not try again what has no bit and never slept.
  if (!met.is_new && space_.has_sleep_sets() && stop.actions.size() > 64) stop.actions.resize(64);
  if (!met.is_new) return;
  ++states_;
  deepest_ = std::max(deepest_, depth_ - 1);
  if (const auto property = space_.judge(stop.state)) violate(*property);
  if (stop.actions.empty()) {
    if (const auto property = space_.judge_end(stop.state)) violate(*property);
  }
}

template <Model M>
void DepthFirst<M>::note_bound() {
  const Bounds& bounds = options_.bounds;
  const std::uint64_t memory = visited_.memory_bytes() + path_.size() * sizeof(Stop);
  if (states_ >= std::min(bounds.states, states_limit)) {
    bound_ = Bound::states;
  } else if (memory > bounds.memory_bytes) {
    bound_ = Bound::memory;
  } else if (std::chrono::steady_clock::now() - started_ > bounds.time) {
    bound_ = Bound::time;
  }
}

template <Model M>
Result<M> DepthFirst<M>::take_result() {
  Result<M> result;
  Coverage& coverage = result.coverage;
  coverage.states = states_;
  coverage.transitions = transitions_;
  coverage.depth = static_cast<std::uint32_t>(deepest_);
  coverage.unexpanded = depth_ + cut_;
  coverage.memory_bytes = visited_.memory_bytes() + path_.size() * sizeof(Stop);
  coverage.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
  coverage.collision_probability_max = options_.exact ? 0 : collision_bound(states_);
  result.bound = violation_ ? Bound::none : bound_;
  if (violation_) {
    std::vector<Hop> hops;
    for (std::size_t i = 1; i < depth_; ++i) {
      hops.push_back({path_[i].fingerprint, path_[i].taken});
    }
    result.counterexample = realise(space_, initial_index_, hops, *violation_);
  }
  return result;
}

template <Model M>
absl::StatusOr<Result<M>> check_depth_first(const M& model, const Options& options) {
  const auto started = std::chrono::steady_clock::now();
  if (Space<M>(model, options).has_liveness() || !options.checkpoint.path.empty()) {
    return absl::InvalidArgumentError(
        "liveness is decided, and checkpoints are written, breadth first");
  }
  const bool deepens = options.strategy == Strategy::iterative_deepening;
  const std::uint32_t deepest = options.bounds.depth;
  std::uint64_t transitions = 0;
  for (std::uint32_t limit = deepens ? 0 : deepest;; ++limit) {
    DepthFirst<M> search(model, options, limit, deepens || deepest != Bounds().depth);
    search.run(started);
    Result<M> result = search.take_result();
    transitions += result.coverage.transitions;
    result.coverage.transitions = transitions;  // of all rounds
    if (search.bound() == Bound::depth && limit < deepest) continue;
    conclude(result, search.space(), search.is_complete() ? Seen::all : Seen::a_part);
    return result;
  }
}

}  // namespace lockstep::checker
