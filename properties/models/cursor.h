// Cursor: where one thread stands in the graph: at a node whose world it took, or on a path of
// worlds to it. Going to a node without a world keeps what the two paths share, so that a search
// that takes nodes in the order of their paths makes each world about once.
#pragma once

#include <mutex>
#include <vector>

#include "oracle/spec/judgement.h"
#include "properties/models/node.h"
#include "properties/models/world_pool.h"

namespace lockstep::models {

class Cursor {
 public:
  // Applies the action to a world that is a copy of its parent's.
  using Apply = void (*)(const void* model, World& world, const Action& action);

  explicit Cursor(WorldPool& pool) : pool_(&pool) {}

  // The world of a node; valid until the next call of either.
  const World& go_to(const NodeRef& node, const World& initial, const void* model, Apply apply);
  // A copy of `world`, to change and perhaps to keep. Counts rules here.
  PooledWorld copy_of(const World& world);

  std::mutex& mutex() { return mutex_; }
  const oracle::Counts& counts() const { return counts_; }

 private:
  struct Place {
    NodeRef node;
    PooledWorld world;
  };

  WorldPool* pool_;
  Place here_;               // A node and its own world ...
  std::vector<Place> path_;  // ... or the worlds up to it, by depth.
  std::vector<const NodeRef*> missing_;
  oracle::Counts counts_;
  std::mutex mutex_;
};

}  // namespace lockstep::models
