// reboot: a host starts anew at any moment, and its peer finds out that the connection is half open
// (RFC 9293 3.5.1).
//
//   bounds: reboots 1, writes 1 (each way), ticks 1 (host a, of 3 ticks)
#include "properties/models/connected.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"reboots", 1, "times that host b starts anew"},
                 {"writes", 1, "writes of one byte of each application"},
                 {"ticks", 1, "times that a retransmission timeout passes on host a"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = connected_pair();
  model.items = {
      {.step = "a: send c 1",
       .counter = "a writes",
       .most = with["writes"],
       .until = {"c is closed"}},
      {.step = "a: recv c 2", .most = any_number, .until = {"c is closed"}},
      {.step = "a: close c", .counter = "c is closed"},
      {.step = "a: d = socket inet stream", .counter = "d is made", .after = {"c is closed"}},
      {.step = "a: connect d 10.0.0.2:80", .counter = "d connects", .after = {"d is made"}},
      {.step = "tick a 3", .most = with["ticks"]},
      {.step = "b: send s 1", .counter = "b writes", .most = with["writes"], .until = {"reboots"}},
      {.step = "reboot b", .counter = "reboots", .most = with["reboots"]},
      {.step = "b: m = socket inet stream", .counter = "m is made", .after = {"reboots"}},
      {.step = "b: bind m 10.0.0.2:80", .counter = "m is bound", .after = {"m is made"}},
      {.step = "b: listen m 1", .counter = "m listens", .after = {"m is bound"}},
  };
  model.goals = {
      {.name = "the half-open end is reset", .step = "a: recv c 2", .error = Errno::econnreset},
      {.name = "a byte from before arrives", .step = "a: recv c 2", .value = 1},
      {.name = "the new host gets connections", .host = "b", .state = TcpState::established},
  };
  return model;
}

}  // namespace

ModelRow reboot_row() {
  return {"reboot", "a host starts anew, and its peer finds out", Size::small, bounds, make};
}

}  // namespace lockstep::models
