// Which feature of a port a step needs, so that generators make no step that its host cannot take.
#pragma once

#include <optional>

#include "oracle/scenario/step.h"
#include "stack/port/port.h"

namespace lockstep::scenario {

std::optional<Feature> needed_feature(OptionName option);
std::optional<Feature> needed_feature(const step::Call& call);

}  // namespace lockstep::scenario
