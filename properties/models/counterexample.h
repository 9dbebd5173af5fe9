// A run that the checker found, as a scenario: what `lockstep run`, `shrink`, `show` and `promote`
// take.
#pragma once

#include "oracle/scenario/step.h"
#include "properties/checker/result.h"
#include "properties/models/stack_model.h"

namespace lockstep::models {

// The steps that led to the initial state and those of the run, labelled from 1. A lasso's cycle is
// in it once.
scenario::Scenario scenario_of(const StackModel& model,
                               const checker::Counterexample<StackModel>& found);

}  // namespace lockstep::models
