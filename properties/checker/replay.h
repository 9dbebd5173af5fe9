// States and counterexamples out of links: only the frontier holds states, so a path is walked
// again from its initial state.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

#include "properties/checker/space.h"
#include "properties/checker/visited.h"

namespace lockstep::checker {

// Makes states from ids. Remembers the path to the last one, so that asking in the order of a
// breadth-first level, in which neighbours share most of their paths, replays each ancestor once.
template <Model M>
class Replayer {
 public:
  using State = typename M::State;

  Replayer(const Space<M>& space, const Visited<State>& visited)
      : space_(space), visited_(visited), initial_(space.initial_states()) {}

  // Requires: `depth` is the number of links between id and its initial state.
  const State& state_of(StateId id, std::size_t depth) {
    missing_.clear();
    StateId at = id;
    std::size_t kept = depth + 1;  // the part of path_ that stays
    while (kept > 0 && (path_.size() < kept || path_[kept - 1].first != at)) {
      missing_.push_back(at);
      --kept;
      if (kept > 0) at = visited_.record(at).parent;
    }
    path_.resize(kept);
    for (; !missing_.empty(); missing_.pop_back()) push(missing_.back());
    return path_.back().second;
  }

 private:
  void push(StateId id) {
    const Record& record = visited_.record(id);
    if (path_.empty()) {
      LOCKSTEP_CHECK((record.marks & Record::initial) != 0);
      path_.emplace_back(id, initial_[record.parent]);
      return;
    }
    const State& before = path_.back().second;
    space_.enabled_actions(before, actions_);
    State after = space_.next(before, actions_[record.action]);
    path_.emplace_back(id, std::move(after));
  }

  const Space<M>& space_;
  const Visited<State>& visited_;
  std::vector<State> initial_;
  std::vector<std::pair<StateId, State>> path_;
  std::vector<StateId> missing_;
  std::vector<typename M::Action> actions_;
};

// The ids from an initial state to this one, both included.
template <class State>
std::vector<StateId> path_to(const Visited<State>& visited, StateId id) {
  std::vector<StateId> path{id};
  while ((visited.record(path.back()).marks & Record::initial) == 0) {
    path.push_back(visited.record(path.back()).parent);
  }
  std::reverse(path.begin(), path.end());
  return path;
}

// One step of a path as it was searched.
struct Hop {
  Fingerprint after;
  std::size_t action = 0;  // index among the enabled actions
};

// The run along a path. Under symmetry the hops are between representatives; the run shown is a
// real one, so each step takes the first action whose outcome is alike.
template <Model M>
Counterexample<M> realise(const Space<M>& space, std::size_t initial_index,
                          const std::vector<Hop>& hops, std::size_t property) {
  std::vector<typename M::State> initial;
  space.model().initial_states(initial);
  Counterexample<M> found{property, initial[initial_index], {}, {}};
  std::vector<typename M::Action> actions;
  typename M::State state = found.initial;
  for (const Hop& hop : hops) {
    space.enabled_actions(state, actions);
    std::size_t chosen = hop.action;
    if (space.has_symmetry()) {
      const auto is_alike = [&](const typename M::Action& action) {
        return space.fingerprint(space.next(state, action)) == hop.after;
      };
      chosen = static_cast<std::size_t>(std::find_if(actions.begin(), actions.end(), is_alike) -
                                        actions.begin());
    }
    LOCKSTEP_CHECK(chosen < actions.size());  // else canonical() is not a symmetry
    state = space.model().next_state(state, actions[chosen]);
    found.steps.push_back({actions[chosen], state});
  }
  return found;
}

// The run by which a breadth-first search came to a state.
template <Model M>
Counterexample<M> counterexample_to(const Space<M>& space,
                                    const Visited<typename M::State>& visited, StateId id,
                                    std::size_t property) {
  const std::vector<StateId> path = path_to(visited, id);
  std::vector<Hop> hops;
  for (std::size_t i = 1; i < path.size(); ++i) {
    hops.push_back({visited.record(path[i]).fingerprint, visited.record(path[i]).action});
  }
  return realise(space, visited.record(path.front()).parent, hops, property);
}

}  // namespace lockstep::checker
