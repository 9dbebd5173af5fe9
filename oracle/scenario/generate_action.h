// An action of a given family. Internal to oracle/scenario.
#pragma once

#include "oracle/scenario/choices.h"
#include "oracle/scenario/situation.h"
#include "oracle/scenario/weights.h"

namespace lockstep::scenario {

// Falls back to a settle when the family's operands are not there.
Action generate_action(Choices& choices, Family family, const Situation& situation);

Action generate_call(Choices& choices, Family family, const Situation& situation);
Action generate_packet_step(Choices& choices, Family family, const Situation& situation);

}  // namespace lockstep::scenario
