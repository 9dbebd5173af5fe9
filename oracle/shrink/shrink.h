// shrink: from a failing scenario to a small one that still fails for the same cause, in a normal
// form: originals that show the same defect should reach the same text, so that findings can be
// grouped by it. No randomness; the same scenario and stack give the same result everywhere.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"
#include "oracle/shrink/replay.h"

namespace lockstep::shrink {

struct ShrinkLimits {
  std::uint32_t replays_max = 5000;  // Past it the best so far is the result.
  // Asked before each replay: whether the best so far is the result; may be empty. For ports whose
  // clock elapses, on which a replay may take seconds.
  std::function<bool()> enough;
};

struct ShrinkResult {
  Scenario scenario;
  std::string cause;          // "" when the scenario does not fail; it is then as it was.
  std::uint32_t replays = 0;  // Runs made, not counting those known from before.
  bool complete = false;      // The limit was not reached: shrinking again changes nothing.
};

ShrinkResult shrink(const Scenario& failing, const Replayer& replayer, ShrinkLimits limits = {});
ShrinkResult shrink(const Scenario& failing, const Replay& replay, ShrinkLimits limits = {});
ShrinkResult shrink(const Scenario& failing, judge::Runner& runner, ShrinkLimits limits = {});

}  // namespace lockstep::shrink
