// Plan: a script of steps to come, written before the names it makes and the packets it steers
// exist. Each step becomes explicit when its turn comes, by what then is there; a step whose name
// was not bound or whose packet is not in flight is left out.
// Internal to oracle/scenario.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "oracle/scenario/situation.h"

namespace lockstep::scenario {

// A socket that a plan acts on: one that is there, or one that the plan will make.
struct Handle {
  SocketName name;
  HostIndex host = 0;
};

class Plan {
 public:
  static constexpr std::uint16_t slots_max = 16;

  bool empty() const { return next_ == actions_.size(); }
  // Forgets all steps and handles.
  void clear();
  // A socket that the plan will make. Requires: fewer than slots_max since clear().
  Handle make(HostIndex host);
  void add(Action action) { actions_.push_back(std::move(action)); }
  // The next step that can be taken, explicit; nullopt when none is left.
  std::optional<Action> next(const Situation& situation);

 private:
  static constexpr std::uint16_t first_slot = 0xff00;

  bool resolve(Action& action, const Situation& situation);
  bool resolve_names(Action& action, const Situation& situation);

  std::vector<Action> actions_;
  std::size_t next_ = 0;
  std::array<SocketName, slots_max> slots_{};
  std::uint16_t slots_used_ = 0;
};

}  // namespace lockstep::scenario
