// SocketTable: a host's sockets by slot and by descriptor, and in the order in which they came
// into being. Descriptors are the lowest free ones from 3 up, as open(2) gives them.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/kernel/socket.h"

namespace lockstep {

inline constexpr std::int32_t first_descriptor = 3;

class SocketTable {
 public:
  // As new; storage is kept.
  void reset(std::uint32_t max_descriptors);

  // Requires: slot names a live socket.
  Socket& operator[](Slot slot) { return slots_[slot]; }
  const Socket& operator[](Slot slot) const { return slots_[slot]; }

  // A new socket behind all others. Invalidates references to sockets.
  Slot create(Domain domain, Type type);
  void destroy(Slot slot);
  bool is_live(Slot slot, std::uint32_t generation) const {
    return slot < slots_.size() && slots_[slot].live && slots_[slot].generation == generation;
  }

  // The socket that `fd` refers to, or no_slot.
  Slot find(Fd fd) const {
    const auto index = static_cast<std::uint32_t>(fd.value) - std::uint32_t{first_descriptor};
    return fd.value >= first_descriptor && index < descriptors_.size() ? descriptors_[index]
                                                                       : no_slot;
  }
  bool has_free_descriptor() const { return open_descriptors_ < max_descriptors_; }
  // Requires: has_free_descriptor().
  Fd attach(Slot slot);
  // Requires: find(fd) != no_slot.
  void detach(Fd fd);

  // Sockets in insertion order: for (slot = first(); slot != no_slot; slot = next(slot)).
  Slot first() const { return first_; }
  Slot next(Slot slot) const { return slots_[slot].next; }

  std::uint64_t hash(std::uint64_t seed, std::uint64_t now_ticks) const;
  // By content: slots in order, and descriptors.
  friend bool operator==(const SocketTable& a, const SocketTable& b);

 private:
  std::vector<Socket> slots_;
  std::vector<Slot> free_;
  std::uint32_t used_slots_ = 0;  // Slots ever given out since the reset.
  Slot first_ = no_slot;
  Slot last_ = no_slot;
  std::vector<Slot> descriptors_;
  std::uint32_t lowest_free_ = 0;  // No descriptor below this one is free.
  std::uint32_t open_descriptors_ = 0;
  std::uint32_t max_descriptors_ = 0;
};

}  // namespace lockstep
