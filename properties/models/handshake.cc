// handshake: a client connects while the server may not listen yet, may stop listening, and the
// network loses, repeats and reorders segments; either application may close.
//
//   bounds: drops 1, duplicates 1, reorderings 1, ticks 1 (each host, of 3 ticks)
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  std::vector<Bound> all = fault_bounds(1, 1, 1);
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
a: c = socket inet stream
)";
  model.items = {
      {.step = "a: connect c 10.0.0.2:80",
       .counter = "connect",
       .most = 2,
       .until = {"c is closed"}},
      {.step = "a: getsockopt c so_error",
       .most = any_number,
       .after = {"connect"},
       .until = {"c is closed"}},
      {.step = "a: close c", .counter = "c is closed", .after = {"connect"}},
      {.step = "tick a 3", .most = with["ticks"]},
      {.step = "b: listen l 1", .counter = "listen", .until = {"l is closed"}},
      {.step = "b: s = accept l",
       .counter = "accept",
       .after = {"listen"},
       .until = {"l is closed"}},
      {.step = "b: close l", .counter = "l is closed"},
      {.step = "tick b 3", .most = with["ticks"]},
  };
  model.network = faults_of(with);
  model.goals = {
      {.name = "the client is in SYN-SENT", .host = "a", .state = TcpState::syn_sent},
      {.name = "the server is in SYN-RECEIVED", .host = "b", .state = TcpState::syn_received},
      {.name = "the client is connected", .host = "a", .state = TcpState::established},
      {.name = "the server is connected", .host = "b", .state = TcpState::established},
      {.name = "a connection is accepted", .step = "b: s = accept l"},
      {.name = "the client is refused",
       .step = "a: getsockopt c so_error",
       .value = static_cast<std::int64_t>(Errno::econnrefused)},
  };
  return model;
}

}  // namespace

ModelRow handshake_row() {
  return {"handshake", "a client connects to a server that listens early, late or no longer",
          Size::large, bounds, make};
}

}  // namespace lockstep::models
