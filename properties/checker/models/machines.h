// Small machines whose answers are known by hand.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "properties/checker/model.h"

namespace lockstep::checker {

// `count` counters from 0 to `top`, each raised by its own action: (top + 1) ^ count states, depth
// top * count; states that differ in the order of the counters are alike, and raises commute.
struct Counters {
  static constexpr std::size_t count_max = 8;
  using State = std::array<std::uint8_t, count_max>;
  using Action = std::uint8_t;

  std::uint8_t count = 3;
  std::uint8_t top = 4;
  int forbidden_sum = -1;
  int goal_sum = 0;

  void initial_states(std::vector<State>& states) const { states.emplace_back(); }
  void enabled_actions(const State& state, std::vector<Action>& actions) const {
    for (Action i = 0; i < count; ++i) {
      if (state[i] < top) actions.push_back(i);
    }
  }
  State next_state(State state, Action action) const {
    ++state[action];
    return state;
  }
  std::string label(Action action) const { return "raise " + std::to_string(action); }
  State canonical(State state) const {
    std::sort(state.begin(), state.begin() + count);
    return state;
  }
  bool independent(Action a, Action b) const { return a != b; }
  unsigned sort(Action action) const { return action; }

  static int sum(const State& state) {
    int total = 0;
    for (const std::uint8_t value : state) total += value;
    return total;
  }
  std::vector<Property<Counters>> properties() const {
    return {{PropertyKind::always, "the sum is not the forbidden one",
             [](const Counters& c, const State& s) { return sum(s) != c.forbidden_sum; }},
            {PropertyKind::ends_well, "ends with all at the top",
             [](const Counters& c, const State& s) { return sum(s) == c.count * c.top; }},
            {PropertyKind::sometimes, "the goal is reached",
             [](const Counters& c, const State& s) { return sum(s) == c.goal_sum; }}};
  }
};

// A graph drawn by hand: a vertex is a state, an edge an action.
struct HandDrawn {
  using State = std::uint8_t;
  struct Action {
    std::uint8_t to = 0;
    Fairness fairness;
  };
  struct Edge {
    State from = 0;
    Action action;
  };

  std::vector<Edge> edges;
  std::vector<State> initial = {0};
  State goal = 0;
  State trigger = 0;
  State forbidden = 255;
  std::vector<PropertyKind> asked;
  bool has_trigger = false;

  void initial_states(std::vector<State>& states) const { states = initial; }
  void enabled_actions(State state, std::vector<Action>& actions) const {
    for (const Edge& edge : edges) {
      if (edge.from == state) actions.push_back(edge.action);
    }
  }
  State next_state(State, const Action& action) const { return action.to; }
  std::string label(const Action& action) const { return "to " + std::to_string(action.to); }
  std::string describe(State state) const { return "at " + std::to_string(state); }
  Fairness fairness(const Action& action) const { return action.fairness; }

  std::vector<Property<HandDrawn>> properties() const {
    std::vector<Property<HandDrawn>> all;
    for (const PropertyKind kind : asked) {
      if (kind == PropertyKind::always) {
        all.push_back({kind, "not the forbidden vertex",
                       [](const HandDrawn& m, const State& s) { return s != m.forbidden; }});
      } else {
        all.push_back({kind, "the goal", is_goal, has_trigger ? is_trigger : nullptr});
      }
    }
    return all;
  }

 private:
  static bool is_goal(const HandDrawn& machine, const State& s) { return s == machine.goal; }
  static bool is_trigger(const HandDrawn& machine, const State& s) { return s == machine.trigger; }
};

// Peterson's mutual exclusion for two processes. `broken`: the flag is raised after the turn was
// read, so that both can enter.
struct Peterson {
  enum class At : std::uint8_t { idle, wants, gave_turn, critical };
  struct State {
    std::array<At, 2> at{};
    std::uint8_t turn = 0;
    friend bool operator==(const State&, const State&) = default;
  };
  using Action = std::uint8_t;  // the process that moves

  bool broken = false;
  Fairness::Kind fair = Fairness::Kind::weak;

  void initial_states(std::vector<State>& states) const { states.emplace_back(); }
  void enabled_actions(const State& state, std::vector<Action>& actions) const {
    for (Action i = 0; i < 2; ++i) {
      if (state.at[i] != At::gave_turn || may_enter(state, i)) actions.push_back(i);
    }
  }
  State next_state(State state, Action i) const {
    switch (state.at[i]) {
      case At::idle:
        state.at[i] = At::wants;
        break;
      case At::wants:
        state.turn = static_cast<std::uint8_t>(1 - i);
        state.at[i] = At::gave_turn;
        break;
      case At::gave_turn:
        state.at[i] = At::critical;
        break;
      case At::critical:
        state.at[i] = At::idle;
        break;
    }
    return state;
  }
  std::string label(Action i) const { return "process " + std::to_string(i) + " moves"; }
  Fairness fairness(Action i) const { return {fair, i}; }

  std::vector<Property<Peterson>> properties() const {
    return {{PropertyKind::always, "one at most is in the critical section",
             [](const Peterson&, const State& s) {
               return s.at[0] != At::critical || s.at[1] != At::critical;
             }},
            {PropertyKind::sometimes, "the second one waits while the first is inside",
             [](const Peterson&, const State& s) {
               return s.at[0] == At::critical && s.at[1] == At::gave_turn;
             }},
            {PropertyKind::eventually, "the first one gets in",
             [](const Peterson&, const State& s) { return s.at[0] == At::critical; }},
            {PropertyKind::can_always_reach, "both can be idle again",
             [](const Peterson&, const State& s) {
               return s.at[0] == At::idle && s.at[1] == At::idle;
             }}};
  }

 private:
  // Broken: only a process that is inside is seen to want it.
  bool may_enter(const State& state, Action i) const {
    const At other = state.at[1U - i];
    const bool wants = broken ? other == At::wants : other != At::idle;
    return !wants || state.turn == i;
  }
};

// Dining philosophers who take the left fork first: all with one fork each is a deadlock, `count`
// steps away and no nearer. `last_is_left_handed`: one takes the right fork first, and none occurs.
struct Philosophers {
  static constexpr std::size_t count_max = 8;
  using State = std::array<std::uint8_t, count_max>;  // forks in hand, as they were taken
  using Action = std::uint8_t;

  std::uint8_t count = 3;
  bool last_is_left_handed = false;

  void initial_states(std::vector<State>& states) const { states.emplace_back(); }
  void enabled_actions(const State& state, std::vector<Action>& actions) const {
    for (Action i = 0; i < count; ++i) {
      if (state[i] == 2 || is_free(state, fork(i, state[i]))) actions.push_back(i);
    }
  }
  State next_state(State state, Action i) const {
    state[i] = state[i] == 2 ? 0 : static_cast<std::uint8_t>(state[i] + 1);
    return state;
  }
  std::string label(Action i) const { return "philosopher " + std::to_string(i); }
  // Those who share no fork.
  bool independent(Action a, Action b) const {
    const int apart = (a - b + count) % count;
    return apart != 0 && apart != 1 && apart != count - 1;
  }
  // Turning the table, when all are alike.
  State canonical(const State& state) const {
    State least = state;
    State turned = state;
    for (int i = 1; i < count && !last_is_left_handed; ++i) {
      std::rotate(turned.begin(), turned.begin() + 1, turned.begin() + count);
      least = std::min(least, turned);
    }
    return least;
  }

  std::vector<Property<Philosophers>> properties() const {
    return {{PropertyKind::ends_well, "no deadlock",
             [](const Philosophers&, const State&) { return false; }},
            {PropertyKind::sometimes, "one eats", [](const Philosophers&, const State& s) {
               return std::find(s.begin(), s.end(), 2) != s.end();
             }}};
  }

 private:
  // The number of a philosopher's first (0) or second (1) fork.
  int fork(int i, int which) const {
    const bool takes_right = (last_is_left_handed && i == count - 1) != (which == 1);
    return (i + (takes_right ? 1 : 0)) % count;
  }
  bool is_free(const State& state, int wanted) const {
    for (int i = 0; i < count; ++i) {
      for (int which = 0; which < state[static_cast<std::size_t>(i)]; ++which) {
        if (fork(i, which) == wanted) return false;
      }
    }
    return true;
  }
};

}  // namespace lockstep::checker
