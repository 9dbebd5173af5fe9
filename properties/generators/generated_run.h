// GeneratedRun: a scenario that the generator chose, step by step, from a list of draws while it
// ran under the judge; kept as explicit steps, so that it can be shrunk, written down and replayed.
#pragma once

#include <cstdint>
#include <string>

#include "oracle/judge/run.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"
#include "properties/generators/harness.h"

namespace lockstep::properties {

struct GeneratedRun {
  scenario::Scenario scenario;  // As run, canonical, every packet named by the step that caused it.
  judge::Verdict verdict;
  std::uint32_t effective = 0;  // Steps that were no no-op.
};

// Steps until the draws are used up, `steps_max` are made or the verdict is not `allowed`; then a
// settle. The runner's hosts are made anew.
GeneratedRun run_generated(judge::Runner& runner, const Draws& draws, std::uint32_t steps_max);

// Whether the judge objects: every outcome but allowed and inconclusive.
bool is_finding(const judge::Verdict& verdict);

// Shrinks the failing scenario, writes it to NAME.scn in the working directory, and says for a
// person what is wrong, with the text and the command that replays it.
std::string report_finding(judge::Runner& runner, const GeneratedRun& run, const std::string& name);

// Writes the scenario to NAME.scn as it is; gives its text and the command that replays it, with
// these further words (" --lie L"). Without a name, nothing is written and no command given.
std::string write_scenario(const scenario::Scenario& scenario, const std::string& name,
                           const std::string& replay_words = "");

}  // namespace lockstep::properties
