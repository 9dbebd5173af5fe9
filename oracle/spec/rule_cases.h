// A rule with two traces: one that keeps it while its premise holds, and one that it alone rejects.
#pragma once

#include "oracle/spec/trace_fixture.h"

namespace lockstep::oracle {

struct RuleCase {
  Rule rule;
  void (*kept)(Trace&);
  void (*broken)(Trace&);  // nullptr for a rule that names a choice.
};

// Runs every case; then checks that each rule whose name begins with one of `families` has a case.
void check_rule_cases(std::span<const RuleCase> cases, std::span<const std::string_view> families);

}  // namespace lockstep::oracle
