// unix_pair: two AF_UNIX sockets of one host, of one of the three types: naming, connecting,
// sending, shutting down and closing in every order.
//
//   bounds: type 0 (0 stream, 1 dgram, 2 seqpacket), writes 2
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds(
      {{"type", 0, "0 stream, 1 dgram, 2 seqpacket", 2}, {"writes", 2, "writes of each end"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  const char* type = with["type"] == 0 ? "stream" : with["type"] == 1 ? "dgram" : "seqpacket";
  const bool is_connected = with["type"] != 1;
  model.world =
      std::string("host a\na: l = socket local ") + type + "\na: c = socket local " + type;
  const std::string server = is_connected ? "s" : "l";
  model.items = {
      {.step = "a: bind l unix:/p", .counter = "l is bound"},
      {.step = "a: connect c unix:/p",
       .counter = "c connects",
       .most = any_number,
       .until = {"c is closed"}},
      {.step = "a: send c 2",
       .counter = "c writes",
       .most = with["writes"],
       .until = {"c is closed"}},
      {.step = "a: recv c 1", .most = any_number, .until = {"c is closed"}},
      {.step = "a: shutdown c write", .until = {"c is closed"}},
      {.step = "a: poll c in|out|rdhup", .most = any_number, .until = {"c is closed"}},
      {.step = "a: close c", .counter = "c is closed"},
  };
  if (is_connected) {
    model.items.push_back(
        {.step = "a: listen l 0", .counter = "l listens", .until = {"l is closed"}});
    model.items.push_back({.step = "a: s = accept l",
                           .counter = "accept",
                           .after = {"l listens"},
                           .until = {"l is closed"}});
    model.items.push_back({.step = "a: close l", .counter = "l is closed"});
    model.items.push_back({.step = "a: send s 1",
                           .counter = "s writes",
                           .most = with["writes"],
                           .after = {"accept"},
                           .until = {"s is closed"}});
    model.items.push_back({.step = "a: close s", .counter = "s is closed", .after = {"accept"}});
  }
  const std::string closed = server + " is closed";
  model.items.push_back(
      {.step = "a: recv " + server + " 2", .most = any_number, .until = {closed}});
  model.items.push_back(
      {.step = "a: recv " + server + " 1", .most = any_number, .until = {closed}});
  if (!is_connected) model.items.push_back({.step = "a: close l", .counter = closed});
  model.goals = {
      {.name = "nobody is there", .step = "a: connect c unix:/p", .error = Errno::enoent},
      {.name = "nobody listens", .step = "a: connect c unix:/p", .error = Errno::econnrefused},
      {.name = "two bytes are read", .step = "a: recv " + server + " 2", .value = 2},
      {.name = "one of them", .step = "a: recv " + server + " 1", .value = 1},
  };
  return model;
}

}  // namespace

ModelRow unix_pair_row() {
  return {"unix_pair",
          "two AF_UNIX sockets: naming, connecting, sending and closing in every order",
          Size::small, bounds, make};
}

}  // namespace lockstep::models
