#include "stack/udp/datagram_queue.h"

#include <utility>

#include "stack/api/hash.h"

namespace lockstep {

bool DatagramQueue::push(ReceivedDatagram datagram, std::size_t capacity) {
  const std::size_t cost = datagram.payload.size() + overhead;
  if (!queue_.empty() && charged_ + cost > capacity) return false;
  charged_ += cost;
  queue_.push_back(std::move(datagram));
  return true;
}

void DatagramQueue::clear() {
  queue_.clear();
  charged_ = 0;
}

std::uint64_t DatagramQueue::hash(std::uint64_t seed) const {
  for (std::size_t i = 0; i < queue_.size(); ++i) {
    seed = hash_mix(seed, stable_hash(queue_[i].source));
    seed = hash_bytes(seed, queue_[i].payload.bytes());
  }
  return hash_mix(seed, queue_.size());
}

}  // namespace lockstep
