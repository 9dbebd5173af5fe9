#include "properties/checker/result.h"

#include "absl/strings/str_format.h"

namespace lockstep::checker {
namespace {

std::string to_string(Verdict verdict) {
  switch (verdict) {
    case Verdict::holds:
      return "holds";
    case Verdict::violated:
      return "VIOLATED";
    case Verdict::undecided:
      return "undecided";
  }
  return "?";
}

}  // namespace

std::string to_string(Outcome outcome) {
  switch (outcome) {
    case Outcome::holds:
      return "holds";
    case Outcome::safety_violated:
      return "safety violated";
    case Outcome::liveness_violated:
      return "liveness violated";
    case Outcome::goal_missed:
      return "goal missed";
    case Outcome::bound_reached:
      return "bound reached";
  }
  return "?";
}

std::string to_string(Bound bound) {
  switch (bound) {
    case Bound::none:
      return "none";
    case Bound::states:
      return "states";
    case Bound::depth:
      return "depth";
    case Bound::memory:
      return "memory";
    case Bound::time:
      return "time";
  }
  return "?";
}

std::string to_string(PropertyKind kind) {
  switch (kind) {
    case PropertyKind::always:
      return "always";
    case PropertyKind::ends_well:
      return "ends well";
    case PropertyKind::sometimes:
      return "sometimes";
    case PropertyKind::eventually:
      return "eventually";
    case PropertyKind::can_always_reach:
      return "can always reach";
  }
  return "?";
}

std::string account(Outcome outcome, Bound bound, const Coverage& coverage,
                    const std::vector<PropertyAccount>& properties) {
  std::string text = to_string(outcome);
  if (bound != Bound::none) text += " (bound of " + to_string(bound) + ")";
  text += absl::StrFormat(
      "\nstates %d, transitions %d, depth %d, left unexpanded %d\n"
      "%.1f MiB, %.2f s, collision probability at most %.2g%s\n",
      coverage.states, coverage.transitions, coverage.depth, coverage.unexpanded,
      static_cast<double>(coverage.memory_bytes) / 0x1p20, coverage.seconds,
      coverage.collision_probability_max, coverage.resumed ? ", resumed" : "");
  for (const PropertyAccount& property : properties) {
    text += absl::StrFormat("%s: %s: %s", to_string(property.kind), property.name,
                            to_string(property.verdict));
    if (property.kind == PropertyKind::sometimes)
      text += absl::StrFormat(", %d hits", property.hits);
    text += '\n';
  }
  return text;
}

}  // namespace lockstep::checker
