#include "oracle/shrink/edit.h"

#include <utility>

#include "oracle/scenario/visit_names.h"
#include "stack/api/check.h"

namespace lockstep::shrink {

using scenario::Scenario;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

Scenario without_steps(const Scenario& scenario, const StepSet& removed) {
  LOCKSTEP_CHECK(removed.size() == scenario.steps.size());
  Scenario result = scenario;
  result.steps.clear();
  for (std::size_t i = 0; i < removed.size(); ++i) {
    if (!removed[i]) result.steps.push_back(scenario.steps[i]);
  }
  return result;
}

Scenario with_action(const Scenario& scenario, std::size_t index, scenario::Action action) {
  Scenario result = scenario;
  result.steps[index].action = std::move(action);
  return result;
}

Scenario without_expectations(const Scenario& scenario) {
  Scenario result = scenario;
  std::erase_if(result.steps,
                [](const Step& step) { return std::holds_alternative<step::Expect>(step.action); });
  for (Step& step : result.steps) step.expected.reset();
  return result;
}

Scenario with_name_replaced(const Scenario& scenario, SocketName from, SocketName to) {
  Scenario result = scenario;
  for (Step& step : result.steps) {
    scenario::visit_names(step.action, [&](SocketName& name) {
      if (name == from) name = to;
    });
  }
  return result;
}

scenario::PacketByCause* mutable_cause_of(scenario::Action& action) {
  return const_cast<scenario::PacketByCause*>(scenario::cause_of(std::as_const(action)));
}

}  // namespace lockstep::shrink
