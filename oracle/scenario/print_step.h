// The text of one action. Internal to oracle/scenario; print_step in text.h adds what is expected.
#pragma once

#include <string>

#include "oracle/scenario/step.h"

namespace lockstep::scenario {

std::string print_action(const Scenario& scenario, const Action& action);
std::string print_call(const Scenario& scenario, const step::Call& call);

}  // namespace lockstep::scenario
