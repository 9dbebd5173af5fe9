#include "properties/models/world_pool.h"

namespace lockstep::models {

WorldPool::~WorldPool() {
  for (World* world : idle_) delete world;
}

PooledWorld WorldPool::take() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      World* world = idle_.back();
      idle_.pop_back();
      return PooledWorld(world, {this});
    }
  }
  return PooledWorld(std::make_unique<World>(factory_, *dialect_).release(), {this});
}

bool WorldPool::may_keep() {
  if (kept_.fetch_add(1, std::memory_order_relaxed) < kept_max_) return true;
  drop_kept();
  return false;
}

void GiveBack::operator()(World* world) const {
  const std::lock_guard lock(pool->mutex_);
  pool->idle_.push_back(world);
}

}  // namespace lockstep::models
