// bind_conflicts: every sequence of socket, option, bind, listen and close over up to three sockets
// of one host. Calls alone; nothing is sent. Addresses: one of the host's, and the wildcards of
// both families; an IPv6 socket is dual-stack.
//
//   bounds: sockets 3, ports 1, datagrams 0 (1: UDP instead of TCP)
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"sockets", 3, "sockets", 3},
                 {"ports", 1, "ports", 2},
                 {"datagrams", 0, "1: UDP sockets instead of TCP ones", 1}});
}

void add_socket(ModelSpec& model, const Bounds& with, int number) {
  const std::string s = "s" + std::to_string(number);
  const std::string made = s + " is made";
  const std::string closed = s + " is closed";
  const std::vector<std::string> before =
      number == 1 ? std::vector<std::string>()
                  : std::vector<std::string>{"s" + std::to_string(number - 1) + " is made"};
  const char* type = with["datagrams"] == 0 ? "stream" : "dgram";
  for (const char* family : {"inet", "inet6"}) {
    model.items.push_back(
        {.step = "a: " + s + " = socket " + family + " " + type, .counter = made, .after = before});
  }
  for (const char* option : {"so_reuseaddr", "so_reuseport"}) {
    model.items.push_back(
        {.step = "a: setsockopt " + s + " " + option + " 1", .after = {made}, .until = {closed}});
  }
  for (const char* address : {"10.0.0.1", "0.0.0.0", "[::]"}) {
    for (int port = 0; port < with["ports"]; ++port) {
      model.items.push_back(
          {.step = "a: bind " + s + " " + address + ":" + std::to_string(80 + port),
           .counter = s + " binds",
           .most = any_number,
           .after = {made},
           .until = {closed}});
    }
  }
  if (with["datagrams"] == 0) {
    model.items.push_back({.step = "a: listen " + s + " 1",
                           .counter = s + " listens",
                           .most = any_number,
                           .after = {made},
                           .until = {closed}});
  }
  model.items.push_back({.step = "a: close " + s, .counter = closed, .after = {made}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = "host a 10.0.0.1 fd00::1";
  for (int number = 1; number <= with["sockets"]; ++number) add_socket(model, with, number);
  // `until` names what comes later, so that a counter exists for it.
  const std::string second = with["datagrams"] == 0 ? "a: listen s2 1" : "a: bind s2 10.0.0.1:80";
  if (with["sockets"] > 1) {
    model.goals.push_back({.name = "a bind is refused",
                           .step = "a: bind s2 10.0.0.1:80",
                           .error = Errno::eaddrinuse});
    model.goals.push_back({.name = "an IPv6 wildcard is in an IPv4 socket's way",
                           .step = "a: bind s2 [::]:80",
                           .error = Errno::eaddrinuse});
    model.goals.push_back({.name = "two share a port", .step = second, .value = 0});
  }
  if (with["datagrams"] == 0) {
    model.goals.push_back({.name = "one listens", .host = "a", .state = TcpState::listen});
  }
  return model;
}

}  // namespace

ModelRow bind_conflicts_row() {
  return {"bind_conflicts", "every sequence of socket, option, bind, listen and close on one host",
          Size::large, bounds, make};
}

}  // namespace lockstep::models
