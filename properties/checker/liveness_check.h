// Liveness of a model on the graph of a finished search: the first property that a run violates.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "properties/checker/liveness.h"
#include "properties/checker/space.h"

namespace lockstep::checker {

template <Model M>
Counterexample<M> counterexample_of(const Space<M>& space, const Lasso& lasso,
                                    const std::vector<typename M::State>& initial,
                                    std::size_t property) {
  Counterexample<M> found{property, initial[lasso.initial], {}, {}};
  typename M::State state = found.initial;
  std::vector<typename M::Action> actions;
  const auto follow = [&](const std::vector<Lasso::Step>& steps) {
    for (const Lasso::Step& step : steps) {
      space.enabled_actions(state, actions);
      state = space.next(state, actions[step.action]);
      found.steps.push_back({actions[step.action], state});
    }
  };
  follow(lasso.stem);
  if (!lasso.cycle.empty()) found.cycle_at = found.steps.size();
  follow(lasso.cycle);
  return found;
}

// `initial` by vertex: the initial states, each once.
template <Model M>
std::optional<Counterexample<M>> find_liveness_violation(
    const Space<M>& space, const StateGraph& graph, const std::vector<typename M::State>& initial) {
  std::size_t number = 0;
  for (std::size_t i = 0; i < space.properties().size(); ++i) {
    const Property<M>& property = space.properties()[i];
    if (!is_liveness(property.kind)) continue;
    const auto lasso = find_lasso(graph, property.kind, number++, property.trigger != nullptr);
    if (lasso) return counterexample_of(space, *lasso, initial, i);
  }
  return std::nullopt;
}

}  // namespace lockstep::checker
