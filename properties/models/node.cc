#include "properties/models/node.h"

namespace lockstep::models {

NodeRef::NodeRef(Node* node) : node_(node) { node_->holders.store(1, std::memory_order_relaxed); }

NodeRef::NodeRef(const NodeRef& other) : node_(other.node_) {
  if (node_ != nullptr) node_->holders.fetch_add(1, std::memory_order_relaxed);
}

// Paths may be long, so that those before a node are let go of in a loop.
NodeRef::~NodeRef() {
  Node* node = node_;
  while (node != nullptr && node->holders.fetch_sub(1, std::memory_order_acq_rel) == 1) {
    Node* before = node->parent.release();
    delete node;
    node = before;
  }
}

bool operator==(const NodeRef& a, const NodeRef& b) {
  if (a.node_ == b.node_) return true;
  if (a.node_ == nullptr || b.node_ == nullptr) return false;
  return a->fingerprint == b->fingerprint && a->words == b->words;
}

}  // namespace lockstep::models
