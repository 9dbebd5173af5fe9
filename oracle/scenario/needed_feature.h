// Which feature of a port a step needs, so that generators make no step that its host cannot take.
#pragma once

#include <optional>

#include "oracle/scenario/situation.h"
#include "oracle/scenario/step.h"
#include "stack/port/port.h"

namespace lockstep::scenario {

std::optional<Feature> needed_feature(OptionName option);
std::optional<Feature> needed_feature(const step::Call& call);

// Whether the hosts of the situation have the feature that the action needs.
bool is_possible(const Action& action, const Situation& situation);

}  // namespace lockstep::scenario
