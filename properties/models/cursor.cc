#include "properties/models/cursor.h"

#include "stack/api/check.h"

namespace lockstep::models {

PooledWorld Cursor::copy_of(const World& world) {
  PooledWorld copy = pool_->take();
  copy->runner.oracle().judgement().count_into(counts_);
  LOCKSTEP_CHECK(copy->copy_from(world));
  return copy;
}

const World& Cursor::go_to(const NodeRef& node, const World& initial, const void* model,
                           Apply apply) {
  if (here_.node.get() == node.get()) return *here_.world;
  if (PooledWorld own = node->kept.take()) {
    here_ = {node, std::move(own)};
    return *here_.world;
  }
  missing_.clear();
  const NodeRef* at = &node;
  while (at->get() != nullptr) {
    const std::size_t depth = (*at)->depth;
    if (depth < path_.size() && path_[depth].node.get() == at->get()) break;
    missing_.push_back(at);
    at = &(*at)->parent;
  }
  path_.resize(at->get() == nullptr ? 0 : (*at)->depth + std::size_t{1});
  for (; !missing_.empty(); missing_.pop_back()) {
    const NodeRef& next = *missing_.back();
    PooledWorld world = copy_of(path_.empty() ? initial : *path_.back().world);
    if (!path_.empty()) apply(model, *world, next->action);
    path_.push_back({next, std::move(world)});
  }
  return *path_.back().world;
}

}  // namespace lockstep::models
