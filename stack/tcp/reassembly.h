// Reassembly: segments received beyond a gap, kept until the gap is filled (RFC 9293 3.10.7.4,
// seventh check). Ranges never overlap: of two copies of a byte the first that came is kept.
//
//     RCV.NXT      [ range )      [ range )[ range )   FIN
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "stack/api/slice.h"
#include "stack/tcp/seq.h"

namespace lockstep {

class Reassembly {
 public:
  // Ranges kept at most. What does not fit is dropped, as under memory pressure: it is sent again.
  static constexpr std::size_t max_ranges = 256;

  bool empty() const { return ranges_.empty() && !fin_.has_value(); }
  std::size_t range_count() const { return ranges_.size(); }

  // Keeps the bytes at `start` that are not held yet. Requires: start is within 2^31 of the rest.
  void insert(SequenceNumber start, Slice bytes);
  // A FIN occupies `position`; the first one that came is kept.
  void insert_fin(SequenceNumber position);

  // The held bytes that begin at `rcv_nxt`, removed, in one piece as they came; empty when there is
  // a gap. Ranges wholly before `rcv_nxt` are forgotten.
  Slice take(SequenceNumber rcv_nxt);
  // Whether the FIN's turn has come.
  bool fin_at(SequenceNumber rcv_nxt) const { return fin_ == rcv_nxt; }

  void clear();

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const Reassembly&, const Reassembly&) = default;

 private:
  struct Range {
    SequenceNumber start;
    Slice bytes;

    SequenceNumber end() const { return start + static_cast<std::uint32_t>(bytes.size()); }
    friend bool operator==(const Range&, const Range&) = default;
  };

  std::vector<Range> ranges_;  // In sequence order.
  std::optional<SequenceNumber> fin_;
};

}  // namespace lockstep
