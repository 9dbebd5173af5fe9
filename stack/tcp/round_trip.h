// RoundTrip: the retransmission timeout from measured round trips (RFC 6298). One segment is timed
// at a time, and none that was sent again (Karn's algorithm).
#pragma once

#include <algorithm>
#include <cstdint>

#include "stack/tcp/seq.h"

namespace lockstep {

class RoundTrip {
 public:
  // Times the segment that ends at `end`, unless one is being timed.
  void start(SequenceNumber end, std::uint64_t now_ticks) {
    if (started_at_ != 0) return;
    end_ = end;
    started_at_ = now_ticks + 1;
  }
  // Something was sent again: what would be measured now says nothing.
  void abandon() { started_at_ = 0; }

  // An acknowledgment of everything before `ack` came.
  void acknowledged(SequenceNumber ack, std::uint64_t now_ticks) {
    if (started_at_ == 0 || ack.before(end_)) return;
    const auto sample =
        static_cast<std::uint32_t>(std::min<std::uint64_t>(now_ticks + 1 - started_at_, most));
    started_at_ = 0;
    if (!measured_) {
      measured_ = true;
      smoothed_8_ = sample * 8;
      variance_4_ = sample * 2;
      return;
    }
    // RFC 6298 2.3 with alpha 1/8 and beta 1/4.
    const std::uint32_t smoothed = smoothed_8_ / 8;
    const std::uint32_t error = smoothed > sample ? smoothed - sample : sample - smoothed;
    variance_4_ += error - variance_4_ / 4;
    smoothed_8_ += sample - smoothed;
  }

  // SRTT + max(G, 4 * RTTVAR) in ticks, where G is one tick; 0 before the first measurement.
  std::uint64_t timeout() const {
    return measured_ ? smoothed_8_ / 8 + std::max<std::uint64_t>(variance_4_, 1) : 0;
  }

  // What the timed segment's start is relative to `now_ticks`, for hashing.
  std::uint64_t age(std::uint64_t now_ticks) const {
    return started_at_ == 0 ? 0 : now_ticks + 2 - started_at_;
  }
  // As the same value at tick 1; for comparing hosts whose clocks differ.
  void rebase(std::uint64_t now_ticks) { started_at_ = age(now_ticks); }
  std::uint64_t packed() const {
    return (std::uint64_t{smoothed_8_} << 32) | (variance_4_ << 1) | (measured_ ? 1 : 0);
  }
  SequenceNumber timed_end() const { return end_; }

  friend bool operator==(const RoundTrip&, const RoundTrip&) = default;

 private:
  static constexpr std::uint64_t most = 1 << 20;

  std::uint64_t started_at_ = 0;  // A tick + 1; 0: nothing is timed.
  SequenceNumber end_;
  std::uint32_t smoothed_8_ = 0;  // SRTT in eighths of a tick.
  std::uint32_t variance_4_ = 0;  // RTTVAR in quarters of a tick.
  bool measured_ = false;
};

}  // namespace lockstep
