// TimerQueue: the sockets' deadlines in order. Entries are hints: the socket knows its true
// deadline, and an entry that comes too early is put back. So arming a timer later, or disarming
// it, costs nothing. Entries that no socket stands by any more are thrown out once they may be most
// of all, so that many short-lived sockets do not fill the queue before their time has come.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <tuple>
#include <vector>

#include "stack/kernel/socket.h"

namespace lockstep {

class TimerQueue {
 public:
  struct Entry {
    std::uint64_t at = 0;
    Slot slot = no_slot;
    std::uint32_t generation = 0;

    friend bool operator>(const Entry& a, const Entry& b) {
      return std::tie(a.at, a.slot, a.generation) > std::tie(b.at, b.slot, b.generation);
    }
  };

  void reset() {
    heap_.clear();
    purge_at_ = purge_at_least;
  }
  std::size_t size() const { return heap_.size(); }
  bool empty() const { return heap_.empty(); }
  const Entry& top() const { return heap_.front(); }
  // `is_valid(const Entry&)` tells whether a socket stands by an entry. Requires: by the new one.
  template <typename IsValid>
  void push(Entry entry, IsValid&& is_valid) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
    if (heap_.size() < purge_at_) return;
    std::erase_if(heap_, [&](const Entry& old) { return !is_valid(old); });
    std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
    purge_at_ = std::max(purge_at_least, 2 * heap_.size());
  }
  Entry pop() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const Entry entry = heap_.back();
    heap_.pop_back();
    return entry;
  }

 private:
  static constexpr std::size_t purge_at_least = 256;

  std::vector<Entry> heap_;
  std::size_t purge_at_ = purge_at_least;
};

}  // namespace lockstep
