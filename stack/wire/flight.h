// Flight: the only store of packets in flight between hosts. It keeps them in the order in which
// they will arrive unless someone steers, and an archive of the latest packets, so that an old one
// can be replayed. Which packet meets which fate is the harness's choice, never made here.
//
//   slots_  [ taken ... | in flight, next to arrive first ... ]
//                         ^ first_
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "stack/wire/packet.h"

namespace lockstep {

// A packet in flight and where it comes from.
struct InFlight {
  Packet packet;
  std::uint8_t from = 0;  // Host indexes.
  std::uint8_t to = 0;
  std::uint32_t cause_label = 0;  // The label of the step that caused the packet.
  std::uint32_t ordinal = 0;      // The n-th packet that this step caused, from 0.
  std::uint64_t serial = 0;       // Unique in its Flight, never used again.

  friend bool operator==(const InFlight&, const InFlight&) = default;
};

// A value. Looking a packet up costs by the packets in flight; taking the next to arrive costs
// O(1) amortised; nothing is allocated while capacities suffice.
class Flight {
 public:
  static constexpr std::size_t default_archive_capacity = 256;

  // `archive_capacity` is the number of past packets that can be replayed; 0 keeps none.
  explicit Flight(std::size_t archive_capacity = default_archive_capacity)
      : archive_capacity_(archive_capacity) {}

  // Puts a packet behind everything in flight, and into the archive. Gives its serial.
  std::uint64_t add(Packet packet, std::uint8_t from, std::uint8_t to, std::uint32_t cause_label,
                    std::uint32_t ordinal);

  // The packets in flight, next to arrive first. Valid until the flight is changed.
  std::span<const InFlight> in_flight() const { return std::span(slots_).subspan(first_); }
  std::size_t size() const { return slots_.size() - first_; }
  bool empty() const { return size() == 0; }

  // Null when there is none. Of a packet and its duplicates, the one that arrives first.
  const InFlight* find(std::uint64_t serial) const;
  const InFlight* find(std::uint32_t cause_label, std::uint32_t ordinal) const;
  // The latest packet of that cause and ordinal that ever was in flight and is still archived.
  const InFlight* find_archived(std::uint32_t cause_label, std::uint32_t ordinal) const;

  // Removes a packet: to deliver it, or to drop it. Nullopt when it is not in flight.
  std::optional<InFlight> take(std::uint64_t serial);
  // Puts a copy behind everything in flight, under a serial of its own; cause and ordinal stay.
  // The archive is left alone. Nullopt when it is not in flight.
  std::optional<std::uint64_t> duplicate(std::uint64_t serial);
  // Moves a packet behind everything in flight. False when it is not in flight.
  bool hold_back(std::uint64_t serial);
  // Loses every packet between two hosts, either direction. Gives their number.
  std::size_t lose_between(std::uint8_t a, std::uint8_t b);

  // As new, but for capacities.
  void clear();

  // Equal in everything, serials and archive included.
  friend bool operator==(const Flight& a, const Flight& b);
  // Equal in what can still arrive: packets in order, and between whom. Labels, serials and the
  // archive do not count.
  friend bool same_traffic(const Flight& a, const Flight& b);
  // Hashes that go with these two.
  friend std::uint64_t stable_hash(const Flight& flight);
  friend std::uint64_t traffic_hash(const Flight& flight);

 private:
  std::size_t index_of(std::uint64_t serial) const;
  void archive(const InFlight& entry);
  void drop_taken();

  std::vector<InFlight> slots_;
  std::size_t first_ = 0;
  std::uint64_t next_serial_ = 0;
  std::size_t archive_capacity_;
  std::vector<InFlight> archive_;  // A ring once it is full.
  std::size_t archive_next_ = 0;   // Where the next packet goes; the oldest once it is full.
};

bool same_traffic(const Flight& a, const Flight& b);
std::uint64_t stable_hash(const Flight& flight);
std::uint64_t traffic_hash(const Flight& flight);

}  // namespace lockstep
