// DatagramQueue: the datagrams that wait in one UDP socket as far as can be told. An entry that is
// not certain may have been dropped (full buffer) or gone to another socket. Slices are shared, so
// no byte is copied; the storage is kept across scenarios.
//
//   entries_   [ taken ........ | oldest ... newest ]
//                               ^ head_
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/api/address.h"
#include "stack/api/digest.h"
#include "stack/api/slice.h"

namespace lockstep::oracle {

// How the socket that receives a datagram was told from others.
enum class Demux : std::uint8_t { sole, best_match, last_bound };

struct QueuedDatagram {
  Slice payload;
  Endpoint source;  // Port 0: not known.
  Endpoint destination;
  bool certain = true;
  Demux choice = Demux::sole;
  // When it came: the limit of SO_RCVBUF as it reads, and the bytes of what had been taken. What is
  // taken between then and its own turn stood before it in the queue.
  std::size_t limit = 0;
  std::uint64_t taken_before = 0;
};

class DatagramQueue {
 public:
  DatagramQueue() = default;
  // Copies what waits, and not the space before it.
  DatagramQueue(const DatagramQueue& other) { *this = other; }
  DatagramQueue(DatagramQueue&&) = default;
  DatagramQueue& operator=(const DatagramQueue& other) {
    if (this == &other) return *this;
    const auto first = other.entries_.begin() + static_cast<std::ptrdiff_t>(other.head_);
    entries_.assign(first, other.entries_.end());
    head_ = 0;
    charge_ = other.charge_;
    return *this;
  }
  DatagramQueue& operator=(DatagramQueue&&) = default;
  ~DatagramQueue() = default;

  // What Linux may charge for one datagram against the receive buffer, at most.
  static std::size_t charge_of(std::size_t payload_size) { return 2 * payload_size + 1280; }

  std::size_t size() const { return entries_.size() - head_; }
  bool empty() const { return size() == 0; }
  const QueuedDatagram& at(std::size_t i) const { return entries_[head_ + i]; }
  void make_uncertain(std::size_t i) { entries_[head_ + i].certain = false; }
  void make_certain(std::size_t i) { entries_[head_ + i].certain = true; }
  // Sum of charge_of over all entries.
  std::size_t charge() const { return charge_; }

  void push(QueuedDatagram datagram) {
    charge_ += charge_of(datagram.payload.size());
    entries_.push_back(std::move(datagram));
  }

  // Removes the oldest `count` entries. Requires: count <= size().
  void pop(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) {
      charge_ -= charge_of(entries_[head_].payload.size());
      entries_[head_++].payload = Slice();
    }
    if (head_ == entries_.size()) clear();
    if (head_ < compact_after) return;
    entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(head_));
    head_ = 0;
  }

  void clear() {
    entries_.clear();
    head_ = 0;
    charge_ = 0;
  }

  // `bytes_taken`: of all datagrams that were received so far.
  void digest(Digest& out, std::uint64_t bytes_taken) const;

  // The index of the oldest certain entry; size() when there is none.
  std::size_t first_certain() const {
    std::size_t i = 0;
    while (i < size() && !at(i).certain) ++i;
    return i;
  }

 private:
  static constexpr std::size_t compact_after = 256;

  std::vector<QueuedDatagram> entries_;
  std::size_t head_ = 0;
  std::size_t charge_ = 0;
};

}  // namespace lockstep::oracle
