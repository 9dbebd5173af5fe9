// simultaneous_open: two sockets connect to each other (RFC 9293 3.5, figure 7), and close.
//
//   bounds: drops 1, duplicates 1, reorderings 1, ticks 0 (each host, of 3 ticks)
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  std::vector<Bound> all = fault_bounds(1, 1, 1);
  all.push_back(ticks_bound(0));
  return Bounds(std::move(all));
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = R"(
host a 10.0.0.1
host b 10.0.0.2
a: c = socket inet stream
a: bind c 10.0.0.1:1000
b: d = socket inet stream
b: bind d 10.0.0.2:2000
)";
  model.items = {
      {.step = "a: connect c 10.0.0.2:2000", .counter = "a connects"},
      {.step = "a: close c", .counter = "c is closed", .after = {"a connects"}},
      {.step = "tick a 3", .most = with["ticks"]},
      {.step = "b: connect d 10.0.0.1:1000", .counter = "b connects"},
      {.step = "b: close d", .counter = "d is closed", .after = {"b connects"}},
      {.step = "tick b 3", .most = with["ticks"]},
  };
  model.network = faults_of(with);
  model.goals = {
      {.name = "a is in SYN-RECEIVED", .host = "a", .state = TcpState::syn_received},
      {.name = "b is in SYN-RECEIVED", .host = "b", .state = TcpState::syn_received},
      {.name = "a is connected", .host = "a", .state = TcpState::established},
      {.name = "b is connected", .host = "b", .state = TcpState::established},
      {.name = "both close at once", .host = "a", .state = TcpState::closing},
  };
  return model;
}

}  // namespace

ModelRow simultaneous_open_row() {
  return {"simultaneous_open", "two sockets connect to each other", Size::small, bounds, make};
}

}  // namespace lockstep::models
