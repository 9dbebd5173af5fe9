// DatagramQueue: the datagrams a socket has received and not yet read, oldest first (RFC 768). When
// it is full the newest is dropped.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/api/address.h"
#include "stack/api/ring.h"
#include "stack/api/slice.h"

namespace lockstep {

// The largest payload that an IPv4 datagram can carry: 65535 - 20 - 8.
inline constexpr std::size_t udp_max_payload_v4 = 65507;
inline constexpr std::size_t udp_max_payload_v6 = 65527;
inline constexpr std::uint32_t udp_header_size = 8;

struct ReceivedDatagram {
  Endpoint source;
  Slice payload;

  friend bool operator==(const ReceivedDatagram&, const ReceivedDatagram&) = default;
};

class DatagramQueue {
 public:
  // What a datagram costs beside its payload, so that empty ones are bounded too.
  static constexpr std::size_t overhead = 64;

  bool empty() const { return queue_.empty(); }
  std::size_t size() const { return queue_.size(); }
  std::size_t payload_size() const { return charged_ - queue_.size() * overhead; }
  const ReceivedDatagram& front() const { return queue_.front(); }
  void pop() {
    charged_ -= queue_.front().payload.size() + overhead;
    queue_.pop_front();
  }

  // Keeps the datagram, or drops it when it would exceed `capacity` bytes; an empty queue takes any
  // one. Returns whether it was kept.
  bool push(ReceivedDatagram datagram, std::size_t capacity);

  void clear();

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const DatagramQueue&, const DatagramQueue&) = default;

 private:
  Ring<ReceivedDatagram> queue_;
  std::size_t charged_ = 0;
};

}  // namespace lockstep
