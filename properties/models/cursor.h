// Cursor: where one thread stands in the graph: the worlds along the path to a node. Going to a
// node keeps what the two paths share, so that a search that takes nodes in the order of their
// paths makes each world about once.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "oracle/spec/judgement.h"
#include "properties/models/node.h"
#include "properties/models/world.h"

namespace lockstep::models {

class Cursor {
 public:
  // Applies the action to a world that is a copy of its parent's.
  using Apply = void (*)(const void* model, World& world, const Action& action);

  Cursor(judge::PortFactory factory, const oracle::Dialect& dialect)
      : factory_(std::move(factory)), dialect_(&dialect) {}

  // The world of a node; valid until the next call of either.
  const World& go_to(const NodeRef& node, const World& initial, const void* model, Apply apply);
  // A copy of `world` to change.
  World& scratch_copy(const World& world);

  std::mutex& mutex() { return mutex_; }
  const oracle::Counts& counts() const { return counts_; }

 private:
  struct Place {
    NodeRef node;
    std::unique_ptr<World> world;
  };
  std::unique_ptr<World> make_world();

  judge::PortFactory factory_;
  const oracle::Dialect* dialect_;
  std::vector<Place> path_;  // By depth; those past length_ keep their worlds for the next path.
  std::size_t length_ = 0;
  std::vector<const NodeRef*> missing_;
  std::unique_ptr<World> scratch_;
  oracle::Counts counts_;
  std::mutex mutex_;
};

}  // namespace lockstep::models
