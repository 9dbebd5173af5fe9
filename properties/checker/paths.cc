#include "properties/checker/paths.h"

#include <algorithm>
#include <boost/graph/filtered_graph.hpp>
#include <boost/graph/strong_components.hpp>
#include <boost/range/iterator_range.hpp>

namespace lockstep::checker {
namespace {

// What boost::filtered_graph asks about vertices.
struct InPart {
  const Part* part = nullptr;
  bool operator()(Vertex vertex) const { return (*part)[vertex]; }
};

}  // namespace

Paths shortest_paths(const Graph& graph, const std::vector<Vertex>& sources, const Part& part) {
  const std::size_t size = num_vertices(graph);
  Paths paths{std::vector<EdgeIndex>(size, no_edge), std::vector<Vertex>(size), {}};
  Part is_reached(size);
  for (const Vertex source : sources) {
    if (!part[source] || is_reached[source]) continue;
    is_reached[source] = true;
    paths.order.push_back(source);
  }
  for (std::size_t i = 0; i < paths.order.size(); ++i) {
    const Vertex from = paths.order[i];
    for (const auto& edge : boost::make_iterator_range(out_edges(from, graph))) {
      const Vertex to = target(edge, graph);
      if (!part[to] || is_reached[to]) continue;
      is_reached[to] = true;
      paths.via[to] = get(boost::edge_index, graph, edge);
      paths.from[to] = from;
      paths.order.push_back(to);
    }
  }
  return paths;
}

std::vector<Lasso::Step> steps_to(const Graph& graph, const Paths& paths, Vertex to,
                                  Vertex* source) {
  std::vector<Lasso::Step> steps;
  while (paths.via[to] != no_edge) {
    const auto edge = edge_from_index(paths.via[to], graph);
    steps.push_back({graph[edge].action, to});
    to = paths.from[to];
  }
  std::reverse(steps.begin(), steps.end());
  if (source != nullptr) *source = to;
  return steps;
}

std::vector<std::uint32_t> components_of(const Graph& graph, const Part& part) {
  std::vector<std::uint32_t> components(num_vertices(graph), no_component);
  if (std::find(part.begin(), part.end(), true) == part.end()) return components;
  const boost::filtered_graph<Graph, boost::keep_all, InPart> within(graph, boost::keep_all(),
                                                                     InPart{&part});
  const auto index = get(boost::vertex_index, graph);
  boost::strong_components(within, boost::make_iterator_property_map(components.begin(), index));
  return components;
}

}  // namespace lockstep::checker
