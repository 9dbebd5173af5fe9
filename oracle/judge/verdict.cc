#include "oracle/judge/verdict.h"

namespace lockstep::judge {

std::string_view outcome_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::allowed:
      return "allowed";
    case Outcome::violation:
      return "violation";
    case Outcome::expectation_failed:
      return "expectation failed";
    case Outcome::unsettled:
      return "unsettled";
    case Outcome::inconclusive:
      return "inconclusive";
    case Outcome::unsupported:
      return "unsupported";
  }
  return "?";
}

std::string_view Verdict::cause() const {
  return outcome == Outcome::violation ? oracle::rule_row(violation.rule).name
                                       : outcome_name(outcome);
}

std::string explain(const Verdict& verdict) {
  if (verdict.outcome == Outcome::allowed) return "allowed\n";
  std::string text(outcome_name(verdict.outcome));
  text += " at step " + std::to_string(verdict.step);
  if (verdict.line != 0) text += " (line " + std::to_string(verdict.line) + ")";
  if (verdict.outcome != Outcome::violation) return text + ": " + verdict.message + "\n";
  const oracle::RuleRow& row = oracle::rule_row(verdict.violation.rule);
  text += ": ";
  text += row.name;
  text += "\n  rule      ";
  text += row.sentence;
  text += "\n  source    ";
  text += row.source;
  text += "; docs/semantics.md ";
  text += row.sections;
  text += "\n  allowed   " + verdict.violation.allowed;
  text += "\n  observed  " + verdict.violation.observed;
  if (!verdict.violation.state.empty()) text += "\n  state     " + verdict.violation.state;
  return text + "\n";
}

}  // namespace lockstep::judge
