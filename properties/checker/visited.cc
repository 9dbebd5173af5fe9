#include "properties/checker/visited.h"

namespace lockstep::checker {
namespace {

constexpr std::size_t slots_at_first = 64;

std::uint32_t size_max_of(std::size_t slots) { return static_cast<std::uint32_t>(slots * 17 / 20); }

}  // namespace

Shard::Shard() { set_slots(slots_at_first); }

void Shard::set_slots(std::size_t count) {
  slots_ = std::vector<std::uint64_t>();  // frees the old ones first: the records have it all
  slots_.resize(count);
  size_max_ = size_max_of(count);
  prefetch_slots_.store(slots_.data(), std::memory_order_relaxed);
  prefetch_count_.store(count, std::memory_order_relaxed);
}

// By 1.6, not by 2: a slot is then never less than 0.53 used, which is what bounds the memory.
void Shard::grow() {
  set_slots(slots_.size() * 8 / 5);
  for (std::uint32_t local = 0; local < size_; ++local) {
    const Fingerprint& fingerprint = record(local).fingerprint;
    std::size_t at = home(fingerprint, slots_.size());
    while (slots_[at] != 0) at = at + 1 == slots_.size() ? 0 : at + 1;
    slots_[at] = (std::uint64_t{tag(fingerprint)} << 32) | (local + 1);
  }
}

}  // namespace lockstep::checker
