// Cost: how simple a scenario is. Shrinking only ever accepts what costs less, which is why it ends
// and why shrinking a shrunk scenario changes nothing.
#pragma once

#include <compare>
#include <cstdint>

#include "oracle/scenario/step.h"

namespace lockstep::shrink {

// Compared from the top down. Costs depend on what steps do, never on how hosts and sockets are
// called, so that the same scenario under other names costs the same.
struct Cost {
  std::uint64_t steps = 0;    // With those that a trick hides: see hidden_steps().
  std::uint64_t places = 0;   // Hosts and their addresses.
  std::uint64_t actions = 0;  // Sum of action_cost().
  std::uint64_t values = 0;   // Distance of lengths, flags, settings ... from the simplest.

  friend auto operator<=>(const Cost&, const Cost&) = default;
};

Cost cost_of(const scenario::Scenario& scenario);

// Whether `a` costs less than `b`; or as much but with its steps closer to their canonical order;
// or that too, but with the lesser canonical text. Total up to canonical names: of two scenarios of
// which neither is simpler, one is the other under different names.
bool is_simpler(const scenario::Scenario& a, const scenario::Scenario& b);

// 1 for the simplest action, which is `settle`: it needs no packet's name. Calls cost more than
// deliveries and ticks, tampering with the network more than calls.
std::uint64_t action_cost(const scenario::Action& action);

}  // namespace lockstep::shrink
