#include "stack/wire/flight.h"

#include <algorithm>
#include <utility>

#include "stack/api/hash.h"

namespace lockstep {
namespace {

std::uint64_t traffic_mix(std::uint64_t seed, const InFlight& entry) {
  seed = hash_mix(seed, (std::uint64_t{entry.from} << 8) | entry.to);
  return hash_mix(seed, stable_hash(entry.packet));
}

std::uint64_t entry_mix(std::uint64_t seed, const InFlight& entry) {
  seed = hash_mix(seed, (std::uint64_t{entry.cause_label} << 32) | entry.ordinal);
  return traffic_mix(hash_mix(seed, entry.serial), entry);
}

bool equal_traffic(const InFlight& a, const InFlight& b) {
  return a.from == b.from && a.to == b.to && a.packet == b.packet;
}

}  // namespace

std::uint64_t Flight::add(Packet packet, std::uint8_t from, std::uint8_t to,
                          std::uint32_t cause_label, std::uint32_t ordinal) {
  const std::uint64_t serial = next_serial_++;
  slots_.emplace_back(std::move(packet), from, to, cause_label, ordinal, serial);
  archive(slots_.back());
  return serial;
}

// The place in slots_, or its size. Packets mostly arrive in order, so the search starts there.
std::size_t Flight::index_of(std::uint64_t serial) const {
  std::size_t index = first_;
  while (index < slots_.size() && slots_[index].serial != serial) ++index;
  return index;
}

const InFlight* Flight::find(std::uint64_t serial) const {
  const std::size_t index = index_of(serial);
  return index < slots_.size() ? &slots_[index] : nullptr;
}

const InFlight* Flight::find(std::uint32_t cause_label, std::uint32_t ordinal) const {
  for (const InFlight& entry : in_flight()) {
    if (entry.cause_label == cause_label && entry.ordinal == ordinal) return &entry;
  }
  return nullptr;
}

const InFlight* Flight::find_archived(std::uint32_t cause_label, std::uint32_t ordinal) const {
  for (std::size_t age = 1; age <= archive_.size(); ++age) {
    const InFlight& entry = archive_[(archive_next_ + archive_.size() - age) % archive_.size()];
    if (entry.cause_label == cause_label && entry.ordinal == ordinal) return &entry;
  }
  return nullptr;
}

std::optional<InFlight> Flight::take(std::uint64_t serial) {
  const std::size_t index = index_of(serial);
  if (index == slots_.size()) return std::nullopt;
  std::optional<InFlight> entry(std::move(slots_[index]));
  if (index == first_) {
    ++first_;
    drop_taken();
  } else {
    slots_.erase(slots_.begin() + static_cast<std::ptrdiff_t>(index));
  }
  return entry;
}

std::optional<std::uint64_t> Flight::duplicate(std::uint64_t serial) {
  const std::size_t index = index_of(serial);
  if (index == slots_.size()) return std::nullopt;
  InFlight copy = slots_[index];
  copy.serial = next_serial_++;
  slots_.push_back(std::move(copy));
  return slots_.back().serial;
}

bool Flight::hold_back(std::uint64_t serial) {
  const std::size_t index = index_of(serial);
  if (index == slots_.size()) return false;
  const auto at = slots_.begin() + static_cast<std::ptrdiff_t>(index);
  std::rotate(at, at + 1, slots_.end());
  return true;
}

std::size_t Flight::lose_between(std::uint8_t a, std::uint8_t b) {
  const auto begin = slots_.begin() + static_cast<std::ptrdiff_t>(first_);
  const auto kept = std::remove_if(begin, slots_.end(), [a, b](const InFlight& entry) {
    return (entry.from == a && entry.to == b) || (entry.from == b && entry.to == a);
  });
  const auto lost = static_cast<std::size_t>(slots_.end() - kept);
  slots_.erase(kept, slots_.end());
  return lost;
}

void Flight::clear() {
  slots_.clear();
  first_ = 0;
  next_serial_ = 0;
  archive_.clear();
  archive_next_ = 0;
}

void Flight::archive(const InFlight& entry) {
  if (archive_capacity_ == 0) return;
  if (archive_.size() < archive_capacity_) {
    archive_.push_back(entry);
  } else {
    archive_[archive_next_] = entry;
  }
  archive_next_ = (archive_next_ + 1) % archive_capacity_;
}

// Gives the space of taken packets back once they are the larger part: each packet in flight is
// then moved by at most one taken one.
void Flight::drop_taken() {
  if (first_ < size()) return;
  slots_.erase(slots_.begin(), slots_.begin() + static_cast<std::ptrdiff_t>(first_));
  first_ = 0;
}

bool operator==(const Flight& a, const Flight& b) {
  return a.next_serial_ == b.next_serial_ && a.archive_capacity_ == b.archive_capacity_ &&
         std::ranges::equal(a.in_flight(), b.in_flight()) && a.archive_ == b.archive_ &&
         a.archive_next_ == b.archive_next_;
}

bool same_traffic(const Flight& a, const Flight& b) {
  return std::ranges::equal(a.in_flight(), b.in_flight(), equal_traffic);
}

std::uint64_t stable_hash(const Flight& flight) {
  std::uint64_t seed = hash_mix(flight.next_serial_, flight.size());
  for (const InFlight& entry : flight.in_flight()) seed = entry_mix(seed, entry);
  // The archive only repeats what was added: its serials tell two archives apart well enough.
  for (const InFlight& entry : flight.archive_) seed = hash_mix(seed, entry.serial);
  return seed;
}

std::uint64_t traffic_hash(const Flight& flight) {
  std::uint64_t seed = hash_mix(0, flight.size());
  for (const InFlight& entry : flight.in_flight()) seed = traffic_mix(seed, entry);
  return seed;
}

}  // namespace lockstep
