// The explored graph, kept by a run that decides liveness: Boost.Graph's compressed sparse rows,
// 8 bytes a transition. A vertex is a state's rank in the breadth-first search, so that the graph
// and what is read from it are the same whatever the number of workers.
#pragma once

#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "properties/checker/model.h"

namespace lockstep::checker {

using Vertex = std::uint32_t;

// A Fairness in a byte: 0 for none, else the class + 1, with the upper bit for strong.
using PackedFairness = std::uint8_t;
inline constexpr PackedFairness strong_bit = 0x80;
PackedFairness pack(Fairness fairness);

struct EdgeLabel {
  std::uint16_t action = 0;  // index among the enabled actions of the source
  PackedFairness fairness = 0;
  std::uint8_t unused = 0;
};

using Graph = boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, EdgeLabel,
                                                 boost::no_property, Vertex, std::uint32_t>;

// Bits of what holds in a vertex: two a liveness property, in the order of the properties.
constexpr std::uint32_t holds_bit(std::size_t liveness_property) {
  return 1U << (2 * liveness_property);
}
constexpr std::uint32_t trigger_bit(std::size_t liveness_property) {
  return 2U << (2 * liveness_property);
}
inline constexpr std::size_t liveness_properties_max = 16;

struct StateGraph {
  Graph graph;
  std::vector<std::uint32_t> marks;  // by vertex
  Vertex initial_count = 0;          // the initial states are the first vertices

  std::size_t size() const { return marks.size(); }
};

// What one worker saw of consecutive frontier positions.
struct GraphChunk {
  struct Edge {
    std::uint32_t target = 0;  // a state id; a vertex once the graph is finished
    EdgeLabel label;
  };
  static_assert(sizeof(Edge) == 8);

  std::size_t first = 0;
  std::vector<Edge> edges;
  std::vector<std::uint32_t> degrees;
  std::vector<std::uint32_t> marks;
};

// Gathers chunks level by level. Rows are complete only for the vertices that were expanded.
class GraphBuilder {
 public:
  void add_vertices(const std::vector<std::uint32_t>& ids);
  void add_level(std::vector<GraphChunk>& chunks);  // in any order; leaves none
  std::uint64_t memory_bytes() const;
  std::size_t edge_count() const { return edge_count_; }

  // Requires: every vertex was expanded. ids_end: one more than the greatest state id.
  StateGraph finish(std::uint64_t ids_end, Vertex initial_count);

 private:
  std::vector<std::uint32_t> ids_;  // by vertex
  std::vector<std::uint32_t> degrees_;
  std::vector<std::uint32_t> marks_;
  std::vector<std::vector<GraphChunk::Edge>> edges_;
  std::size_t edge_count_ = 0;
};

}  // namespace lockstep::checker
