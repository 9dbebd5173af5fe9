// A sliding-window protocol (go back N) over two lossy channels that keep order. One sender, one
// receiver; sequence numbers are modulo M, messages are told apart modulo P. sliding_window.pml is
// the same machine in Promela: variable by variable and action by action, so that the numbers of
// states must be equal.
//
//   sender   una ......... una + outstanding     messages, modulo P
//   data     [message ...]     of which the receiver sees the message modulo M
//   acks     [next ...]        the sequence number, modulo M, that the receiver waits for
//   receiver expected          the message, modulo P, that comes next
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "properties/checker/model.h"

namespace lockstep::checker {

struct SlidingWindow {
  static constexpr std::size_t capacity_max = 6;

  struct Channel {
    std::array<std::uint8_t, capacity_max> items{};  // beyond `size` all zero
    std::uint8_t size = 0;

    void push(std::uint8_t item) { items[size++] = item; }
    std::uint8_t pop() {
      const std::uint8_t item = items[0];
      for (std::size_t i = 1; i < size; ++i) items[i - 1] = items[i];
      items[--size] = 0;
      return item;
    }
    friend bool operator==(const Channel&, const Channel&) = default;
  };

  struct State {
    std::uint8_t una = 0;
    std::uint8_t outstanding = 0;
    std::uint8_t expected = 0;
    std::uint8_t is_confused = 0;  // the receiver took a message for another
    Channel data;
    Channel acks;
    friend bool operator==(const State&, const State&) = default;
  };

  enum class Kind : std::uint8_t { send, repeat, take_data, lose_data, take_ack, lose_ack };
  struct Action {
    Kind kind = Kind::send;
    std::uint8_t which = 0;  // of `repeat`: messages beyond una
    friend bool operator==(const Action&, const Action&) = default;
  };

  std::uint8_t window = 3;
  std::uint8_t modulus = 4;   // M; confusion if it is not greater than the window
  std::uint8_t messages = 8;  // P, a multiple of M
  std::uint8_t capacity = 3;  // of each channel

  void initial_states(std::vector<State>& states) const { states.emplace_back(); }

  void enabled_actions(const State& state, std::vector<Action>& actions) const {
    if (state.data.size < capacity) {
      if (state.outstanding < window) actions.push_back({Kind::send, 0});
      for (std::uint8_t i = 0; i < state.outstanding; ++i) actions.push_back({Kind::repeat, i});
    }
    if (state.data.size > 0) {
      if (state.acks.size < capacity) actions.push_back({Kind::take_data, 0});
      actions.push_back({Kind::lose_data, 0});
    }
    if (state.acks.size > 0) {
      actions.push_back({Kind::take_ack, 0});
      actions.push_back({Kind::lose_ack, 0});
    }
  }

  State next_state(const State& state, const Action& action) const {
    State next = state;
    switch (action.kind) {
      case Kind::send:
        next.data.push(modulo(state.una + state.outstanding, messages));
        ++next.outstanding;
        break;
      case Kind::repeat:
        next.data.push(modulo(state.una + action.which, messages));
        break;
      case Kind::take_data:
        receive(next);
        break;
      case Kind::lose_data:
        next.data.pop();
        break;
      case Kind::take_ack:
        acknowledge(next);
        break;
      case Kind::lose_ack:
        next.acks.pop();
        break;
    }
    return next;
  }

  std::vector<Property<SlidingWindow>> properties() const {
    using Self = SlidingWindow;
    return {
        {PropertyKind::always, "messages are taken in order and once",
         [](const Self&, const State& state) { return state.is_confused == 0; }},
        {PropertyKind::sometimes, "the window is full",
         [](const Self& self, const State& state) { return state.outstanding == self.window; }},
        {PropertyKind::sometimes, "all numbers were used",
         [](const Self& self, const State& state) { return state.una == self.messages - 1; }},
    };
  }

  // The ends of a channel commute: one puts, the other takes what is there already. Both enabled
  // means that there is room for the one and something for the other.
  bool independent(const Action& a, const Action& b) const {
    return (variables(a.kind) & variables(b.kind)) == 0;
  }

  std::string label(const Action& action) const {
    switch (action.kind) {
      case Kind::send:
        return "send";
      case Kind::repeat:
        return "repeat una+" + std::to_string(action.which);
      case Kind::take_data:
        return "take data";
      case Kind::lose_data:
        return "lose data";
      case Kind::take_ack:
        return "take ack";
      case Kind::lose_ack:
        return "lose ack";
    }
    return "?";
  }

  std::string describe(const State& state) const {
    const auto text = [](const Channel& channel) {
      std::string items;
      for (std::size_t i = 0; i < channel.size; ++i) {
        items += (i == 0 ? "" : " ") + std::to_string(channel.items[i]);
      }
      return "[" + items + "]";
    };
    return "una " + std::to_string(state.una) + " outstanding " +
           std::to_string(state.outstanding) + " expected " + std::to_string(state.expected) +
           " data " + text(state.data) + " acks " + text(state.acks) +
           (state.is_confused != 0 ? " confused" : "");
  }

 private:
  static std::uint8_t modulo(int value, std::uint8_t modulus) {
    return static_cast<std::uint8_t>(value % modulus);
  }

  void receive(State& next) const {
    const std::uint8_t message = next.data.pop();
    if (message % modulus == next.expected % modulus) {
      if (message != next.expected) next.is_confused = 1;
      next.expected = modulo(next.expected + 1, messages);
    }
    next.acks.push(modulo(next.expected, modulus));
  }

  void acknowledge(State& next) const {
    const std::uint8_t ack = next.acks.pop();
    const std::uint8_t newly = modulo(ack + modulus - next.una % modulus, modulus);
    if (newly > next.outstanding) return;
    next.una = modulo(next.una + newly, messages);
    next.outstanding = static_cast<std::uint8_t>(next.outstanding - newly);
  }

  // What an action reads or writes: the sender, the receiver, and the ends of the channels. A
  // channel's two ends are two variables; taking from one and putting into it commute.
  static unsigned variables(Kind kind) {
    constexpr unsigned sender = 1, receiver = 2, data_in = 4, data_out = 8, acks_in = 16,
                       acks_out = 32;
    switch (kind) {
      case Kind::send:
      case Kind::repeat:
        return sender | data_in;
      case Kind::take_data:
        return receiver | data_out | acks_in;
      case Kind::lose_data:
        return data_out;
      case Kind::take_ack:
        return sender | acks_out;
      case Kind::lose_ack:
        return acks_out;
    }
    return ~0U;
  }
};

}  // namespace lockstep::checker
