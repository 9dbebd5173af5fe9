// run: a whole scenario on a world of ports under the oracle. Fast without a trace; the caller runs
// it again with one when something is wrong.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "oracle/judge/runner.h"
#include "oracle/judge/trace.h"
#include "oracle/judge/verdict.h"

namespace lockstep::judge {

struct RunResult {
  Verdict verdict;
  std::uint32_t steps = 0;      // Steps applied, the one that was judged wrong included.
  std::uint32_t effective = 0;  // Those that were no no-op.
};

// Runs on the runner's ports, which start as new. `trace` may be nullptr. The oracle's coverage
// counts of the runner grow.
RunResult run(Runner& runner, const scenario::Scenario& scenario, Trace* trace = nullptr);

// The same scenario with every packet named by the step that caused it, so that removing a step
// never makes another one mean something else.
scenario::Scenario with_explicit_packets(Runner& runner, const scenario::Scenario& scenario);

}  // namespace lockstep::judge
