// PathMtuTable: what ICMP told of the largest packet that reaches a destination (RFC 1191 6.2, RFC
// 8201 5.2). Bounded: past its capacity the entry that would be forgotten first makes room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "stack/api/address.h"

namespace lockstep {

// RFC 1191 6.3: after ten minutes a larger packet may be tried again.
inline constexpr std::uint64_t path_mtu_lifetime_ms = 600'000;

// A path that claims to carry less still gets packets of this size: in IPv4 as Linux has it
// (ip_rt_min_pmtu), in IPv6 because every link must (RFC 8200 5).
inline constexpr std::uint32_t least_path_mtu_v4 = 552;
inline constexpr std::uint32_t least_path_mtu_v6 = 1280;

class PathMtuTable {
 public:
  static constexpr std::size_t capacity = 64;

  void reset() { entries_.clear(); }
  bool empty() const { return entries_.empty(); }
  std::size_t size() const { return entries_.size(); }

  // The smaller of `link_mtu` and what was learnt of the path, in bytes.
  std::uint32_t mtu(const IpAddress& destination, std::uint32_t link_mtu) const;

  // Requires: expires_at_ticks > 0.
  void learn(const IpAddress& destination, std::uint32_t mtu, std::uint64_t expires_at_ticks);

  // Forgets what was due to be forgotten at `now_ticks`.
  void expire(std::uint64_t now_ticks);

  // Takes `ticks` off every deadline.
  void rebase(std::uint64_t ticks);

  // Deadlines count as distances from `now_ticks`.
  std::uint64_t hash(std::uint64_t seed, std::uint64_t now_ticks) const;
  friend bool operator==(const PathMtuTable&, const PathMtuTable&) = default;

 private:
  struct Entry {
    IpAddress destination;
    std::uint32_t mtu = 0;
    std::uint64_t expires_at = 0;  // Ticks.

    friend bool operator==(const Entry&, const Entry&) = default;
  };

  std::vector<Entry> entries_;  // By destination.
};

}  // namespace lockstep
