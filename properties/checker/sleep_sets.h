// Sleep sets (Godefroid): of two commuting actions, one order is enough. An action sleeps in a
// state where a search need not try it, because the state it leads to is reached by another order.
// All states are still visited; only transitions are saved.
#pragma once

#include <algorithm>
#include <cstdint>
#include <vector>

#include "properties/checker/space.h"
#include "stack/api/check.h"

namespace lockstep::checker {

// What sleeps after an action: the commuting ones among those that slept or were taken before it.
// As bits of indices among the actions enabled there, where each of them still is; what has an
// index of 64 or more stays awake.
template <Model M>
  requires HasIndependent<M>
std::uint64_t sleeping_after(const Space<M>& space, const std::vector<typename M::Action>& asleep,
                             const typename M::Action& taken, const typename M::State& after,
                             std::vector<typename M::Action>& actions_after) {
  std::uint64_t bits = 0;
  bool is_known = false;
  for (const typename M::Action& action : asleep) {
    if (!space.model().independent(action, taken)) continue;
    if (!is_known) space.enabled_actions(after, actions_after);
    is_known = true;
    // What violates a property ends a run and need not have the actions that it would have.
    if (actions_after.empty() && space.violated_by(after)) return 0;
    const auto at = std::find(actions_after.begin(), actions_after.end(), action);
    LOCKSTEP_CHECK(at != actions_after.end());  // else independent() is wrong
    const auto index = at - actions_after.begin();
    if (index < 64) bits |= std::uint64_t{1} << index;
  }
  return bits;
}

}  // namespace lockstep::checker
