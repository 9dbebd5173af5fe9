// ModelSpec: a closed system as it is written down: hosts, what was done before, what each program
// may do, what the network may do, and what must be reachable. A value; the files of this folder
// that are named after models make one each.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "stack/api/error_number.h"
#include "stack/tcp/tcb.h"

namespace lockstep::models {

inline constexpr std::uint8_t any_number = 255;

// One thing that a program may do, at any moment at which it is enabled.
struct Item {
  // A line of the scenario language, "a: send c 1", "tick a 3", "forge c RST", or several that are
  // one action: "tick a 1; tick b 1".
  std::string step;
  // What it counts towards; its own unless named. Items with one counter share its bound.
  std::string counter;
  std::uint8_t most = 1;           // Enabled while the counter is below; any_number is not counted.
  std::vector<std::string> after;  // Counters that must be above zero ...
  std::vector<std::string> until;  // ... and those that must be zero.
  bool when_quiet = false;         // Only while nothing is under way.
  bool fair = false;  // In a liveness model: not left for ever while enabled (weak fairness).
};

// Faults that the network may commit, each as often as said, at any moment. Else what is delivered
// is always the oldest packet of its direction.
struct Network {
  std::uint8_t drops = 0;
  std::uint8_t duplicates = 0;
  std::uint8_t reorderings = 0;  // Deliveries of a packet that is not the oldest of its direction.
  std::uint8_t deliveries = 0;   // Of packets, altogether; 0: any number.
  bool is_fair = false;          // In a liveness model: a direction is not left for ever.
};

// Something that must be reached, or the model says less than it seems to. One of:
struct Goal {
  std::string name;
  // Some socket of the host is in the state.
  std::string host = {};
  TcpState state = TcpState::closed;
  // The item with this step answered so at some time before: an errno, or (`value` >= 0) a value.
  std::string step = {};
  Errno error = Errno::ok;
  std::int64_t value = -1;
};

// What liveness asks, of the stack alone.
struct Promise {
  enum class Kind : std::uint8_t { none, eventually, can_always_reach };
  Kind kind = Kind::none;
  // The counterpart of a goal: every fair run comes to a state where it holds, or from every state
  // some run does.
  Goal goal;
};

struct ModelSpec {
  std::string world;  // Host lines, then the steps that lead to the initial state.
  std::vector<Item> items;
  Network network;
  std::vector<Goal> goals;
  // What is left when nothing else can happen is settled: everything owed must then be there.
  bool settles = true;
  Promise promise;
};

// A number by which a model is made larger or smaller.
struct Bound {
  std::string_view name;
  std::uint8_t value = 0;
  std::string_view meaning;
  std::uint8_t most = any_number - 1;
};

class Bounds {
 public:
  explicit Bounds(std::vector<Bound> bounds) : all_(std::move(bounds)) {}

  std::uint8_t operator[](std::string_view name) const;
  // False: there is no such bound. Requires: not above its most.
  bool set(std::string_view name, std::uint8_t value);
  // Null when there is none of that name.
  const Bound* find(std::string_view name) const;
  const std::vector<Bound>& all() const { return all_; }

 private:
  std::vector<Bound> all_;
};

}  // namespace lockstep::models
