// What a run says: a verdict, what it covered, and a counterexample if there is one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "properties/checker/model.h"

namespace lockstep::checker {

enum class Outcome {
  holds,  // every property, in all that is reachable (random walks: in all walks)
  safety_violated,
  liveness_violated,
  goal_missed,    // nothing is violated, but a `sometimes` was never reached
  bound_reached,  // nothing is violated in what was covered, which is not everything
};

enum class Bound { none, states, depth, memory, time };

enum class Verdict { holds, violated, undecided };

struct PropertyAccount {
  std::string name;
  PropertyKind kind = PropertyKind::always;
  Verdict verdict = Verdict::undecided;
  std::uint64_t hits = 0;  // of `sometimes`: the states in which it held

  friend bool operator==(const PropertyAccount&, const PropertyAccount&) = default;
};

struct Coverage {
  std::uint64_t states = 0;        // distinct; random walks: visits
  std::uint64_t transitions = 0;   // computed
  std::uint32_t depth = 0;         // the deepest state seen, in actions from an initial state
  std::uint64_t unexpanded = 0;    // states that were seen but whose actions were not all tried
  std::uint64_t memory_bytes = 0;  // of visited set, frontier and graph, at the end
  double seconds = 0;
  double collision_probability_max = 0;
  bool resumed = false;
};

// A run that violates a property. Liveness: from steps[cycle_at] on it goes round, back to the
// state before that step; without cycle_at it ends where no action is enabled.
template <class M>
struct Counterexample {
  struct Step {
    typename M::Action action;
    typename M::State after;
  };
  std::size_t property = 0;  // index in Model::properties()
  typename M::State initial;
  std::vector<Step> steps;
  std::optional<std::size_t> cycle_at;
};

template <class M>
struct Result {
  Outcome outcome = Outcome::holds;
  Bound bound = Bound::none;
  std::vector<PropertyAccount> properties;
  Coverage coverage;
  std::optional<Counterexample<M>> counterexample;
};

std::string to_string(Outcome outcome);
std::string to_string(Bound bound);
std::string to_string(PropertyKind kind);

// A few lines for a person: verdict, bound, coverage, properties.
std::string account(Outcome outcome, Bound bound, const Coverage& coverage,
                    const std::vector<PropertyAccount>& properties);

template <Model M>
std::string account(const Result<M>& result) {
  return account(result.outcome, result.bound, result.coverage, result.properties);
}

// One action a line, and the states where the model can describe them.
template <Model M>
std::string show(const M& model, const Counterexample<M>& found) {
  const auto state_text = [&](const typename M::State& state) {
    if constexpr (HasDescription<M>) {
      return "  " + std::string(model.describe(state));
    } else {
      static_cast<void>(state);
      return std::string();
    }
  };
  std::string text = "violates " + model.properties()[found.property].name + "\n   0 initial" +
                     state_text(found.initial) + "\n";
  for (std::size_t i = 0; i < found.steps.size(); ++i) {
    if (found.cycle_at == i) text += "  -- from here again and again:\n";
    std::string number = std::to_string(i + 1);
    number.insert(0, number.size() < 4 ? 4 - number.size() : 0, ' ');
    text += number + ' ' + std::string(model.label(found.steps[i].action)) +
            state_text(found.steps[i].after) + "\n";
  }
  return text;
}

}  // namespace lockstep::checker
