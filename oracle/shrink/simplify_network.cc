#include <algorithm>
#include <type_traits>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/cost.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

using scenario::Action;
namespace step = scenario::step;

// What could happen instead, the simplest first.
std::vector<Action> simpler_actions(const Scenario& scenario, std::size_t index) {
  const Action& action = scenario.steps[index].action;
  std::vector<Action> simpler;
  if (std::holds_alternative<step::Expect>(action)) return simpler;
  if (!std::holds_alternative<step::Settle>(action)) simpler.emplace_back(step::Settle{});
  std::visit(
      [&](const auto& step) {
        using Kind = std::remove_cvref_t<decltype(step)>;
        if constexpr (requires { step.packet; }) {
          if (!std::is_same_v<Kind, step::Deliver>)
            simpler.emplace_back(step::Deliver{step.packet});
          if (!std::is_same_v<Kind, step::Deliver> && !std::is_same_v<Kind, step::Drop>) {
            simpler.emplace_back(step::Drop{step.packet});
          }
        }
      },
      action);
  for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
    simpler.emplace_back(step::Tick{static_cast<scenario::HostIndex>(host), 1});
  }
  std::erase_if(simpler,
                [&](const Action& each) { return action_cost(each) >= action_cost(action); });
  return simpler;
}

bool causes_named_packets(const Scenario& scenario, std::size_t index) {
  return std::ranges::any_of(scenario.steps, [&](const scenario::Step& step) {
    const auto* cause = scenario::cause_of(step.action);
    return cause != nullptr && cause->label == scenario.steps[index].label;
  });
}

// Later steps may name packets that this step caused and that now have another cause: when the
// replacement fails as it stands, they are named by what they are.
bool replace(Search& search, std::size_t index, const Action& action) {
  if (search.attempt(with_action(search.current(), index, action))) return true;
  if (!causes_named_packets(search.current(), index)) return false;
  return search.attempt_by_kind(with_action(search.with_packets_by_kind(), index, action));
}

}  // namespace

void simplify_network(Search& search) {
  for (std::size_t i = 0; i < search.current().steps.size() && !search.exhausted(); ++i) {
    for (const Action& action : simpler_actions(search.current(), i)) {
      if (!replace(search, i, action)) continue;
      remove_tail_and_idle(search);
      break;
    }
  }
}

}  // namespace lockstep::shrink
