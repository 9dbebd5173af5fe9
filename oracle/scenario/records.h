// The byte form of a scenario, for fuzzers: fixed-size records whose operands resolve, when their
// turn comes, modulo what then exists. Every byte string is a scenario, and a changed byte changes
// one step (or one play) and none of those before it.
//
//   bytes   [ header: hosts | record | record | ... | the last one padded with zeros ]
//   record  [ family | operands, each one byte, or two past 256 choices, in order ... ]
//           family >= first_play: a scripted impulse of several steps instead of one step
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "oracle/scenario/plan.h"
#include "oracle/scenario/situation.h"
#include "oracle/scenario/step.h"

namespace lockstep::scenario {

inline constexpr std::size_t header_size = 32;
inline constexpr std::size_t record_size = 16;
inline constexpr std::uint8_t first_play = 0xe0;

// The hosts that the first header_size bytes choose; missing bytes count as 0.
std::vector<HostLine> decode_hosts(std::span<const std::byte> bytes, FeatureSet features);

// The step of a record whose family is below first_play; a settle when its operands are not there
// or the port lacks what it needs. Requires: as generate_step.
Action decode_record(std::span<const std::byte, record_size> record, const Situation& situation);

// Reads the records of a byte string one after the other.
class RecordReader {
 public:
  // `bytes` begins with the header and outlives the reader. Without plays every record is one step.
  explicit RecordReader(std::span<const std::byte> bytes, bool plays = true)
      : rest_(bytes.subspan(std::min(bytes.size(), header_size))), plays_(plays) {}

  // The next step, labelled with the situation's next label; nullopt when all are read.
  std::optional<Step> next(const Situation& situation);
  // Bytes that no step was made of yet.
  std::size_t unread() const { return rest_.size(); }

 private:
  std::span<const std::byte> rest_;
  bool plays_;
  Plan plan_;
};

}  // namespace lockstep::scenario
