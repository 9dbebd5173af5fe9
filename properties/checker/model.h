// What the checker asks of a model: functions on values, without clock, randomness or memory of
// their own. See docs/model-checking.md for one written out.
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "properties/checker/fingerprint.h"

namespace lockstep::checker {

enum class PropertyKind {
  // Safety. `always` is judged in every state, `ends_well` in those without an enabled action: a
  // deadlock is an end that is not well.
  always,
  ends_well,
  // Reachability: no state where it holds is a failure of the run.
  sometimes,
  // Liveness, decided on the whole graph. `eventually`: every fair run that passes a state of
  // `trigger` (the initial states if there is none) comes to a state that holds. A run that ends
  // is held against it, too. `can_always_reach`: AG EF, from every state some run gets there.
  eventually,
  can_always_reach,
};

constexpr bool is_safety(PropertyKind kind) {
  return kind == PropertyKind::always || kind == PropertyKind::ends_well;
}
constexpr bool is_liveness(PropertyKind kind) {
  return kind == PropertyKind::eventually || kind == PropertyKind::can_always_reach;
}

template <class Model>
struct Property {
  // A plain function: properties are judged in every state, and hold nothing of their own.
  using Predicate = bool (*)(const Model&, const typename Model::State&);

  PropertyKind kind;
  std::string name;
  Predicate holds;
  Predicate trigger = nullptr;  // of `eventually` alone
};

// Which promise of a scheduler an action stands under. Weak: not enabled forever without being
// taken. Strong: not enabled again and again without being taken. A class is one promise; actions
// of one class share it (all steps of one process, say).
struct Fairness {
  enum class Kind : std::uint8_t { none, weak, strong };
  Kind kind = Kind::none;
  std::uint8_t of_class = 0;  // below fairness_classes_max; each class has one kind
};
inline constexpr std::uint8_t fairness_classes_max = 63;

// A model is a value of a type with these members. The order of the enabled actions is part of the
// model: it says which of several shortest counterexamples is the least.
template <class M>
concept Model =
    std::semiregular<typename M::State> && std::equality_comparable<typename M::State> &&
    std::semiregular<typename M::Action> &&
    requires(const M& model, const typename M::State& state, const typename M::Action& action,
             std::vector<typename M::State>& states, std::vector<typename M::Action>& actions) {
      model.initial_states(states);           // appends
      model.enabled_actions(state, actions);  // appends, at most actions_max
      { model.next_state(state, action) } -> std::same_as<typename M::State>;
      { model.properties() } -> std::same_as<std::vector<Property<M>>>;
      { model.label(action) } -> std::convertible_to<std::string>;
    };
inline constexpr std::size_t actions_max = 65'535;

// What a model may have beyond that.

// Symmetry: the representative of the states that are alike. Properties must not tell them apart.
template <class M>
concept HasCanonical = requires(const M& model, const typename M::State& state) {
  { model.canonical(state) } -> std::same_as<typename M::State>;
};

// Commuting actions: wherever both are enabled, neither disables the other, and either order leads
// to the same state.
template <class M>
concept HasIndependent = std::equality_comparable<typename M::Action> &&
                         requires(const M& model, const typename M::Action& action) {
                           { model.independent(action, action) } -> std::same_as<bool>;
                         };

template <class M>
concept HasFairness = requires(const M& model, const typename M::Action& action) {
  { model.fairness(action) } -> std::same_as<Fairness>;
};

// Needed when the bytes of a state are not its identity. Equal states must give equal ones.
template <class M>
concept HasFingerprint = requires(const M& model, const typename M::State& state) {
  { model.fingerprint(state) } -> std::same_as<Fingerprint>;
};

// A small number for the sort of an action, by which random walks leave some sorts out.
template <class M>
concept HasSort = requires(const M& model, const typename M::Action& action) {
  { model.sort(action) } -> std::convertible_to<unsigned>;
};

template <class M>
concept HasDescription = requires(const M& model, const typename M::State& state) {
  { model.describe(state) } -> std::convertible_to<std::string>;
};

template <Model M>
Fingerprint fingerprint_of(const M& model, const typename M::State& state) {
  if constexpr (HasFingerprint<M>) {
    return model.fingerprint(state);
  } else {
    return fingerprint_of_bytes(state);
  }
}

}  // namespace lockstep::checker
