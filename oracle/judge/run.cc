#include "oracle/judge/run.h"

#include <algorithm>

namespace lockstep::judge {
namespace {

bool has_expectations(const scenario::Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [](const scenario::Step& step) {
    return std::holds_alternative<scenario::step::Expect>(step.action);
  });
}

template <typename Visit>
RunResult run_steps(Runner& runner, const scenario::Scenario& scenario, Visit visit) {
  runner.set_keeps_recent(has_expectations(scenario));
  runner.set_names(&scenario);
  runner.start(scenario.hosts);
  RunResult result;
  for (const scenario::Step& step : scenario.steps) {
    ++result.steps;
    if (runner.apply(step) == Effect::some) ++result.effective;
    visit(runner);
    if (runner.stopped()) break;
  }
  result.verdict = runner.verdict();
  runner.set_names(nullptr);
  return result;
}

}  // namespace

RunResult run(Runner& runner, const scenario::Scenario& scenario, Trace* trace) {
  if (trace == nullptr) return run_steps(runner, scenario, [](Runner&) {});
  *trace = Trace();
  trace->scenario = scenario;
  trace->scenario.steps.clear();
  runner.set_trace(trace);
  RunResult result = run_steps(
      runner, scenario, [&](Runner& at) { trace->scenario.steps.push_back(at.resolved_step()); });
  runner.set_trace(nullptr);
  trace->verdict = result.verdict;
  return result;
}

scenario::Scenario with_explicit_packets(Runner& runner, const scenario::Scenario& scenario) {
  scenario::Scenario result = scenario;
  std::size_t at = 0;
  run_steps(runner, scenario,
            [&](Runner& applied) { result.steps[at++] = applied.resolved_step(); });
  return result;
}

}  // namespace lockstep::judge
