// What one worker does in a level of the breadth-first search, and what it found there.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "properties/checker/sleep_sets.h"
#include "properties/checker/space.h"
#include "properties/checker/state_graph.h"
#include "properties/checker/visited.h"

namespace lockstep::checker {

// The states of one level, in the order of their ranks: by least path from an initial state, paths
// being compared action by action.
template <class State>
struct Frontier {
  std::vector<State> states;
  std::vector<StateId> ids;

  std::size_t size() const { return ids.size(); }
  void clear() {
    states.clear();
    ids.clear();
  }
};

// A property that a state violates. `at` is a position in the frontier for ends, a state id for
// the states found.
struct Violation {
  std::uint32_t at = 0;
  std::size_t property = 0;
};

enum class Linking { by_id, by_position };

template <Model M>
class Worker {
 public:
  using State = typename M::State;
  using Action = typename M::Action;

  // by_id: links are final when made, for one worker without sleep sets, who finds each state by
  // its least link first. Else they name positions and are compared until the level is over.
  Worker(const Space<M>& space, Visited<State>& visited, Linking linking)
      : space_(space), visited_(visited), linking_(linking) {
    batch_.reserve(2 * batch_size);
  }

  void expand(const Frontier<State>& frontier, std::size_t begin, std::size_t end);

  // Of the level, emptied by the search between two levels.
  Frontier<State> found;
  std::vector<Violation> ends_violated;
  std::vector<Violation> found_violated;
  std::vector<GraphChunk> chunks;
  // Of the whole run.
  std::uint64_t transitions = 0;
  const Space<M>& space() const { return space_; }

 private:
  struct Candidate {
    State state;
    Record arrival;
    std::uint64_t sleep = 0;
    PackedFairness fairness = 0;
  };
  static constexpr std::size_t batch_size = 64;

  void expand_one(const State& state, StateId id, std::uint32_t position);
  void mark_vertex(const State& state);
  void flush();

  Space<M> space_;
  Visited<State>& visited_;
  Linking linking_;
  std::vector<Candidate> batch_;
  std::vector<Action> actions_;
  std::vector<Action> asleep_;
  std::vector<Action> actions_after_;
};

template <Model M>
void Worker<M>::expand(const Frontier<State>& frontier, std::size_t begin, std::size_t end) {
  if (space_.has_liveness()) chunks.push_back({begin, {}, {}, {}});
  for (std::size_t i = begin; i < end; ++i) {
    expand_one(frontier.states[i], frontier.ids[i], static_cast<std::uint32_t>(i));
    if (batch_.size() >= batch_size) flush();
  }
  flush();
}

// Successors are gathered first and looked up a batch later, when what prefetch() asked for is
// there: a look-up misses the cache nearly always, and a batch misses all at once.
template <Model M>
void Worker<M>::expand_one(const State& state, StateId id, std::uint32_t position) {
  space_.enabled_actions(state, actions_);
  if (actions_.empty()) {
    if (const auto property = space_.judge_end(state)) {
      ends_violated.push_back({position, *property});
    }
  }
  if (space_.has_liveness()) mark_vertex(state);
  const std::uint64_t sleeping = space_.has_sleep_sets() ? visited_.sleep_shared(id) : 0;
  asleep_.clear();
  for (std::size_t i = 0; sleeping != 0 && i < std::min<std::size_t>(64, actions_.size()); ++i) {
    if ((sleeping >> i & 1) != 0) asleep_.push_back(actions_[i]);
  }
  const bool by_id = linking_ == Linking::by_id;
  for (std::size_t i = 0; i < actions_.size(); ++i) {
    if (i < 64 && (sleeping >> i & 1) != 0) continue;
    Candidate& candidate = batch_.emplace_back();
    candidate.state = space_.next(state, actions_[i]);
    candidate.arrival = {space_.fingerprint(candidate.state), by_id ? id : position,
                         static_cast<std::uint16_t>(i), by_id ? std::uint16_t{0} : Record::fresh};
    visited_.prefetch(candidate.arrival.fingerprint);
    if constexpr (HasIndependent<M>) {
      if (space_.has_sleep_sets()) {
        candidate.sleep =
            sleeping_after(space_, asleep_, actions_[i], candidate.state, actions_after_);
        asleep_.push_back(actions_[i]);
      }
    }
    if constexpr (HasFairness<M>) {
      if (space_.has_liveness()) {
        candidate.fairness = pack(space_.model().fairness(actions_[i]));
      }
    }
    ++transitions;
  }
}

template <Model M>
void Worker<M>::mark_vertex(const State& state) {
  GraphChunk& chunk = chunks.back();
  chunk.degrees.push_back(static_cast<std::uint32_t>(actions_.size()));
  std::uint32_t marks = 0;
  std::size_t number = 0;
  for (const Property<M>& property : space_.properties()) {
    if (!is_liveness(property.kind)) continue;
    if (property.holds(space_.model(), state)) marks |= holds_bit(number);
    if (property.trigger != nullptr && property.trigger(space_.model(), state)) {
      marks |= trigger_bit(number);
    }
    ++number;
  }
  chunk.marks.push_back(marks);
}

template <Model M>
void Worker<M>::flush() {
  for (Candidate& candidate : batch_) {
    const auto inserted = visited_.insert(candidate.arrival, candidate.state,
                                          space_.has_sleep_sets() ? &candidate.sleep : nullptr);
    if (space_.has_liveness()) {
      chunks.back().edges.push_back(
          {inserted.id, {candidate.arrival.action, candidate.fairness, 0}});
    }
    if (!inserted.is_new) continue;
    if (const auto property = space_.judge(candidate.state)) {
      found_violated.push_back({inserted.id, *property});
    }
    found.ids.push_back(inserted.id);
    found.states.push_back(std::move(candidate.state));
  }
  batch_.clear();
}

}  // namespace lockstep::checker
