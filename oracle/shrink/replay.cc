#include "oracle/shrink/replay.h"

#include <algorithm>
#include <optional>

#include "oracle/scenario/visit_names.h"
#include "stack/wire/flight.h"

namespace lockstep::shrink {
namespace {

using scenario::PacketByCause;
using scenario::PacketByKind;
using scenario::Step;
namespace step = scenario::step;

bool is_expectation(const Step& step) { return std::holds_alternative<step::Expect>(step.action); }

// `before` sees each step before it is applied, `after` once it was.
template <typename Before, typename After>
void run_steps(judge::Runner& runner, const Scenario& scenario, Before before, After after) {
  runner.set_keeps_recent(std::ranges::any_of(scenario.steps, is_expectation));
  runner.start(scenario.hosts);
  for (std::size_t i = 0; i < scenario.steps.size() && !runner.stopped(); ++i) {
    before(i);
    after(i, runner.apply(scenario.steps[i]));
  }
}

// Any wrong expectation fails, so that one can be had with fewer steps than another; what is kept
// is that the same call, or an `expect` like it, sees what it saw.
std::string essence_of(const judge::Verdict& verdict, const Step& last) {
  if (verdict.outcome != judge::Outcome::expectation_failed) return "";
  const std::string seen = verdict.message.substr(0, verdict.message.find('\n'));
  const auto* call = std::get_if<step::Call>(&last.action);
  return call == nullptr ? seen : std::string(call_name(call->call)) + ": " + seen;
}

Replayed replay(judge::Runner& runner, const Scenario& scenario) {
  Replayed result;
  run_steps(
      runner, scenario, [](std::size_t) {},
      [&](std::size_t, judge::Effect effect) {
        result.idle.push_back(effect == judge::Effect::none);
      });
  result.applied = result.idle.size();
  result.cause = runner.verdict().cause();
  if (result.applied != 0) {
    result.essence = essence_of(runner.verdict(), scenario.steps[result.applied - 1]);
  }
  return result;
}

Scenario packets_by_cause(judge::Runner& runner, const Scenario& scenario) {
  Scenario result = scenario;
  run_steps(
      runner, scenario, [](std::size_t) {},
      [&](std::size_t i, judge::Effect) {
        result.steps[i].action = runner.resolved_step().action;
      });
  return result;
}

// The same packet by what it is; nullopt when it is not in flight or of no kind that has a word.
std::optional<PacketByKind> kind_of(const Flight& flight, const PacketByCause& cause) {
  const InFlight* wanted = flight.find(cause.label, cause.ordinal);
  if (wanted == nullptr) return std::nullopt;
  PacketByKind result{wanted->from, wanted->to, {}, packet_kind(wanted->packet), 0};
  if (result.kind == PacketKind::other) return std::nullopt;
  for (const InFlight& entry : flight.in_flight()) {
    if (entry.serial == wanted->serial) break;
    if (entry.from == result.from && entry.to == result.to &&
        packet_kind(entry.packet) == result.kind) {
      ++result.ordinal;
    }
  }
  return result;
}

Scenario packets_by_kind(judge::Runner& runner, const Scenario& scenario) {
  Scenario result = scenario;
  const auto rename = [&](std::size_t i) {
    std::visit(
        [&](auto& action) {
          if constexpr (requires { std::get_if<PacketByCause>(&action.packet); }) {
            const auto* cause = std::get_if<PacketByCause>(&action.packet);
            if (cause == nullptr) return;
            if (const auto kind = kind_of(*runner.situation().flight, *cause)) {
              action.packet = *kind;
            }
          }
        },
        result.steps[i].action);
  };
  run_steps(runner, scenario, rename, [](std::size_t, judge::Effect) {});
  return result;
}

}  // namespace

Replayer over_runner(judge::Runner& runner) {
  return {[&runner](const Scenario& scenario) { return replay(runner, scenario); },
          [&runner](const Scenario& scenario) { return packets_by_cause(runner, scenario); },
          [&runner](const Scenario& scenario) { return packets_by_kind(runner, scenario); }};
}

}  // namespace lockstep::shrink
