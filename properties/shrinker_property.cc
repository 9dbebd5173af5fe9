// The shrinker's laws, on real scenarios that fail because a port lies: what it gives fails for the
// same cause, has no more steps, and cannot be shrunk any further.
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"
#include "oracle/spec/dialect.h"
#include "properties/generators/generated_run.h"
#include "properties/generators/harness.h"
#include "properties/generators/lossy_pair.h"
#include "stack/ports/lies/lie.h"

namespace lockstep::properties {
namespace {

constexpr std::uint32_t steps_max = 60;

using Shrinker = std::function<shrink::ShrinkResult(const scenario::Scenario&, judge::Runner&)>;

shrink::ShrinkResult real_shrinker(const scenario::Scenario& failing, judge::Runner& runner) {
  return shrink::shrink(failing, runner);
}

// Removes the last step, which is where a scenario fails, for the test of the test.
shrink::ShrinkResult careless_shrinker(const scenario::Scenario& failing, judge::Runner& runner) {
  shrink::ShrinkResult result = shrink::shrink(failing, runner);
  if (!result.scenario.steps.empty()) result.scenario.steps.pop_back();
  return result;
}

std::string broken_law(const Shrinker& shrinker, judge::Runner& runner, const GeneratedRun& run) {
  const shrink::ShrinkResult shrunk = shrinker(run.scenario, runner);
  const std::string cause(run.verdict.cause());
  if (shrunk.cause != cause) return "fails for " + shrunk.cause + " instead of " + cause;
  const std::string replayed(judge::run(runner, shrunk.scenario).verdict.cause());
  if (replayed != cause) return "a replay fails for '" + replayed + "' instead of " + cause;
  if (shrunk.scenario.steps.size() > run.scenario.steps.size()) return "has more steps";
  if (!shrunk.complete) return "";
  const shrink::ShrinkResult again = shrinker(shrunk.scenario, runner);
  if (scenario::print(again.scenario) != scenario::print(shrunk.scenario)) {
    return "shrinks again, to\n" + scenario::print(again.scenario) + "from\n" +
           scenario::print(shrunk.scenario);
  }
  return "";
}

using Liars = std::vector<std::unique_ptr<judge::Runner>>;

// One runner per lie, made once.
Liars make_liars() {
  Liars liars;
  for (const LieRow& row : lies()) {
    const PortMaker make = lying_port_maker(std::string(row.name));
    liars.push_back(std::make_unique<judge::Runner>([make](scenario::HostIndex) { return make(); },
                                                    oracle::linux_dialect()));
  }
  return liars;
}

// A failing scenario goes to FILE_NAME.scn, if there is one.
Outcome laws_hold(const Shrinker& shrinker, Liars& liars, const Draws& draws,
                  const std::string& file_name) {
  const std::size_t which = draws.empty() ? 0 : draws.front() % liars.size();
  judge::Runner& runner = *liars[which];
  const GeneratedRun run = run_generated(runner, draws, steps_max);
  if (!is_finding(run.verdict)) return {"", {"no finding"}};
  Outcome outcome{broken_law(shrinker, runner, run), {"a finding"}};
  if (!outcome.holds()) {
    const std::string lie(lies()[which].name);
    outcome.wrong = "with the lie " + lie + ", what was shrunk " + outcome.wrong + "\n" +
                    write_scenario(run.scenario, file_name, " --lie " + lie);
  }
  return outcome;
}

int run() {
  Harness harness("max_success=120");
  Liars liars = make_liars();
  harness.holds("the shrunk scenario fails for the same cause and cannot be shrunk again",
                [&](const Draws& draws) {
                  return laws_hold(real_shrinker, liars, draws, "property_shrinker");
                },
                {.draws_per_size = 6, .sometimes = {"a finding"}});
  harness.is_refuted(
      "a shrinker that removes the failing step keeps the cause",
      [&](const Draws& draws) { return laws_hold(careless_shrinker, liars, draws, ""); }, 200, 400);
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
