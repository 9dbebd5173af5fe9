// StackModel: a closed system as the checker's Model. Each action is a step of a scenario, applied
// to real hosts under the oracle, so that a counterexample is an ordinary scenario.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "oracle/spec/dialect.h"
#include "properties/checker/model.h"
#include "properties/models/cursor.h"
#include "properties/models/node.h"
#include "properties/models/program.h"
#include "properties/models/world.h"

namespace lockstep::models {

inline constexpr std::size_t threads_max = 64;
static_assert(fair_items_max + fair_hosts_max * fair_hosts_max <= checker::fairness_classes_max);
// Nodes that keep their worlds.
inline constexpr std::size_t kept_worlds_max = 4096;

// What a run needs beside the spec.
struct Setting {
  judge::PortFactory factory;  // Its ports can be copied and digested.
  const oracle::Dialect* dialect = nullptr;
  bool exact = false;  // Nodes keep their digests, so that equal ones are compared in full.
};

class StackModel {
 public:
  using State = NodeRef;
  using Action = models::Action;
  using Kind = Action::Kind;

  // An error is a port that cannot be explored, or a world whose first steps are not allowed.
  static absl::StatusOr<StackModel> make(Program program, const Setting& setting);

  // The checker's Model. At most threads_max threads ask it.
  void initial_states(std::vector<State>& states) const { states.push_back(initial_); }
  void enabled_actions(const State& state, std::vector<Action>& actions) const;
  State next_state(const State& state, const Action& action) const;
  std::vector<checker::Property<StackModel>> properties() const;
  std::string label(const Action& action) const;
  std::string describe(const State& state) const;
  checker::Fingerprint fingerprint(const State& state) const { return state->fingerprint; }
  bool independent(const Action& a, const Action& b) const;
  checker::Fairness fairness(const Action& action) const;
  unsigned sort(const Action& action) const;

  const Program& program() const { return *program_; }
  // The steps that the action is in this state.
  std::vector<scenario::Step> steps_of(const State& state, const Action& action) const;
  // How often each rule was applied, by its number. Requires: no thread is at work.
  std::vector<std::uint64_t> applied() const;

 private:
  StackModel() = default;

  // One cursor a thread; the lock is for threads beyond threads_max alone.
  Cursor& cursor() const;
  const World& world_of(Cursor& at, const State& state) const;
  void apply(World& world, const Action& action) const;
  std::size_t step_count(const Action& action) const;
  scenario::Step step_in(const World& world, const Action& action, std::size_t number) const;
  bool is_enabled(const World& world, const CompiledItem& item) const;
  void list_actions(const World& world, std::vector<Action>& actions) const;
  void note_answer(World& world, std::size_t item) const;
  std::uint32_t reached_by(const World& world) const;
  // Keeps the world where there is room.
  State node_of(PooledWorld world, const State& parent, const Action& action) const;
  bool judges() const { return program_->promise == Promise::Kind::none; }

  template <std::size_t Goal>
  static bool goal_holds(const StackModel&, const State& state) {
    return (state->reached >> Goal & 1) != 0;
  }
  using Predicate = checker::Property<StackModel>::Predicate;
  static Predicate goal_predicate(std::size_t goal);

  std::shared_ptr<const Program> program_;
  std::shared_ptr<WorldPool> pool_;  // Outlives what follows.
  std::shared_ptr<std::array<std::unique_ptr<Cursor>, threads_max>> cursors_;
  std::shared_ptr<const World> first_;
  State initial_;
  bool exact_ = false;
  bool sees_states_ = true;  // The ports are such that goals about states can be looked at.
};

static_assert(checker::Model<StackModel>);

}  // namespace lockstep::models
