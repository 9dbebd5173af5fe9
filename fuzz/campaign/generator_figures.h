// How good generated scenarios are: the share of steps that have an effect, and of scenarios that
// reach the states that matter.
#pragma once

#include <cstdint>
#include <string>

#include "oracle/judge/runner.h"

namespace lockstep::campaign {

struct GeneratorFigures {
  std::uint64_t scenarios = 0;
  std::uint64_t stream_scenarios = 0;  // With a TCP socket; the figures below count among these.
  std::uint64_t steps = 0;
  std::uint64_t effective = 0;
  std::uint64_t data_arrived = 0;
  std::uint64_t retransmitted = 0;
  std::uint64_t closing = 0;
  std::uint64_t last_ack = 0;
  std::uint64_t time_wait = 0;
  std::uint64_t inconclusive = 0;
};

// Runs scenarios 0 .. count-1 of the seed.
GeneratorFigures measure_generator(judge::Runner& runner, std::uint64_t seed, std::uint64_t count);

// The figures as a table, each beside the least that is asked of it.
std::string to_text(const GeneratorFigures& figures);

// The first figure that falls below, as a line; empty when none does.
std::string shortfall(const GeneratorFigures& figures);

}  // namespace lockstep::campaign
