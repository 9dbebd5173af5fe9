// blind_attacker: segments that the peer never sent, at the sequence numbers that matter (RFC
// 5961): exactly what is expected, one beside it, and far away. A connection survives all but exact
// ones.
//
// Forgeries that put the two ends at odds let them answer each other until the limit of challenge
// ACKs, so that deliveries have a bound.
//
//   bounds: forgeries 2 (at both ends together), deliveries 10
#include "properties/models/connected.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"forgeries", 2, "segments that the attacker forges"},
                 {"deliveries", 10, "segments that arrive; 0: any number"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = connected_pair();
  const std::vector<std::string> forged = {
      "RST seq=+0",
      "RST seq=+1",
      "RST seq=-1",
      "RST seq=+100000",
      "SYN seq=+0",
      "SYN seq=+5",
      "ACK seq=+0 ack=+1",
      "ACK seq=+0 ack=-70000",
      "ACK seq=+0 ack=+0 len=1",
      "ACK seq=+1 ack=+0 len=1",
      "FIN|ACK seq=+0 ack=+0",
      "FIN|ACK seq=+100000 ack=+0",
  };
  for (const std::string& text : forged) {
    for (const char* socket : {"c", "s"}) {
      model.items.push_back({.step = std::string("forge ") + socket + " " + text,
                             .counter = "forgeries",
                             .most = with["forgeries"]});
    }
  }
  const std::vector<Item> programs = {
      {.step = "a: send c 1", .counter = "a writes", .until = {"c is closed"}},
      {.step = "a: recv c 2", .most = any_number, .until = {"c is closed"}},
      {.step = "a: close c", .counter = "c is closed"},
      {.step = "b: recv s 2", .most = any_number, .until = {"s is closed"}},
      {.step = "b: close s", .counter = "s is closed"},
  };
  model.items.insert(model.items.end(), programs.begin(), programs.end());
  model.network = {.deliveries = with["deliveries"]};
  model.goals = {
      {.name = "an exact RST ends the connection",
       .step = "a: recv c 2",
       .error = Errno::econnreset},
      {.name = "data arrives all the same", .step = "b: recv s 2", .value = 1},
      {.name = "the end arrives all the same", .step = "b: recv s 2", .value = 0},
      {.name = "an orderly end", .host = "a", .state = TcpState::time_wait},
  };
  return model;
}

}  // namespace

ModelRow blind_attacker_row() {
  return {"blind_attacker", "forged segments at every sequence number that matters", Size::large,
          bounds, make};
}

}  // namespace lockstep::models
