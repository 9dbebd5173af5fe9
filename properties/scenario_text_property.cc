// The text form says everything about a scenario: parse(print(s)) == canonical(s), and a text that
// was printed prints again as it was.
#include <string>

#include "oracle/scenario/text.h"
#include "properties/generators/harness.h"
#include "properties/generators/random_scenario.h"

namespace lockstep::properties {
namespace {

constexpr std::uint32_t steps_max = 20;

// How a printed scenario may differ from the one that was meant, for the test of the test.
using Change = void (*)(scenario::Scenario&);
void change_nothing(scenario::Scenario&) {}
void forget_last_step(scenario::Scenario& scenario) {
  if (!scenario.steps.empty()) scenario.steps.pop_back();
}

Property text_says_it_all(Change before_printing) {
  return [before_printing](const Draws& draws) -> Outcome {
    scenario::ListChoices choices(draws);
    const scenario::Scenario meant = random_scenario(choices, steps_max);
    scenario::Scenario printed = meant;
    before_printing(printed);
    const std::string text = scenario::print(printed);
    const auto parsed = scenario::parse(text, "printed.scn");
    if (!parsed) return {to_string(parsed.error()) + " in\n" + text, {}};
    const scenario::Scenario canonical = scenario::canonical(meant);
    if (*parsed != canonical) return {"another scenario comes back from\n" + text, {}};
    if (scenario::print(*parsed) != text) return {"not the same text again:\n" + text, {}};
    if (scenario::canonical(canonical) != canonical) return {"canonical is not:\n" + text, {}};
    return {"", {meant.steps.size() > 5 ? "many steps" : "few steps"}};
  };
}

// Damaged text gives a scenario or an error with its place, and no more.
Outcome damaged_text_is_read(const Draws& draws) {
  scenario::ListChoices choices(draws);
  const auto below = [&choices](std::size_t n) {
    return choices.below(static_cast<std::uint32_t>(n));
  };
  const std::uint32_t place = choices.below(0xffff'ffff);
  const auto byte = static_cast<char>(choices.below(256));
  const std::uint32_t way = choices.below(3);
  std::string text = scenario::print(random_scenario(choices, steps_max));
  const std::size_t at = place % text.size();
  if (way == 0) text[at] = byte;
  if (way == 1) text.erase(at, 1 + below(5));
  if (way == 2) text.insert(at, text.substr(below(text.size()), below(20)));
  const auto parsed = scenario::parse(text, "damaged.scn");
  if (parsed) {
    const auto again = scenario::parse(scenario::print(*parsed), "again.scn");
    if (!again || *again != scenario::canonical(*parsed))
      return {"does not come back:\n" + text, {}};
    return {"", {"a scenario"}};
  }
  const scenario::ParseError& error = parsed.error();
  if (error.line == 0 || error.column == 0 || error.message.empty()) {
    return {"an error without its place: " + to_string(error), {}};
  }
  return {"", {"an error"}};
}

int run() {
  Harness harness("max_success=10000");
  harness.holds("parse(print(s)) == canonical(s)", text_says_it_all(change_nothing),
                {.draws_per_size = 5, .sometimes = {"many steps"}});
  harness.holds("damaged text is a scenario or an error with its place", damaged_text_is_read,
                {.draws_per_size = 5, .sometimes = {"a scenario", "an error"}});
  harness.is_refuted("parse(print(s)) == canonical(s), with a step not printed",
                     text_says_it_all(forget_last_step), 20, 300);
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
