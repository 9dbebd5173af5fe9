// Shortest paths and strongly connected components of a part of the explored graph.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

#include "properties/checker/liveness.h"
#include "properties/checker/state_graph.h"

namespace lockstep::checker {

using EdgeIndex = std::uint32_t;
inline constexpr EdgeIndex no_edge = std::numeric_limits<EdgeIndex>::max();
inline constexpr std::uint32_t no_component = std::numeric_limits<std::uint32_t>::max();

// A part of the vertices: true for those that belong to it.
using Part = std::vector<bool>;

// Breadth first from the sources within a part. `via` has the edge by which each vertex was first
// reached and `order` the vertices in that order, sources first.
struct Paths {
  std::vector<EdgeIndex> via;  // no_edge for sources and what was not reached
  std::vector<Vertex> from;    // the source of that edge
  std::vector<Vertex> order;
};
Paths shortest_paths(const Graph& graph, const std::vector<Vertex>& sources, const Part& part);

// The steps to a vertex that was reached. Sets `source` to where they begin.
std::vector<Lasso::Step> steps_to(const Graph& graph, const Paths& paths, Vertex to,
                                  Vertex* source);

// The number of each vertex's component, sinks of the condensation first; no_component outside.
std::vector<std::uint32_t> components_of(const Graph& graph, const Part& part);

}  // namespace lockstep::checker
