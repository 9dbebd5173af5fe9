// World: one state of a closed system: real hosts, the oracle, the packets between them, and how
// far the programs have come. Immutable once it is made, and shared by those who hold it.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "oracle/judge/runner.h"
#include "properties/checker/fingerprint.h"
#include "properties/models/program.h"

namespace lockstep::models {

inline constexpr std::size_t threads_max = 64;

class WorldPool;

struct World {
  // Appends everything that makes this state another one than others.
  void digest(Digest& out) const;

  World(judge::PortFactory factory, const oracle::Dialect& dialect)
      : runner(std::move(factory), dialect) {}

  judge::Runner runner;
  std::array<std::uint8_t, counters_max> counts{};
  std::uint8_t drops = 0;  // Committed until now.
  std::uint8_t duplicates = 0;
  std::uint8_t reorderings = 0;
  bool is_settled = false;
  std::uint32_t answered = 0;  // Bits of goals about answers that were seen.
  std::uint32_t depth = 0;     // Steps since the initial state; not part of the state.
  // Derived from the rest.
  std::uint32_t reached = 0;  // Bits of goals that hold.
  checker::Fingerprint fingerprint;
  bool is_judged = true;  // The oracle is part of the state.

  std::atomic<std::uint32_t> holders = 0;
  WorldPool* pool = nullptr;
};

// Worlds that nobody holds any more, with their storage. Must outlive every state. Any number of
// threads.
class WorldPool {
 public:
  WorldPool(judge::PortFactory factory, const oracle::Dialect& dialect)
      : factory_(std::move(factory)), dialect_(&dialect) {}
  ~WorldPool();
  WorldPool(const WorldPool&) = delete;
  WorldPool& operator=(const WorldPool&) = delete;

  // One that nobody else holds; its content is of no account. It counts rules for this thread.
  World* take();
  void give_back(World* world);

  // How often each rule was applied, over all threads. Requires: none is at work.
  std::vector<std::uint64_t> applied() const;

 private:
  // Threads keep apart by their stripes; what one takes another may give back.
  struct alignas(64) Stripe {
    std::mutex mutex;
    std::vector<World*> idle;
    oracle::Counts counts;
  };
  static constexpr std::size_t stripe_count = threads_max;
  Stripe& stripe();

  judge::PortFactory factory_;
  const oracle::Dialect* dialect_;
  std::array<Stripe, stripe_count> stripes_;
};

// A state for the checker: a hold on a world.
class WorldRef {
 public:
  WorldRef() = default;
  explicit WorldRef(World* world) : world_(world) { world_->holders.store(1); }
  WorldRef(const WorldRef& other) : world_(other.world_) {
    if (world_ != nullptr) world_->holders.fetch_add(1, std::memory_order_relaxed);
  }
  WorldRef(WorldRef&& other) noexcept : world_(std::exchange(other.world_, nullptr)) {}
  WorldRef& operator=(WorldRef other) noexcept {
    std::swap(world_, other.world_);
    return *this;
  }
  ~WorldRef() {
    if (world_ == nullptr) return;
    if (world_->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      world_->pool->give_back(world_);
    }
  }

  const World& operator*() const { return *world_; }
  const World* operator->() const { return world_; }

  // By everything that is digested, word by word: what `exact` runs ask for.
  friend bool operator==(const WorldRef& a, const WorldRef& b);

 private:
  World* world_ = nullptr;
};

}  // namespace lockstep::models
