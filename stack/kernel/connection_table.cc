#include "stack/kernel/connection_table.h"

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {
namespace {

constexpr std::size_t initial_buckets = 64;

}  // namespace

void ConnectionTable::reset() {
  buckets_.assign(initial_buckets, no_slot);
  size_ = datagrams_ = 0;
}

std::uint64_t ConnectionTable::hash_of(Type type, const FourTuple& tuple) {
  const std::uint64_t ports = (std::uint64_t{tuple.local.port} << 32) | tuple.peer.port |
                              (type == Type::stream ? 0x10000u : 0u);
  std::uint64_t hash = hash_mix(ports, tuple.peer.ip.low);
  hash = hash_mix(hash, tuple.local.ip.low);
  if (!tuple.local.ip.is_v4()) {
    hash = hash_mix(hash_mix(hash, tuple.local.ip.high), tuple.peer.ip.high);
  }
  return hash;
}

void ConnectionTable::insert(Slot slot, Type type, const FourTuple& tuple) {
  if (size_ >= buckets_.size()) grow();
  if (slot >= entries_.size()) entries_.resize(slot + std::size_t{1});
  const std::uint64_t hash = hash_of(type, tuple);
  Slot& head = bucket(hash);
  entries_[slot] = Entry{tuple, hash, head, type};
  head = slot;
  ++size_;
  if (type == Type::dgram) ++datagrams_;
}

void ConnectionTable::remove(Slot slot) {
  Slot* link = &bucket(entries_[slot].hash);
  while (*link != slot) {
    LOCKSTEP_CHECK(*link != no_slot);
    link = &entries_[*link].next;
  }
  *link = entries_[slot].next;
  --size_;
  if (entries_[slot].type == Type::dgram) --datagrams_;
}

Slot ConnectionTable::find_hashed(Type type, const FourTuple& tuple) const {
  const std::uint64_t hash = hash_of(type, tuple);
  Slot slot = buckets_[hash & (buckets_.size() - 1)];
  while (slot != no_slot) {
    const Entry& entry = entries_[slot];
    if (entry.hash == hash && entry.type == type && entry.tuple == tuple) return slot;
    slot = entry.next;
  }
  return no_slot;
}

void ConnectionTable::grow() {
  std::vector<Slot> old(buckets_.size() * 2, no_slot);
  old.swap(buckets_);
  for (Slot head : old) {
    // Reversed first, so that pushing at the front keeps the order within a chain.
    Slot reversed = no_slot;
    while (head != no_slot) {
      const Slot next = entries_[head].next;
      entries_[head].next = reversed;
      reversed = head;
      head = next;
    }
    while (reversed != no_slot) {
      const Slot next = entries_[reversed].next;
      Slot& to = bucket(entries_[reversed].hash);
      entries_[reversed].next = to;
      to = reversed;
      reversed = next;
    }
  }
}

}  // namespace lockstep
