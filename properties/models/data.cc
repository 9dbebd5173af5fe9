// data: writes of one or two bytes each way over a connection, read in every way of splitting them.
//
//   bounds: writes 2 (each way), drops 0, reorderings 1
#include "properties/models/connected.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"writes", 2, "writes of each application"},
                 {"drops", 0, "segments that the network loses"},
                 {"reorderings", 1, "segments that it delivers before older ones"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = connected_pair();
  model.items = {
      {.step = "a: send c 1", .counter = "a writes", .most = with["writes"]},
      {.step = "a: send c 2", .counter = "a writes", .most = with["writes"]},
      {.step = "a: recv c 1", .most = any_number},
      {.step = "a: recv c 2", .most = any_number},
      {.step = "b: send s 1", .counter = "b writes", .most = with["writes"]},
      {.step = "b: send s 2", .counter = "b writes", .most = with["writes"]},
      {.step = "b: recv s 1", .most = any_number},
      {.step = "b: recv s 2", .most = any_number},
  };
  model.network = {.drops = with["drops"], .reorderings = with["reorderings"]};
  model.goals = {
      {.name = "b reads one byte", .step = "b: recv s 1", .value = 1},
      {.name = "b reads two", .step = "b: recv s 2", .value = 2},
      {.name = "b reads one where two had room", .step = "b: recv s 2", .value = 1},
      {.name = "nothing waits", .step = "b: recv s 1", .error = Errno::eagain},
      {.name = "a reads two", .step = "a: recv c 2", .value = 2},
  };
  return model;
}

}  // namespace

ModelRow data_row() {
  return {"data", "writes each way, read in every way of splitting them", Size::large, bounds,
          make};
}

}  // namespace lockstep::models
