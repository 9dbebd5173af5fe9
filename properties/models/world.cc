#include "properties/models/world.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep::models {

void World::digest(Digest& out) const {
  LOCKSTEP_CHECK(is_judged ? runner.digest(out) : runner.digest_stacks(out));
  out.add((std::uint64_t{drops} << 16) | (std::uint64_t{duplicates} << 8) | reorderings);
  out.add((std::uint64_t{answered} << 1) | (is_settled ? 1 : 0));
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    word = (word << 8) | counts[i];
    if (i % 8 == 7) out.add(std::exchange(word, 0));
  }
}

bool operator==(const WorldRef& a, const WorldRef& b) {
  if (a.world_ == b.world_) return true;
  if (a.world_ == nullptr || b.world_ == nullptr) return false;
  Digest left;
  Digest right;
  a.world_->digest(left);
  b.world_->digest(right);
  return std::ranges::equal(left.words(), right.words());
}

WorldPool::~WorldPool() {
  for (Stripe& stripe : stripes_) {
    for (World* world : stripe.idle) delete world;
  }
}

WorldPool::Stripe& WorldPool::stripe() {
  static std::atomic<std::size_t> threads = 0;
  thread_local const std::size_t number = threads.fetch_add(1);
  return stripes_[number % stripe_count];
}

World* WorldPool::take() {
  Stripe& own = stripe();
  World* world = nullptr;
  {
    const std::lock_guard lock(own.mutex);
    if (!own.idle.empty()) {
      world = own.idle.back();
      own.idle.pop_back();
    }
  }
  if (world == nullptr) {
    world = std::make_unique<World>(factory_, *dialect_).release();
    world->pool = this;
  }
  world->runner.oracle().judgement().count_into(&own.counts);
  return world;
}

void WorldPool::give_back(World* world) {
  Stripe& own = stripe();
  const std::lock_guard lock(own.mutex);
  own.idle.push_back(world);
}

std::vector<std::uint64_t> WorldPool::applied() const {
  std::vector<std::uint64_t> sum(oracle::rule_count());
  for (const Stripe& stripe : stripes_) {
    for (std::size_t i = 0; i < stripe.counts.applied.size(); ++i) {
      sum[i] += stripe.counts.applied[i];
    }
  }
  return sum;
}

}  // namespace lockstep::models
