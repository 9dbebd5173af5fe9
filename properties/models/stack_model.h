// StackModel: a closed system as the checker's Model. Each action is a step of a scenario, applied
// to real hosts under the oracle, so that a counterexample is an ordinary scenario.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "oracle/spec/dialect.h"
#include "properties/checker/model.h"
#include "properties/models/program.h"
#include "properties/models/world.h"

namespace lockstep::models {

// What a run needs beside the spec.
struct Setting {
  judge::PortFactory factory;  // Its ports can be copied and digested.
  const oracle::Dialect* dialect = nullptr;
};

class StackModel {
 public:
  using State = WorldRef;

  // In the order in which they are tried, which says which of several counterexamples is the least.
  enum class Kind : std::uint8_t { item, deliver, duplicate, drop, settle };
  struct Action {
    Kind kind = Kind::item;
    std::uint8_t item = 0;
    std::uint8_t from = 0;  // Of a packet: its direction, and which of those under way there.
    std::uint8_t to = 0;
    std::uint16_t index = 0;
    friend bool operator==(const Action&, const Action&) = default;
  };

  // An error is a port that cannot be explored, or a world whose first steps are not allowed.
  static absl::StatusOr<StackModel> make(Program program, const Setting& setting);

  // The checker's Model. States must not outlive the model and its copies.
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
  // The step that the action is in this state.
  scenario::Step step_of(const State& state, const Action& action) const;
  // How often each rule was applied, by its number. Requires: no thread is at work.
  std::vector<std::uint64_t> applied() const { return pool_->applied(); }

 private:
  StackModel() = default;

  bool is_enabled(const World& world, const CompiledItem& item) const;
  void finish(World& world) const;
  void note_answer(World& world, std::size_t item) const;
  std::uint32_t reached_by(const World& world) const;
  bool judges() const { return program_->promise == Promise::Kind::none; }

  template <std::size_t Goal>
  static bool goal_holds(const StackModel&, const State& state) {
    return (state->reached >> Goal & 1) != 0;
  }
  using Predicate = checker::Property<StackModel>::Predicate;
  static Predicate goal_predicate(std::size_t goal);

  std::shared_ptr<const Program> program_;
  std::shared_ptr<WorldPool> pool_;  // Before initial_, which it must outlive.
  State initial_;
};

static_assert(checker::Model<StackModel>);

}  // namespace lockstep::models
