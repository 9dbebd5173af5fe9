// explore: checks one model of the catalogue and says what came of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "oracle/scenario/step.h"
#include "properties/checker/options.h"
#include "properties/checker/result.h"
#include "properties/models/catalogue.h"
#include "properties/models/stack_model.h"

namespace lockstep::models {

// A run of the model that violates a property.
struct FoundRun {
  std::string property;
  std::size_t steps = 0;  // Of the checker's, those before the initial state aside.
  std::string text;       // The run, an action a line.
  scenario::Scenario scenario;
  bool is_lasso = false;
};

struct Exploration {
  checker::Outcome outcome = checker::Outcome::holds;
  checker::Bound bound = checker::Bound::none;
  checker::Coverage coverage;
  std::vector<checker::PropertyAccount> properties;
  std::size_t rules_applied = 0;  // Different ones.
  std::optional<FoundRun> found;
};

absl::StatusOr<Exploration> explore(const Program& program, const Setting& setting,
                                    const checker::Options& options);

enum class Picture { dot, svg };
// ResourceExhausted for a model of more than `states_max` states.
absl::StatusOr<std::string> draw(const Program& program, const Setting& setting, Picture picture,
                                 std::size_t states_max);

}  // namespace lockstep::models
