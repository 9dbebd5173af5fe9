#include "properties/generators/generated_run.h"

#include <filesystem>
#include <fstream>

#include "oracle/scenario/generator.h"
#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"

namespace lockstep::properties {
namespace {

FeatureSet features_of(judge::Runner& runner) {
  // Every host's port is made alike: ask the one of a world that needs no draws.
  static const std::vector<scenario::HostLine> any_world(1);
  runner.start(any_world);
  return runner.situation().features.front();
}

}  // namespace

GeneratedRun run_generated(judge::Runner& runner, const Draws& draws, std::uint32_t steps_max) {
  scenario::ListChoices choices(draws);
  scenario::Generator generator(choices, features_of(runner));
  GeneratedRun result;
  result.scenario.hosts = generator.hosts();
  runner.start(result.scenario.hosts);
  const auto apply = [&](const scenario::Step& step) {
    if (runner.apply(step) == judge::Effect::some) ++result.effective;
    result.scenario.steps.push_back(runner.resolved_step());
  };
  for (std::uint32_t n = 0; n < steps_max && !choices.used_up() && !runner.stopped(); ++n) {
    apply(generator.next(runner.situation()));
  }
  if (!runner.stopped()) {
    scenario::Step last;
    last.label = runner.situation().next_label;
    last.action = scenario::step::Settle{};
    apply(last);
  }
  result.verdict = runner.verdict();
  result.scenario = scenario::canonical(result.scenario);
  return result;
}

bool is_finding(const judge::Verdict& verdict) {
  return verdict.outcome != judge::Outcome::allowed &&
         verdict.outcome != judge::Outcome::inconclusive;
}

std::string report_finding(judge::Runner& runner, const GeneratedRun& run,
                           const std::string& name) {
  const shrink::ShrinkResult shrunk = shrink::shrink(run.scenario, runner);
  std::string text = judge::explain(run.verdict) + "\n";
  if (shrunk.cause.empty()) text += "A replay of the scenario does not fail; it is as generated:\n";
  return text + write_scenario(shrunk.scenario, name);
}

std::string write_scenario(const scenario::Scenario& scenario, const std::string& name,
                           const std::string& replay_words) {
  const std::string text = scenario::print(scenario);
  if (name.empty()) return text;
  const std::filesystem::path path = std::filesystem::absolute(name + ".scn");
  std::ofstream(path, std::ios::binary) << text;
  return text + "replay: lockstep run " + path.string() + replay_words + "\n";
}

}  // namespace lockstep::properties
