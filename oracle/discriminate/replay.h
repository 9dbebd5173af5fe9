// Shows recorded observations to an oracle.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "oracle/judge/recording.h"
#include "oracle/spec/oracle.h"

namespace lockstep::discriminate {

enum class Answer : std::uint8_t {
  accepted,
  rejected,      // By a rule.
  unsettled,     // A settle ended while something was owed that no rule had a deadline for then;
                 // a runner would have waited in vain.
  inconclusive,  // The oracle gave up.
};

struct Judged {
  Answer answer = Answer::accepted;
  oracle::Rule rule{};  // rejected
};

// Starts a new world of the recording's hosts, of which nothing was observed yet.
// Requires: the recording outlives the world.
void start_world(oracle::Oracle& oracle, const judge::Recording& world);

// Shows one observation. False when a settle ended while something was owed that no rule had a
// deadline for then. `buffer` is scratch.
bool show_one(oracle::Oracle& oracle, const judge::Observation& seen,
              std::vector<std::byte>& buffer);

// Starts a new world in `oracle`. Requires: the observations were made in the recording's world.
Judged show(oracle::Oracle& oracle, const judge::Recording& world,
            std::span<const judge::Observation* const> observations);

}  // namespace lockstep::discriminate
