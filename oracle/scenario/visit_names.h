// Visits every socket name in a step, in the order in which the text shows them. For renaming,
// for slicing a scenario by what its steps depend on, and for finding what they refer to.
#pragma once

#include <type_traits>
#include <utility>
#include <variant>

#include "oracle/scenario/step.h"

namespace lockstep::scenario {

// Calls `visit` with each SocketName of the action (mutable when the action is), none() included.
template <typename AnyAction, typename Visit>
  requires std::is_same_v<std::remove_const_t<AnyAction>, Action>
void visit_names(AnyAction& action, Visit&& visit) {
  std::visit(
      [&](auto& step) {
        using Kind = std::remove_cvref_t<decltype(step)>;
        if constexpr (std::is_same_v<Kind, step::Call>) {
          visit(step.result);
          visit(step.socket);
          visit(step.address.socket);
        } else if constexpr (requires { step.socket; }) {
          visit(step.socket);
        } else if constexpr (requires { std::get_if<PacketByKind>(&step.packet); }) {
          if (auto* packet = std::get_if<PacketByKind>(&step.packet)) visit(packet->socket);
        }
      },
      action);
}

// The packet by its cause that the step names; null when it names none so.
inline const PacketByCause* cause_of(const Action& action) {
  return std::visit(
      [](const auto& step) -> const PacketByCause* {
        if constexpr (requires { std::get_if<PacketByCause>(&step.packet); }) {
          return std::get_if<PacketByCause>(&step.packet);
        } else if constexpr (std::is_same_v<std::remove_cvref_t<decltype(step)>, step::Replay>) {
          return &step.packet;
        } else {
          return nullptr;
        }
      },
      action);
}

}  // namespace lockstep::scenario
