#include "properties/models/cursor.h"

#include "stack/api/check.h"

namespace lockstep::models {

std::unique_ptr<World> Cursor::make_world() {
  auto world = std::make_unique<World>(factory_, *dialect_);
  world->runner.oracle().judgement().count_into(counts_);
  return world;
}

const World& Cursor::go_to(const NodeRef& node, const World& initial, const void* model,
                           Apply apply) {
  missing_.clear();
  const NodeRef* at = &node;
  while (at->get() != nullptr) {
    const std::size_t depth = (*at)->depth;
    if (depth < length_ && path_[depth].node.get() == at->get()) break;
    missing_.push_back(at);
    at = &(*at)->parent;
  }
  length_ = at->get() == nullptr ? 0 : (*at)->depth + std::size_t{1};
  for (; !missing_.empty(); missing_.pop_back()) {
    const NodeRef& next = *missing_.back();
    if (length_ == path_.size()) path_.push_back({NodeRef(), make_world()});
    Place& place = path_[length_];
    const World& before = length_ == 0 ? initial : *path_[length_ - 1].world;
    LOCKSTEP_CHECK(place.world->copy_from(before));
    if (length_ > 0) apply(model, *place.world, next->action);
    place.node = next;
    ++length_;
  }
  return *path_[length_ - 1].world;
}

World& Cursor::scratch_copy(const World& world) {
  if (scratch_ == nullptr) scratch_ = make_world();
  LOCKSTEP_CHECK(scratch_->copy_from(world));
  return *scratch_;
}

}  // namespace lockstep::models
