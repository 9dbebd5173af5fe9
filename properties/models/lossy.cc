// lossy: a handshake, a byte and a close over a network that loses, repeats and reorders, with
// a timeout's worth of time passing at any moment.
//
//   bounds: bytes 1, drops 1, duplicates 1, reorderings 1, ticks 1 (each host, of 3 ticks)
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  std::vector<Bound> all = fault_bounds(1, 1, 1);
  all.insert(all.begin(), {"bytes", 1, "bytes that the client writes, one at a time"});
  all.push_back(ticks_bound(1));
  return Bounds(std::move(all));
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = R"(
host a 10.0.0.1
host b 10.0.0.2
b: l = socket inet stream
b: bind l 10.0.0.2:80
b: listen l 1
a: c = socket inet stream
a: connect c 10.0.0.2:80
)";
  model.items = {
      {.step = "a: send c 1",
       .counter = "a writes",
       .most = with["bytes"],
       .until = {"c is closed"}},
      {.step = "a: close c", .counter = "c is closed", .after = {"a writes"}},
      {.step = "tick a 3", .most = with["ticks"]},
      {.step = "b: s = accept l", .counter = "accept"},
      {.step = "b: recv s 2", .most = any_number, .after = {"accept"}, .until = {"s is closed"}},
      {.step = "b: close s", .counter = "s is closed", .after = {"accept"}},
      {.step = "tick b 3", .most = with["ticks"]},
  };
  model.network = faults_of(with);
  model.goals = {
      {.name = "the byte is read", .step = "b: recv s 2", .value = 1},
      {.name = "and the end", .step = "b: recv s 2", .value = 0},
      {.name = "the client is in TIME-WAIT", .host = "a", .state = TcpState::time_wait},
  };
  return model;
}

}  // namespace

ModelRow lossy_row() {
  return {"lossy", "a handshake, a byte and a close over a bad network", Size::large, bounds, make};
}

}  // namespace lockstep::models
