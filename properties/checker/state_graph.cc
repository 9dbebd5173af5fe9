#include "properties/checker/state_graph.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "stack/api/check.h"

namespace lockstep::checker {

PackedFairness pack(Fairness fairness) {
  LOCKSTEP_CHECK(fairness.of_class < fairness_classes_max);
  const auto number = static_cast<PackedFairness>(fairness.of_class + 1);
  switch (fairness.kind) {
    case Fairness::Kind::none:
      return 0;
    case Fairness::Kind::weak:
      return number;
    case Fairness::Kind::strong:
      return static_cast<PackedFairness>(number | strong_bit);
  }
  return 0;
}

void GraphBuilder::add_vertices(const std::vector<std::uint32_t>& ids) {
  ids_.insert(ids_.end(), ids.begin(), ids.end());
}

void GraphBuilder::add_level(std::vector<GraphChunk>& chunks) {
  std::sort(chunks.begin(), chunks.end(),
            [](const GraphChunk& a, const GraphChunk& b) { return a.first < b.first; });
  for (GraphChunk& chunk : chunks) {
    degrees_.insert(degrees_.end(), chunk.degrees.begin(), chunk.degrees.end());
    marks_.insert(marks_.end(), chunk.marks.begin(), chunk.marks.end());
    edge_count_ += chunk.edges.size();
    chunk.edges.shrink_to_fit();
    edges_.push_back(std::move(chunk.edges));
  }
  chunks.clear();
}

std::uint64_t GraphBuilder::memory_bytes() const {
  return edge_count_ * sizeof(GraphChunk::Edge) +
         (ids_.capacity() + degrees_.capacity() + marks_.capacity()) * sizeof(std::uint32_t);
}

StateGraph GraphBuilder::finish(std::uint64_t ids_end, Vertex initial_count) {
  LOCKSTEP_CHECK(ids_.size() == marks_.size());
  LOCKSTEP_CHECK(edge_count_ < std::numeric_limits<std::uint32_t>::max());
  std::vector<Vertex> vertex_of(ids_end);
  for (Vertex vertex = 0; vertex < ids_.size(); ++vertex) vertex_of[ids_[vertex]] = vertex;
  ids_ = {};

  std::vector<std::pair<Vertex, Vertex>> ends;
  std::vector<EdgeLabel> labels;
  ends.reserve(edge_count_);
  labels.reserve(edge_count_);
  Vertex source = 0;
  std::uint32_t of_source = 0;
  for (std::vector<GraphChunk::Edge>& chunk : edges_) {
    for (const GraphChunk::Edge& edge : chunk) {
      while (of_source == degrees_[source]) {
        ++source;
        of_source = 0;
      }
      ends.emplace_back(source, vertex_of[edge.target]);
      labels.push_back(edge.label);
      ++of_source;
    }
    chunk = {};
  }
  edges_.clear();
  Graph graph(boost::edges_are_sorted, ends.begin(), ends.end(), labels.begin(),
              static_cast<Vertex>(marks_.size()));
  return {std::move(graph), std::move(marks_), initial_count};
}

}  // namespace lockstep::checker
