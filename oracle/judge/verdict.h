// Verdict: what the judge says of a run, and where.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "oracle/scenario/step.h"
#include "oracle/spec/judgement.h"

namespace lockstep::judge {

enum class Outcome : std::uint8_t {
  allowed,             // Everything seen is allowed and every expectation held.
  violation,           // A rule was broken.
  expectation_failed,  // The author's own `->` or `expect` did not hold.
  unsettled,           // A settle reached its bound though no forgery excuses it.
  inconclusive,        // The oracle could not follow; never counted as allowed.
  unsupported,         // The port lacks a feature that a step needs.
};

std::string_view outcome_name(Outcome outcome);

struct Verdict {
  Outcome outcome = Outcome::allowed;
  scenario::Label step = 0;     // Where; 0 when allowed.
  std::uint32_t line = 0;       // Of the scenario's text; 0 when it had none.
  oracle::Violation violation;  // Outcome::violation alone.
  std::string message;          // The other outcomes: one line.

  // What shrinking must keep: the rule's name, or the outcome's name where no rule is broken.
  std::string_view cause() const;
};

// Several lines for a person: the step, the rule with its sentence and source, what was allowed,
// what was seen, the state concerned.
std::string explain(const Verdict& verdict);

}  // namespace lockstep::judge
