// Edits of scenarios as values: each gives another scenario and leaves the old one alone.
#pragma once

#include <cstddef>
#include <vector>

#include "oracle/scenario/step.h"
#include "oracle/shrink/dependency_graph.h"

namespace lockstep::shrink {

scenario::Scenario without_steps(const scenario::Scenario& scenario, const StepSet& removed);

// Requires: index < steps.size(). The label stays.
scenario::Scenario with_action(const scenario::Scenario& scenario, std::size_t index,
                               scenario::Action action);

// Without every `expect` and every `->`.
scenario::Scenario without_expectations(const scenario::Scenario& scenario);

// Every mention of `from` becomes one of `to`.
scenario::Scenario with_name_replaced(const scenario::Scenario& scenario, scenario::SocketName from,
                                      scenario::SocketName to);

// Calls `visit` with each HostIndex of the action, mutable when the action is.
template <typename AnyAction, typename Visit>
void visit_hosts(AnyAction& action, Visit&& visit) {
  std::visit(
      [&](auto& step) {
        if constexpr (requires { step.host; }) visit(step.host);
        if constexpr (requires { step.from; }) {
          visit(step.from);
          visit(step.to);
        }
        if constexpr (requires { step.a; }) {
          visit(step.a);
          visit(step.b);
        }
        if constexpr (requires { std::get_if<scenario::PacketByKind>(&step.packet); }) {
          if (auto* packet = std::get_if<scenario::PacketByKind>(&step.packet)) {
            visit(packet->from);
            visit(packet->to);
          }
        }
      },
      action);
}

// The packet by its cause that the step names, mutable; null when it names none so.
scenario::PacketByCause* mutable_cause_of(scenario::Action& action);

}  // namespace lockstep::shrink
