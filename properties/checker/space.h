// A model as the searches see it: successors with symmetry applied, fingerprints, and the judging
// of single states. One copy a worker; it has the counts of `sometimes` in it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "properties/checker/model.h"
#include "properties/checker/options.h"
#include "properties/checker/result.h"
#include "stack/api/check.h"

namespace lockstep::checker {

template <Model M>
class Space {
 public:
  using State = typename M::State;
  using Action = typename M::Action;

  Space(const M& model, const Options& options) : model_(&model), properties_(model.properties()) {
    hits_.resize(properties_.size());
    for (const Property<M>& property : properties_) has_liveness_ |= is_liveness(property.kind);
    // Representatives confuse which process moved, and sleep sets leave transitions out: either
    // makes the graph another one, on which fair cycles mean something else. Sleeping actions have
    // no name that survives a permutation, so that symmetry comes first.
    if constexpr (HasCanonical<M>) has_symmetry_ = options.symmetry && !has_liveness_;
    if constexpr (HasIndependent<M>) {
      has_sleep_sets_ = options.sleep_sets && !has_liveness_ && !has_symmetry_;
    }
  }

  const M& model() const { return *model_; }
  const std::vector<Property<M>>& properties() const { return properties_; }
  bool has_liveness() const { return has_liveness_; }
  bool has_symmetry() const { return has_symmetry_; }
  bool has_sleep_sets() const { return has_sleep_sets_; }
  const std::vector<std::uint64_t>& hits() const { return hits_; }

  std::vector<State> initial_states() const {
    std::vector<State> states;
    model_->initial_states(states);
    for (State& state : states) state = representative(std::move(state));
    return states;
  }

  void enabled_actions(const State& state, std::vector<Action>& actions) const {
    actions.clear();
    model_->enabled_actions(state, actions);
    LOCKSTEP_CHECK(actions.size() <= actions_max);
  }

  State next(const State& state, const Action& action) const {
    return representative(model_->next_state(state, action));
  }

  State representative(State state) const {
    if constexpr (HasCanonical<M>) {
      if (has_symmetry_) return model_->canonical(state);
    }
    return state;
  }

  Fingerprint fingerprint(const State& state) const { return fingerprint_of(*model_, state); }

  // The `always` that a state violates, if any.
  std::optional<std::size_t> violated_by(const State& state) const {
    for (std::size_t i = 0; i < properties_.size(); ++i) {
      if (properties_[i].kind == PropertyKind::always && !properties_[i].holds(*model_, state)) {
        return i;
      }
    }
    return std::nullopt;
  }

  // The same of a state that was not judged before, whose goals are counted.
  std::optional<std::size_t> judge(const State& state) {
    for (std::size_t i = 0; i < properties_.size(); ++i) {
      if (properties_[i].kind == PropertyKind::sometimes && properties_[i].holds(*model_, state)) {
        ++hits_[i];
      }
    }
    return violated_by(state);
  }

  // The `ends_well` that a state without enabled actions violates, if any.
  std::optional<std::size_t> judge_end(const State& state) const {
    for (std::size_t i = 0; i < properties_.size(); ++i) {
      if (properties_[i].kind == PropertyKind::ends_well && !properties_[i].holds(*model_, state)) {
        return i;
      }
    }
    return std::nullopt;
  }

  void add_hits(const std::vector<std::uint64_t>& hits) {
    for (std::size_t i = 0; i < hits_.size(); ++i) hits_[i] += hits[i];
  }

 private:
  const M* model_;
  std::vector<Property<M>> properties_;
  std::vector<std::uint64_t> hits_;
  bool has_liveness_ = false;
  bool has_symmetry_ = false;
  bool has_sleep_sets_ = false;
};

// How much of what a model can do a search has seen.
enum class Seen { all, a_part, samples };

// The accounts of the properties and the outcome that follows, when a run is over. After samples
// no property is decided for good, but goals that no walk reached are missed.
template <Model M>
void conclude(Result<M>& result, const Space<M>& space, Seen seen) {
  bool missed = false;
  for (std::size_t i = 0; i < space.properties().size(); ++i) {
    const Property<M>& property = space.properties()[i];
    PropertyAccount account{property.name, property.kind, Verdict::undecided, space.hits()[i]};
    if (property.kind == PropertyKind::sometimes) {
      if (account.hits != 0) account.verdict = Verdict::holds;
      if (account.hits == 0 && seen == Seen::all) account.verdict = Verdict::violated;
      missed |= account.hits == 0 && seen != Seen::a_part;
    } else if (seen == Seen::all && !result.counterexample) {
      account.verdict = Verdict::holds;
    }
    result.properties.push_back(std::move(account));
  }
  if (result.counterexample) {
    PropertyAccount& account = result.properties[result.counterexample->property];
    account.verdict = Verdict::violated;
    result.outcome =
        is_safety(account.kind) ? Outcome::safety_violated : Outcome::liveness_violated;
  } else if (result.bound != Bound::none) {
    result.outcome = Outcome::bound_reached;
  } else if (missed) {
    result.outcome = Outcome::goal_missed;
  }
}

}  // namespace lockstep::checker
