// close_race: either side closes at any moment, with and without unread data, while both write.
//
//   bounds: writes 2 (each way)
#include "properties/models/connected.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() { return Bounds({{"writes", 2, "writes of one byte of each application"}}); }

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
      {.step = "b: send s 1",
       .counter = "b writes",
       .most = with["writes"],
       .until = {"s is closed"}},
      {.step = "b: recv s 2", .most = any_number, .until = {"s is closed"}},
      {.step = "b: close s", .counter = "s is closed"},
  };
  model.goals = {
      {.name = "an orderly end, a first", .host = "a", .state = TcpState::time_wait},
      {.name = "an orderly end, b first", .host = "b", .state = TcpState::time_wait},
      {.name = "both close at once", .host = "a", .state = TcpState::closing},
      {.name = "b reads the end", .step = "b: recv s 2", .value = 0},
      {.name = "b is reset", .step = "b: recv s 2", .error = Errno::econnreset},
      {.name = "a is reset", .step = "a: recv c 2", .error = Errno::econnreset},
      {.name = "b writes into a broken pipe", .step = "b: send s 1", .error = Errno::epipe},
      {.name = "or hears of the reset", .step = "b: send s 1", .error = Errno::econnreset},
  };
  return model;
}

}  // namespace

ModelRow close_race_row() {
  return {"close_race", "either side closes at any moment, with and without unread data",
          Size::small, bounds, make};
}

}  // namespace lockstep::models
