// half_close: either side may shut down either direction at any moment, and goes on with the other.
//
//   bounds: writes 1 (each way), reorderings 1
#include "properties/models/connected.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"writes", 1, "writes of one byte of each application"},
                 {"reorderings", 1, "segments that the network delivers before older ones"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = connected_pair();
  for (const auto& [host, socket] : {std::pair<std::string, std::string>("a", "c"), {"b", "s"}}) {
    model.items.push_back({.step = host + ": send " + socket + " 1",
                           .counter = host + " writes",
                           .most = with["writes"]});
    model.items.push_back({.step = host + ": recv " + socket + " 2", .most = any_number});
    model.items.push_back({.step = host + ": shutdown " + socket + " write"});
    model.items.push_back({.step = host + ": shutdown " + socket + " read"});
    model.items.push_back(
        {.step = host + ": poll " + socket + " in|out|rdhup", .most = any_number});
  }
  model.network = {.reorderings = with["reorderings"]};
  model.goals = {
      {.name = "b reads the end", .step = "b: recv s 2", .value = 0},
      {.name = "a may not write", .step = "a: send c 1", .error = Errno::epipe},
      {.name = "a waits for b's FIN", .host = "a", .state = TcpState::fin_wait_2},
      {.name = "both end at once", .host = "a", .state = TcpState::closing},
      {.name = "b ends last", .host = "b", .state = TcpState::last_ack},
      {.name = "a is in TIME-WAIT", .host = "a", .state = TcpState::time_wait},
  };
  return model;
}

}  // namespace

ModelRow half_close_row() {
  return {"half_close", "either side shuts down either direction and goes on with the other",
          Size::large, bounds, make};
}

}  // namespace lockstep::models
