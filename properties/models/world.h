// World: a closed system at one moment: real hosts, the oracle, the packets between them, and how
// far the programs have come. Some kilobytes; there are only as many as a path is long, because
// what the checker keeps are Nodes.
#pragma once

#include <array>
#include <cstdint>
#include <utility>

#include "oracle/judge/runner.h"
#include "properties/models/program.h"

namespace lockstep::models {

struct World {
  World(judge::PortFactory factory, const oracle::Dialect& dialect)
      : runner(std::move(factory), dialect) {}

  // False: the ports cannot be copied.
  bool copy_from(const World& other);
  // Appends everything that decides what can come; `is_judged`: what the oracle will allow, too.
  // False: the ports cannot.
  bool digest(Digest& out, bool is_judged) const;

  judge::Runner runner;
  std::array<std::uint8_t, counters_max> counts{};
  std::uint8_t drops = 0;  // Committed until now.
  std::uint8_t duplicates = 0;
  std::uint8_t reorderings = 0;
  std::uint8_t deliveries = 0;  // Where they have a bound.
  bool is_settled = false;
  std::uint32_t answered = 0;  // Bits of goals about answers that were seen.
  std::uint32_t depth = 0;     // Steps since the initial state; not digested.
};

}  // namespace lockstep::models
