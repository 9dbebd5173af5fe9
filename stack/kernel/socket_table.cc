#include "stack/kernel/socket_table.h"

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {

void SocketTable::reset(std::uint32_t max_descriptors) {
  while (first_ != no_slot) destroy(first_);
  free_.clear();
  used_slots_ = 0;
  descriptors_.clear();
  lowest_free_ = open_descriptors_ = 0;
  // Descriptor numbers stay within int32.
  max_descriptors_ = max_descriptors < 0x7fff0000 ? max_descriptors : 0x7fff0000;
}

Slot SocketTable::create(Domain domain, Type type) {
  Slot slot;
  if (!free_.empty()) {
    slot = free_.back();
    free_.pop_back();
  } else {
    slot = used_slots_++;
    if (slot == slots_.size()) slots_.emplace_back();
  }
  Socket& socket = slots_[slot];
  socket.domain = domain;
  socket.type = type;
  socket.live = true;
  socket.previous = last_;
  (last_ == no_slot ? first_ : slots_[last_].next) = slot;
  last_ = slot;
  return slot;
}

void SocketTable::destroy(Slot slot) {
  Socket& socket = slots_[slot];
  LOCKSTEP_CHECK(socket.live);
  (socket.previous == no_slot ? first_ : slots_[socket.previous].next) = socket.next;
  (socket.next == no_slot ? last_ : slots_[socket.next].previous) = socket.previous;
  clear(socket);
  free_.push_back(slot);
}

Fd SocketTable::attach(Slot slot) {
  LOCKSTEP_CHECK(has_free_descriptor());
  while (lowest_free_ < descriptors_.size() && descriptors_[lowest_free_] != no_slot) {
    ++lowest_free_;
  }
  if (lowest_free_ == descriptors_.size()) descriptors_.push_back(no_slot);
  descriptors_[lowest_free_] = slot;
  const Fd fd{static_cast<std::int32_t>(lowest_free_++) + first_descriptor};
  ++open_descriptors_;
  Socket& socket = slots_[slot];
  if (socket.descriptors++ == 0) socket.fd = fd;
  return fd;
}

void SocketTable::detach(Fd fd) {
  const Slot slot = find(fd);
  LOCKSTEP_CHECK(slot != no_slot);
  const auto index = static_cast<std::uint32_t>(fd.value - first_descriptor);
  descriptors_[index] = no_slot;
  if (index < lowest_free_) lowest_free_ = index;
  --open_descriptors_;
  Socket& socket = slots_[slot];
  if (--socket.descriptors == 0) {
    socket.fd = Fd{};
  } else if (socket.fd == fd) {
    for (std::uint32_t i = 0; i < descriptors_.size(); ++i) {
      if (descriptors_[i] != slot) continue;
      socket.fd = Fd{static_cast<std::int32_t>(i) + first_descriptor};
      break;
    }
  }
}

std::uint64_t SocketTable::hash(std::uint64_t seed, std::uint64_t now_ticks) const {
  for (Slot slot = first_; slot != no_slot; slot = next(slot)) {
    seed = slots_[slot].hash(hash_mix(seed, slot), now_ticks);
  }
  for (std::uint32_t i = 0; i < descriptors_.size(); ++i) {
    if (descriptors_[i] != no_slot) {
      seed = hash_mix(seed, (std::uint64_t{i} << 32) | descriptors_[i]);
    }
  }
  return seed;
}

bool operator==(const SocketTable& a, const SocketTable& b) {
  Slot left = a.first_;
  Slot right = b.first_;
  while (left != no_slot && left == right) {
    if (!(a.slots_[left] == b.slots_[right])) return false;
    left = a.next(left);
    right = b.next(right);
  }
  if (left != right || a.open_descriptors_ != b.open_descriptors_) return false;
  const std::size_t most =
      a.descriptors_.size() > b.descriptors_.size() ? a.descriptors_.size() : b.descriptors_.size();
  for (std::size_t i = 0; i < most; ++i) {
    const Slot one = i < a.descriptors_.size() ? a.descriptors_[i] : no_slot;
    const Slot other = i < b.descriptors_.size() ? b.descriptors_[i] : no_slot;
    if (one != other) return false;
  }
  return a.max_descriptors_ == b.max_descriptors_;
}

}  // namespace lockstep
