// Which feature of a port a step needs.
#pragma once

#include <optional>
#include <string_view>

#include "oracle/scenario/step.h"
#include "stack/port/port.h"

namespace lockstep::judge {

// "ipv6", "local_sockets" ...
std::string_view feature_name(Feature feature);

// A feature that the call needs and `features` lacks.
std::optional<Feature> missing_feature(const scenario::step::Call& call, FeatureSet features);

}  // namespace lockstep::judge
