// Generated scenarios by number: the same seed and number give the same scenario on the same stack,
// everywhere.
#pragma once

#include <cstdint>
#include <functional>

#include "fuzz/campaign/record.h"
#include "oracle/judge/runner.h"

namespace lockstep::campaign {

struct GeneratedRun {
  std::uint32_t steps = 0;
  std::uint32_t effective = 0;
};

// One scenario in so many sends its packets as encoded bytes.
inline constexpr std::uint64_t byte_path_every = 64;

// One scenario in so many waits as long as it says where the clock elapses; the others are hurried,
// since nearly all of their time would be waiting.
inline constexpr std::uint64_t patient_every = 64;

// Makes and runs scenario `number` of `seed`, 10 to 200 steps of which about 50 at the median,
// ending in a settle. `before` (may be empty) sees each step before it is applied.
GeneratedRun run_generated(Record& record, judge::Runner& runner, std::uint64_t seed,
                           std::uint64_t number,
                           const std::function<void(const scenario::Step&)>& before);

}  // namespace lockstep::campaign
