// Replay: how the shrinker asks whether a candidate still fails, and why. Injected, so that the
// shrinker can be tested without a stack; over_runner() is the real one.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"

namespace lockstep::shrink {

using scenario::Scenario;

struct Replayed {
  std::string cause;        // Verdict::cause(); "" or "allowed" when it does not fail.
  std::string essence;      // Of a failed expectation: the call, what was expected and what seen.
  std::size_t applied = 0;  // Steps applied, the one judged wrong included; 0 when unknown.
  std::vector<bool> idle;   // Per applied step: it was a no-op. May be shorter than the steps.

  Replayed() = default;
  // What a mere predicate answers.
  Replayed(std::string why) : cause(std::move(why)) {}  // NOLINT(google-explicit-constructor)
  Replayed(const char* why) : cause(why) {}             // NOLINT(google-explicit-constructor)

  bool fails() const { return !cause.empty() && cause != "allowed"; }
  bool fails_like(const Replayed& other) const {
    return cause == other.cause && essence == other.essence;
  }
};

// Runs a scenario from its start. Deterministic.
using Replay = std::function<Replayed(const Scenario&)>;
using Rewrite = std::function<Scenario(const Scenario&)>;

struct Replayer {
  Replay replay;
  Rewrite packets_by_cause;  // Names each packet by the step that caused it. May be empty.
  Rewrite packets_by_kind;   // Names each packet by what it is and where it flies. May be empty.
};

// Runs on the runner's ports. The runner outlives the replayer.
Replayer over_runner(judge::Runner& runner);

}  // namespace lockstep::shrink
