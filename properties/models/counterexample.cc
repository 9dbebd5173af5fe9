#include "properties/models/counterexample.h"

#include <map>
#include <variant>

namespace lockstep::models {

scenario::Scenario scenario_of(const StackModel& model,
                               const checker::Counterexample<StackModel>& found) {
  scenario::Scenario made = model.program().given;
  const StackModel::State* before = &found.initial;
  for (const auto& step : found.steps) {
    for (const scenario::Step& to_do : model.steps_of(*before, step.action)) {
      made.steps.push_back(to_do);
    }
    before = &step.after;
  }
  // The labels of a path tell streams and packets apart wherever it passes; a file counts its
  // steps.
  std::map<scenario::Label, scenario::Label> renamed;
  scenario::Label next = 1;
  for (scenario::Step& step : made.steps) {
    renamed[step.label] = next;
    step.label = next++;
  }
  const auto rename = [&](scenario::PacketByCause& cause) {
    const auto known = renamed.find(cause.label);
    if (known != renamed.end()) cause.label = known->second;
  };
  for (scenario::Step& step : made.steps) {
    std::visit(
        [&](auto& action) {
          if constexpr (requires { action.packet; }) {
            if constexpr (std::is_same_v<decltype(action.packet), scenario::PacketByCause>) {
              rename(action.packet);
            } else if (auto* cause = std::get_if<scenario::PacketByCause>(&action.packet)) {
              rename(*cause);
            }
          }
        },
        step.action);
  }
  return made;
}

}  // namespace lockstep::models
