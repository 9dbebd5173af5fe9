// udp_pair: two UDP sockets, one of them connected, that send and receive while the network loses,
// repeats and reorders; either may be closed.
//
//   bounds: sends 2 (each way), drops 1, duplicates 1, reorderings 1
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  std::vector<Bound> all = fault_bounds(1, 1, 1);
  all.insert(all.begin(), {"sends", 2, "datagrams that each host sends"});
  return Bounds(std::move(all));
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = R"(
host a 10.0.0.1
host b 10.0.0.2
a: u = socket inet dgram
a: bind u 10.0.0.1:1000
a: connect u 10.0.0.2:53
b: v = socket inet dgram
b: bind v 10.0.0.2:53
)";
  model.items = {
      {.step = "a: send u 1",
       .counter = "a sends",
       .most = with["sends"],
       .until = {"u is closed"}},
      {.step = "a: recv u 10", .most = any_number, .until = {"u is closed"}},
      {.step = "a: close u", .counter = "u is closed"},
      {.step = "b: sendto v 2 10.0.0.1:1000",
       .counter = "b sends",
       .most = with["sends"],
       .until = {"v is closed"}},
      {.step = "b: recvfrom v 10", .most = any_number, .until = {"v is closed"}},
      {.step = "b: close v", .counter = "v is closed"},
  };
  model.network = faults_of(with);
  model.goals = {
      {.name = "a datagram is received", .step = "b: recvfrom v 10", .value = 1},
      {.name = "and an answer", .step = "a: recv u 10", .value = 2},
      {.name = "nothing waits", .step = "a: recv u 10", .error = Errno::eagain},
      {.name = "a port unreachable is told", .step = "a: recv u 10", .error = Errno::econnrefused},
      {.name = "or by send", .step = "a: send u 1", .error = Errno::econnrefused},
  };
  return model;
}

}  // namespace

ModelRow udp_pair_row() {
  return {"udp_pair", "two UDP sockets over a network that loses, repeats and reorders",
          Size::small, bounds, make};
}

}  // namespace lockstep::models
