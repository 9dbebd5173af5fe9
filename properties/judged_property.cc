// The simulated stack does nothing that the oracle forbids, in any scenario; and the oracle can
// nearly always tell.
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>

#include "oracle/spec/dialect.h"
#include "properties/generators/generated_run.h"
#include "properties/generators/harness.h"
#include "properties/generators/lossy_pair.h"

namespace lockstep::properties {
namespace {

constexpr std::uint32_t steps_max = 120;

struct Tally {
  std::uint64_t runs = 0;
  std::uint64_t inconclusive = 0;
  std::optional<GeneratedRun> finding;  // The last: the one with the fewest and smallest draws.
};

Outcome judge_one(judge::Runner& runner, const Draws& draws, Tally& tally) {
  const GeneratedRun run = run_generated(runner, draws, steps_max);
  ++tally.runs;
  Outcome outcome;
  if (run.verdict.outcome == judge::Outcome::inconclusive) {
    ++tally.inconclusive;
    outcome.tags.insert("inconclusive");
  }
  outcome.tags.insert(run.scenario.hosts.size() == 1 ? "one host" : "several hosts");
  if (run.scenario.steps.size() > 40) outcome.tags.insert("long");
  if (is_finding(run.verdict)) {
    outcome.wrong = judge::explain(run.verdict);
    tally.finding = run;
  }
  return outcome;
}

// A finding counts when it is the lie's: the honest port passes the same scenario.
Outcome judge_liar(judge::Runner& liar, judge::Runner& honest, const Draws& draws) {
  const GeneratedRun run = run_generated(liar, draws, steps_max);
  if (!is_finding(run.verdict)) return {};
  if (is_finding(judge::run(honest, run.scenario).verdict)) return {};
  return {std::string(run.verdict.cause()), {}};
}

int run() {
  Harness harness("max_success=1000");
  Tally tally;
  judge::Runner honest([](scenario::HostIndex) { return make_honest_port(); },
                       oracle::linux_dialect());
  harness.holds("the simulated stack does only what the oracle allows",
                [&](const Draws& draws) { return judge_one(honest, draws, tally); },
                {.draws_per_size = 8, .sometimes = {"one host", "several hosts", "long"}});
  if (tally.finding) {
    // Only now, not for each failure that RapidCheck met on its way.
    const std::string report = report_finding(honest, *tally.finding, "property_judged");
    std::fprintf(stderr, "\n%s", report.c_str());
  }
  harness.expect("the oracle gave up on less than one scenario in a thousand",
                 tally.inconclusive * 1000 < tally.runs,
                 std::to_string(tally.inconclusive) + " of " + std::to_string(tally.runs));
  const PortMaker make_liar = lying_port_maker("errno_replaced");
  judge::Runner liar([&](scenario::HostIndex) { return make_liar(); }, oracle::linux_dialect());
  harness.is_refuted(
      "a stack that answers EINVAL for ENOTCONN does only what the oracle allows",
      [&](const Draws& draws) { return judge_liar(liar, honest, draws); }, 2000, 800);
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
