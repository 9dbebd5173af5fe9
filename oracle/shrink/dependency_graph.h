// DependencyGraph: which steps of a scenario have a meaning only because of which earlier ones. A
// step is removed together with all that depends on it, so that one replay decides about the set.
//
//   maker of a name (socket, accept, dup)      -> every step that mentions the name
//   step that caused a packet                  -> steps that act on the packet
//   bind, listen of a listener, its connectors -> the accepts that they feed
//   partition                                  -> the heal that ends it
#pragma once

#include <boost/graph/adjacency_list.hpp>
#include <cstddef>
#include <vector>

#include "oracle/scenario/step.h"

namespace lockstep::shrink {

// Which steps of a scenario: one bit a step.
using StepSet = std::vector<bool>;

class DependencyGraph {
 public:
  explicit DependencyGraph(const scenario::Scenario& scenario);

  std::size_t size() const { return boost::num_vertices(graph_); }
  // Whether `later` depends on `earlier` at once, not through a third step.
  bool depends(std::size_t later, std::size_t earlier) const;
  // The step and everything that depends on it.
  StepSet with_dependents(std::size_t step) const;
  StepSet with_dependents(const StepSet& steps) const;
  // Every step behind those it depends on; the order of the scenario where that leaves a choice is
  // not kept.
  std::vector<std::size_t> topological_order() const;

 private:
  using Graph = boost::adjacency_list<boost::setS, boost::vecS, boost::bidirectionalS>;

  void add_names(const scenario::Scenario& scenario);
  void add_packets(const scenario::Scenario& scenario);
  void add_accepts(const scenario::Scenario& scenario);
  void add_heals(const scenario::Scenario& scenario);
  void add(std::size_t earlier, std::size_t later);

  Graph graph_;
};

}  // namespace lockstep::shrink
