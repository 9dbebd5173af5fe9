// TimerQueue: the sockets' deadlines in order. Entries are hints: the socket knows its true
// deadline, and an entry that comes too early is put back. So arming a timer later, or disarming
// it, costs nothing.
#pragma once

#include <algorithm>
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

  void reset() { heap_.clear(); }
  bool empty() const { return heap_.empty(); }
  const Entry& top() const { return heap_.front(); }
  void push(Entry entry) {
    heap_.push_back(entry);
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
  Entry pop() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const Entry entry = heap_.back();
    heap_.pop_back();
    return entry;
  }

 private:
  std::vector<Entry> heap_;
};

}  // namespace lockstep
