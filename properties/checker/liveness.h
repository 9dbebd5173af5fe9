// Decides liveness on the explored graph: strongly connected components, fair cycles, and which
// vertices can still reach a goal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "properties/checker/model.h"
#include "properties/checker/state_graph.h"

namespace lockstep::checker {

// A run from an initial vertex: a stem, and a cycle that goes back to where the stem ends. An empty
// cycle: the run ends there, without an enabled action.
struct Lasso {
  struct Step {
    std::uint16_t action = 0;
    Vertex to = 0;
  };
  Vertex initial = 0;
  std::vector<Step> stem;
  std::vector<Step> cycle;
};

// A fair run that violates the property, or none if there is none. `number` counts the liveness
// properties only. With has_trigger, `eventually` is asked of the trigger's vertices instead of the
// initial ones.
//
// eventually: the stem is a shortest one to a vertex from which the goal can be avoided forever.
// can_always_reach: the stem is a shortest one to a vertex from which the goal is out of reach, and
// goes on from there to the end or the cycle that shows it.
std::optional<Lasso> find_lasso(const StateGraph& states, PropertyKind kind, std::size_t number,
                                bool has_trigger);

}  // namespace lockstep::checker
