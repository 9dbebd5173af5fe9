#include "stack/tcp/reassembly.h"

#include <utility>

#include "stack/api/hash.h"

namespace lockstep {

void Reassembly::insert(SequenceNumber start, Slice bytes) {
  std::size_t index = 0;
  while (index < ranges_.size() && ranges_[index].end().at_or_before(start)) ++index;
  while (!bytes.empty()) {
    const auto size = static_cast<std::uint32_t>(bytes.size());
    const bool last = index == ranges_.size();
    if (!last && ranges_[index].start.at_or_before(start)) {
      // The head of the new bytes is held already.
      const std::uint32_t held = ranges_[index].end().distance_from(start);
      if (held >= size) return;
      bytes = std::move(bytes).sub(held, size - held);
      start = start + held;
      ++index;
      continue;
    }
    if (ranges_.size() >= max_ranges) return;
    const std::uint32_t room = last ? size : ranges_[index].start.distance_from(start);
    const std::uint32_t fits = room < size ? room : size;
    ranges_.insert(ranges_.begin() + static_cast<std::ptrdiff_t>(index),
                   Range{start, bytes.sub(0, fits)});
    ++index;
    bytes = std::move(bytes).sub(fits, size - fits);
    start = start + fits;
  }
}

void Reassembly::insert_fin(SequenceNumber position) {
  if (!fin_.has_value()) fin_ = position;
}

Slice Reassembly::take(SequenceNumber rcv_nxt) {
  while (!ranges_.empty()) {
    Range& range = ranges_.front();
    if (range.start.after(rcv_nxt)) return Slice();
    Slice bytes;
    if (range.end().after(rcv_nxt)) {
      const std::uint32_t stale = rcv_nxt.distance_from(range.start);
      bytes = std::move(range.bytes).sub(stale, range.bytes.size() - stale);
    }
    ranges_.erase(ranges_.begin());
    if (!bytes.empty()) return bytes;
  }
  return Slice();
}

void Reassembly::clear() {
  ranges_.clear();
  fin_.reset();
}

std::uint64_t Reassembly::hash(std::uint64_t seed) const {
  for (const Range& range : ranges_) {
    seed = hash_bytes(hash_mix(seed, range.start.value()), range.bytes.bytes());
  }
  return hash_mix(seed, fin_.has_value() ? std::uint64_t{fin_->value()} + 1 : 0);
}

}  // namespace lockstep
