// Scenarios of any steps whatever, sensible or not, with no stack to run them on: what the text
// form must be able to say.
#pragma once

#include "oracle/scenario/choices.h"
#include "oracle/scenario/step.h"

namespace lockstep::properties {

// At least one host and at most `steps_max` steps. Every field of every kind of step is drawn,
// fields that the text does not show among them; names may be unbound, labels 0 or taken.
scenario::Scenario random_scenario(scenario::Choices& choices, std::uint32_t steps_max);

}  // namespace lockstep::properties
