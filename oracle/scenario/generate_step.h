// One step, chosen by looking at the situation.
#pragma once

#include "oracle/scenario/choices.h"
#include "oracle/scenario/situation.h"
#include "oracle/scenario/weights.h"

namespace lockstep::scenario {

// A step that mostly has an effect: families whose operands are not there are left out. It is
// explicit (new names, packets by their cause) and asks of no host what its port cannot do.
// Requires: at least one host; `features` and `flight` of the situation are set.
Step generate_step(Choices& choices, const Weights& weights, const Situation& situation);

}  // namespace lockstep::scenario
