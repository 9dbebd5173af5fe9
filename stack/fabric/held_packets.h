// HeldPackets: what is under way and arrives in a later tick, the earliest first and, of one tick,
// in the order in which it was put here. Taking and putting cost the logarithm of what is held, and
// no memory once there was room for as much.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <utility>
#include <vector>

namespace lockstep {

template <typename Item>
class HeldPackets {
 public:
  bool empty() const { return heap_.empty(); }
  std::size_t size() const { return heap_.size(); }
  // Requires: not empty.
  std::uint64_t next_due() const { return heap_.front().due; }

  void put(std::uint64_t due, Item item) {
    std::uint32_t place = static_cast<std::uint32_t>(items_.size());
    if (free_.empty()) {
      items_.push_back(std::move(item));
    } else {
      place = free_.back();
      free_.pop_back();
      items_[place] = std::move(item);
    }
    heap_.push_back({due, next_serial_++, place});
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }

  // Requires: not empty.
  Item take() {
    std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
    const std::uint32_t place = heap_.back().place;
    heap_.pop_back();
    free_.push_back(place);
    return std::move(items_[place]);
  }

 private:
  struct Entry {
    std::uint64_t due = 0;
    std::uint64_t serial = 0;
    std::uint32_t place = 0;

    friend auto operator<=>(const Entry&, const Entry&) = default;
  };

  std::vector<Entry> heap_;
  std::vector<Item> items_;
  std::vector<std::uint32_t> free_;
  std::uint64_t next_serial_ = 0;
};

}  // namespace lockstep
