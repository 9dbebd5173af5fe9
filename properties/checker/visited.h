// The set of the states that were seen, as fingerprints or, with `exact`, in full; and the link of
// each to the state that it was first reached from. Sharded, so that several workers insert.
//
//   shard:  slots    [tag 32 | local + 1 32] ...   open addressing, 0.53 to 0.85 full: <= 15.1
//   bytes
//           records  {fingerprint, parent, action, marks} in segments of their own:     24 bytes
//
// A look-up reads a line of slots, and a record where the tag matches. Records never move, and a
// shard grows by itself, so that no moment needs a second copy of everything.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <vector>

#include "properties/checker/fingerprint.h"
#include "stack/api/check.h"

namespace lockstep::checker {

using StateId = std::uint32_t;  // [local 26 | shard 6]

// How a state was first reached. An initial state's parent is its index among the initial states.
// Between two levels of a breadth-first search the parent of a fresh record is a position in the
// frontier, because that is what the order among links is about.
struct Record {
  static constexpr std::uint16_t fresh = 1;  // found in the level that is being searched
  static constexpr std::uint16_t initial = 2;

  Fingerprint fingerprint;
  std::uint32_t parent = 0;
  std::uint16_t action = 0;
  std::uint16_t marks = 0;

  std::uint64_t link() const { return (std::uint64_t{parent} << 16) | action; }
};
static_assert(sizeof(Record) == 24);

// Whether a shard takes its lock: one worker alone need not.
enum class Sharing { one_worker, many_workers };

class Shard {
 public:
  struct Inserted {
    std::uint32_t local = 0;
    bool is_new = false;
    std::uint64_t woken = 0;  // actions that slept in the known state and would not by this arrival
  };

  Shard();

  // Where a look-up for this fingerprint will begin to read. Without the lock: what another worker
  // has moved meanwhile costs a useless prefetch, which never faults.
  void prefetch(const Fingerprint& fingerprint) const {
    const std::uint64_t* slots = prefetch_slots_.load(std::memory_order_relaxed);
    __builtin_prefetch(slots + home(fingerprint, prefetch_count_.load(std::memory_order_relaxed)));
  }

  // Finds or adds. is_same(local) has the last word where the fingerprints are equal. A fresh
  // record that is met again keeps the least link. `sleep` points to the arrival's sleep set, or is
  // null in a run without sleep sets; what a state keeps is the intersection of its arrivals.
  template <class IsSame>
  Inserted insert(const Record& arrival, const std::uint64_t* sleep, const IsSame& is_same);

  Record& record(std::uint32_t local) {
    return segments_[local / segment_size][local % segment_size];
  }
  const Record& record(std::uint32_t local) const {
    return segments_[local / segment_size][local % segment_size];
  }
  std::uint64_t& sleep(std::uint32_t local) { return sleep_[local]; }
  std::uint32_t size() const { return size_; }
  std::uint64_t memory_bytes() const {
    return slots_.size() * sizeof(std::uint64_t) +
           segments_.size() * segment_size * sizeof(Record) + sleep_.size() * sizeof(std::uint64_t);
  }

  void lock() {
    while (is_locked_.test_and_set(std::memory_order_acquire)) {
      while (is_locked_.test(std::memory_order_relaxed)) __builtin_ia32_pause();
    }
  }
  void unlock() { is_locked_.clear(std::memory_order_release); }

 private:
  static constexpr std::uint32_t segment_size = 1024;
  static constexpr std::uint32_t local_max = (1U << 26) - 2;

  static std::uint32_t tag(const Fingerprint& f) { return static_cast<std::uint32_t>(f.high); }
  // Any number of slots will do, not only powers of two: the upper half of a product.
  static std::size_t home(const Fingerprint& f, std::size_t slots) {
    return static_cast<std::size_t>((static_cast<Wide>(f.low) * slots) >> 64);
  }
  void set_slots(std::size_t count);
  void grow();

  __extension__ using Wide = unsigned __int128;

  std::vector<std::uint64_t> slots_;
  std::vector<std::unique_ptr<Record[]>> segments_;
  std::vector<std::uint64_t> sleep_;
  std::uint32_t size_ = 0;
  std::uint32_t size_max_ = 0;  // grows beyond it
  std::atomic<const std::uint64_t*> prefetch_slots_ = nullptr;
  std::atomic<std::size_t> prefetch_count_ = 0;
  alignas(64) std::atomic_flag is_locked_;
};

template <class IsSame>
Shard::Inserted Shard::insert(const Record& arrival, const std::uint64_t* sleep,
                              const IsSame& is_same) {
  std::size_t at = home(arrival.fingerprint, slots_.size());
  const std::uint32_t wanted = tag(arrival.fingerprint);
  for (; slots_[at] != 0; at = at + 1 == slots_.size() ? 0 : at + 1) {
    if (static_cast<std::uint32_t>(slots_[at] >> 32) != wanted) continue;
    const std::uint32_t local = static_cast<std::uint32_t>(slots_[at]) - 1;
    Record& known = record(local);
    if (known.fingerprint != arrival.fingerprint || !is_same(local)) continue;
    if ((known.marks & Record::fresh) != 0 && arrival.link() < known.link()) {
      known.parent = arrival.parent;
      known.action = arrival.action;
    }
    Inserted met{local, false, 0};
    // In a breadth-first search only the arrivals of its own level count: the least path to a state
    // is never cut, whatever later ones would add.
    const bool is_late = (arrival.marks & Record::fresh) > (known.marks & Record::fresh);
    if (sleep != nullptr && !is_late) {
      met.woken = sleep_[local] & ~*sleep;
      sleep_[local] &= *sleep;
    }
    return met;
  }
  const std::uint32_t local = size_++;
  LOCKSTEP_CHECK(local < local_max);
  slots_[at] = (std::uint64_t{wanted} << 32) | (local + 1);
  if (local % segment_size == 0) {
    segments_.push_back(std::make_unique_for_overwrite<Record[]>(segment_size));
  }
  record(local) = arrival;
  if (sleep != nullptr) sleep_.push_back(*sleep);
  if (size_ > size_max_) grow();
  return {local, true, 0};
}

template <class State>
class Visited {
 public:
  struct Inserted {
    StateId id = 0;
    bool is_new = false;
    std::uint64_t woken = 0;
  };

  Visited(bool exact, Sharing sharing)
      : exact_(exact), sharing_(sharing), shards_(shard_count), states_(exact ? shard_count : 0) {}

  void prefetch(const Fingerprint& fingerprint) const {
    shards_[shard_of(fingerprint)].prefetch(fingerprint);
  }

  Inserted insert(const Record& arrival, const State& state, const std::uint64_t* sleep) {
    const std::uint32_t index = shard_of(arrival.fingerprint);
    Shard& shard = shards_[index];
    if (sharing_ == Sharing::many_workers) shard.lock();
    Shard::Inserted inserted;
    if (exact_) {
      std::deque<State>& states = states_[index];
      inserted = shard.insert(arrival, sleep, [&](std::uint32_t i) { return states[i] == state; });
      if (inserted.is_new) states.push_back(state);
    } else {
      inserted = shard.insert(arrival, sleep, [](std::uint32_t) { return true; });
    }
    if (sharing_ == Sharing::many_workers) shard.unlock();
    return {(inserted.local << shard_bits) | index, inserted.is_new, inserted.woken};
  }

  Record& record(StateId id) { return shards_[id % shard_count].record(id >> shard_bits); }
  const Record& record(StateId id) const {
    return shards_[id % shard_count].record(id >> shard_bits);
  }

  // Sleep sets lie in one block that moves as its shard grows, so that a worker reads under the
  // lock.
  std::uint64_t sleep_shared(StateId id) {
    Shard& shard = shards_[id % shard_count];
    if (sharing_ == Sharing::many_workers) shard.lock();
    const std::uint64_t sleep = shard.sleep(id >> shard_bits);
    if (sharing_ == Sharing::many_workers) shard.unlock();
    return sleep;
  }

  // The following are for when no worker inserts.
  std::uint64_t& sleep(StateId id) { return shards_[id % shard_count].sleep(id >> shard_bits); }
  std::span<const Shard> shards() const { return shards_; }
  std::uint64_t size() const {
    std::uint64_t sum = 0;
    for (const Shard& shard : shards_) sum += shard.size();
    return sum;
  }
  // One more than the greatest id, for tables indexed by id.
  std::uint64_t ids_end() const {
    std::uint64_t most = 0;
    for (const Shard& shard : shards_) most = std::max<std::uint64_t>(most, shard.size());
    return most << shard_bits;
  }
  std::uint64_t memory_bytes() const {
    std::uint64_t sum = exact_ ? size() * sizeof(State) : 0;
    for (const Shard& shard : shards_) sum += shard.memory_bytes();
    return sum;
  }
  bool is_exact() const { return exact_; }

 private:
  static constexpr unsigned shard_bits = 6;
  static constexpr std::uint32_t shard_count = 1U << shard_bits;

  // Bits that neither the slot (the upper ones of `low`) nor the tag uses.
  static std::uint32_t shard_of(const Fingerprint& f) {
    return static_cast<std::uint32_t>(f.high >> (64 - shard_bits));
  }

  bool exact_;
  Sharing sharing_;
  std::vector<Shard> shards_;
  std::vector<std::deque<State>> states_;  // by shard and local; `exact` alone
};

}  // namespace lockstep::checker
