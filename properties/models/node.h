// Node: what the checker keeps of a state: how it was reached, and what tells it from others. Where
// it has no world of its own, a Cursor makes that again from the path when somebody asks.
#pragma once

#include <atomic>
#include <cstdint>
#include <utility>
#include <vector>

#include "oracle/judge/verdict.h"
#include "properties/checker/fingerprint.h"
#include "properties/models/world_pool.h"

namespace lockstep::models {

// What a closed system can do next.
struct Action {
  // In the order in which they are tried, which says which of several counterexamples is the least.
  enum class Kind : std::uint8_t { item, deliver, duplicate, drop, settle };
  Kind kind = Kind::item;
  std::uint8_t item = 0;
  std::uint8_t from = 0;  // Of a packet: its direction, and which of those under way there.
  std::uint8_t to = 0;
  std::uint16_t index = 0;
  friend bool operator==(const Action&, const Action&) = default;
};

struct Node;

// A hold on a node, and by it on those before it. Nodes are immutable; any number of threads.
class NodeRef {
 public:
  NodeRef() = default;
  explicit NodeRef(Node* node);  // The first hold on it.
  NodeRef(const NodeRef& other);
  NodeRef(NodeRef&& other) noexcept : node_(std::exchange(other.node_, nullptr)) {}
  NodeRef& operator=(NodeRef other) noexcept {
    std::swap(node_, other.node_);
    return *this;
  }
  ~NodeRef();

  const Node* get() const { return node_; }
  const Node& operator*() const { return *node_; }
  const Node* operator->() const { return node_; }
  // Gives the hold up without letting go.
  Node* release() { return std::exchange(node_, nullptr); }

  // Whether they are one state: by all that is digested where the nodes keep it (`exact`).
  friend bool operator==(const NodeRef& a, const NodeRef& b);

 private:
  Node* node_ = nullptr;
};

// A world that a node keeps until it is expanded.
class KeptWorld {
 public:
  KeptWorld() = default;
  ~KeptWorld() { take(); }
  KeptWorld(const KeptWorld&) = delete;
  KeptWorld& operator=(const KeptWorld&) = delete;

  // Requires: may_keep() of the world's pool was true, and nobody else has the node yet.
  void put(PooledWorld world) {
    pool_ = world.get_deleter().pool;
    world_.store(world.release(), std::memory_order_relaxed);
  }
  // The world, for one of those who ask; null for the others.
  PooledWorld take() const {
    World* world = pool_ == nullptr ? nullptr : world_.exchange(nullptr, std::memory_order_acq_rel);
    if (world != nullptr) pool_->drop_kept();
    return PooledWorld(world, {pool_});
  }

 private:
  mutable std::atomic<World*> world_ = nullptr;
  WorldPool* pool_ = nullptr;
};

struct Node {
  NodeRef parent;  // None of an initial state.
  Action action;   // By which its parent's world becomes its own.
  judge::Outcome outcome = judge::Outcome::allowed;
  std::uint32_t depth = 0;
  std::uint32_t reached = 0;  // Bits of goals that hold.
  checker::Fingerprint fingerprint;
  std::vector<std::uint64_t> words;  // Of the digest; empty unless asked for.
  KeptWorld kept;
  std::atomic<std::uint32_t> holders = 0;
};

}  // namespace lockstep::models
