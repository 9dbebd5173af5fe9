// backlog: more clients than a listener has room for; accepts, and the end of the listener, at any
// moment.
//
//   bounds: clients 3, backlog 0 (room for one), ticks 1 (each host, of 3 ticks)
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds(
      {{"clients", 3, "clients", 3}, {"backlog", 0, "what listen asks for"}, ticks_bound(1)});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = R"(
host a 10.0.0.1
host b 10.0.0.2
b: l = socket inet stream
b: bind l 10.0.0.2:80
)";
  model.world += "b: listen l " + std::to_string(with["backlog"]) + "\n";
  for (int i = 1; i <= with["clients"]; ++i) {
    model.world += "a: c" + std::to_string(i) + " = socket inet stream\n";
  }
  for (int i = 1; i <= with["clients"]; ++i) {
    const std::string c = "c" + std::to_string(i);
    const std::vector<std::string> before =
        i == 1 ? std::vector<std::string>()
               : std::vector<std::string>{"c" + std::to_string(i - 1) + " connects"};
    model.items.push_back(
        {.step = "a: connect " + c + " 10.0.0.2:80", .counter = c + " connects", .after = before});
  }
  model.items.push_back({.step = "tick a 3", .most = with["ticks"]});
  for (int i = 1; i <= with["clients"]; ++i) {
    model.items.push_back({.step = "b: s" + std::to_string(i) + " = accept l",
                           .counter = "accept",
                           .most = static_cast<std::uint8_t>(i),
                           .until = {"l is closed"}});
  }
  model.items.push_back({.step = "b: poll l in", .most = any_number, .until = {"l is closed"}});
  model.items.push_back({.step = "b: close l", .counter = "l is closed"});
  model.items.push_back({.step = "tick b 3", .most = with["ticks"]});
  model.goals = {
      {.name = "a connection waits", .step = "b: poll l in", .value = 1},
      {.name = "one is accepted", .step = "b: s1 = accept l"},
      {.name = "none waits", .step = "b: s1 = accept l", .error = Errno::eagain},
      {.name = "a client is connected", .host = "a", .state = TcpState::established},
      {.name = "a client is not", .host = "a", .state = TcpState::syn_sent},
  };
  return model;
}

}  // namespace

ModelRow backlog_row() {
  return {"backlog", "more clients than a listener has room for", Size::large, bounds, make};
}

}  // namespace lockstep::models
