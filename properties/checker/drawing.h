// Small graphs as pictures: Graphviz's dot, or an SVG that needs no Graphviz.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "properties/checker/model.h"

namespace lockstep::checker {

struct Drawing {
  struct Node {
    std::string text;
    std::uint32_t depth = 0;
    bool is_wrong = false;  // violates a safety property
  };
  struct Edge {
    std::size_t from = 0;
    std::size_t to = 0;
    std::string text;
  };
  std::vector<Node> nodes;  // in breadth-first order
  std::vector<Edge> edges;
};

std::string to_dot(const Drawing& drawing);

// Layered by depth, edges that go back or stay bent aside; texts are tooltips.
std::string to_svg(const Drawing& drawing);

// Explores by itself, in the plainest way there is, without reductions, and past violations.
// ResourceExhausted for a model of more than nodes_max states.
template <Model M>
absl::StatusOr<Drawing> draw(const M& model, std::size_t nodes_max) {
  Drawing drawing;
  std::vector<typename M::State> states;
  std::map<Fingerprint, std::size_t> number_of;
  const auto note = [&](const typename M::State& state, std::uint32_t depth) {
    const auto [at, is_new] = number_of.emplace(fingerprint_of(model, state), states.size());
    if (is_new) {
      states.push_back(state);
      drawing.nodes.push_back({std::to_string(at->second), depth, false});
      if constexpr (HasDescription<M>) drawing.nodes.back().text = model.describe(state);
    }
    return at->second;
  };
  std::vector<typename M::State> initial;
  model.initial_states(initial);
  for (const typename M::State& state : initial) note(state, 0);
  std::vector<typename M::Action> actions;
  for (std::size_t from = 0; from < states.size(); ++from) {
    if (states.size() > nodes_max) {
      return absl::ResourceExhaustedError("the graph is too large to be drawn");
    }
    actions.clear();
    model.enabled_actions(states[from], actions);
    for (const Property<M>& property : model.properties()) {
      const bool is_asked = property.kind == PropertyKind::always ||
                            (property.kind == PropertyKind::ends_well && actions.empty());
      if (is_asked && !property.holds(model, states[from])) drawing.nodes[from].is_wrong = true;
    }
    for (const typename M::Action& action : actions) {
      const typename M::State after = model.next_state(states[from], action);
      const std::size_t to = note(after, drawing.nodes[from].depth + 1);
      drawing.edges.push_back({from, to, model.label(action)});
    }
  }
  return drawing;
}

}  // namespace lockstep::checker
