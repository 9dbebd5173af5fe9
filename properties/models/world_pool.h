// WorldPool: worlds with their storage, for nodes that keep theirs until they are expanded. Of a
// narrow search all nodes do, of a wide one the first few thousand: a world is some 20 KiB.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <vector>

#include "properties/models/world.h"

namespace lockstep::models {

class WorldPool;

struct GiveBack {
  WorldPool* pool = nullptr;
  void operator()(World* world) const;
};
// Goes back to its pool, which must outlive it.
using PooledWorld = std::unique_ptr<World, GiveBack>;

// Any number of threads.
class WorldPool {
 public:
  WorldPool(judge::PortFactory factory, const oracle::Dialect& dialect, std::size_t kept_max)
      : factory_(std::move(factory)), dialect_(&dialect), kept_max_(kept_max) {}
  ~WorldPool();
  WorldPool(const WorldPool&) = delete;
  WorldPool& operator=(const WorldPool&) = delete;

  // One whose content is of no account.
  PooledWorld take();
  // Whether one more node may keep a world; it must then drop_kept() when it no longer does.
  bool may_keep();
  void drop_kept() { kept_.fetch_sub(1, std::memory_order_relaxed); }

 private:
  friend struct GiveBack;

  judge::PortFactory factory_;
  const oracle::Dialect* dialect_;
  std::size_t kept_max_;
  std::atomic<std::size_t> kept_ = 0;
  std::mutex mutex_;
  std::vector<World*> idle_;
};

}  // namespace lockstep::models
