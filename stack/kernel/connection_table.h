// ConnectionTable: connected sockets by protocol and four-tuple. Where several datagram sockets are
// connected alike, the one connected last comes first.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/api/address.h"
#include "stack/kernel/socket.h"

namespace lockstep {

class ConnectionTable {
 public:
  void reset();

  void insert(Slot slot, Type type, const FourTuple& tuple);
  // Requires: the slot is in the table.
  void remove(Slot slot);
  Slot find(Type type, const FourTuple& tuple) const {
    // Most hosts' datagram sockets are not connected: theirs is the shortest way.
    return type == Type::dgram && datagrams_ == 0 ? no_slot : find_hashed(type, tuple);
  }

 private:
  struct Entry {
    FourTuple tuple;
    std::uint64_t hash = 0;
    Slot next = no_slot;
    Type type = Type::stream;
  };

  Slot find_hashed(Type type, const FourTuple& tuple) const;
  static std::uint64_t hash_of(Type type, const FourTuple& tuple);
  Slot& bucket(std::uint64_t hash) { return buckets_[hash & (buckets_.size() - 1)]; }
  void grow();

  std::vector<Slot> buckets_;
  std::vector<Entry> entries_;  // By slot.
  std::size_t size_ = 0;
  std::size_t datagrams_ = 0;  // Of them, datagram sockets.
};

}  // namespace lockstep
