// The canonical order of steps: calls before steps of the network, calls of one socket together,
// listeners first, then connectors, then accepted ones, each in the order in which a program would
// make them. What must not be swapped is for a replay to say; here is only what is wished.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/scenario/step.h"

namespace lockstep::shrink {

enum class Role : std::uint8_t { listener, connector, accepted, datagram, other };

// The role of each socket, by index of its name.
std::vector<Role> roles_of(const scenario::Scenario& scenario);

// One number a step: a step with a smaller one should come first. Equal numbers: as they stand.
// The numbers depend on what is done with each socket, not on names, hosts, labels or the order.
std::vector<std::uint64_t> wished_order(const scenario::Scenario& scenario);

// The number of pairs of steps that stand against the wish.
std::uint64_t disorder_of(const scenario::Scenario& scenario);

}  // namespace lockstep::shrink
