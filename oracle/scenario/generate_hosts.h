// The hosts of a generated scenario.
#pragma once

#include <vector>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/step.h"
#include "stack/port/port.h"

namespace lockstep::scenario {

// Mostly two hosts a and b with default settings; sometimes one or three, small MTUs and buffers,
// few ephemeral ports, short timers, sequence numbers about to wrap. IPv6 where `features` has it.
std::vector<HostLine> generate_hosts(Choices& choices, FeatureSet features);

}  // namespace lockstep::scenario
