// zero_window: a sender fills a small receive buffer, whose reader takes a byte at a time, or
// stops.
//
//   bounds: ticks 2 (each host, of 3 ticks), drops 1
//
// zero_window_drains asks for liveness instead: with a reader who goes on, a network that goes on
// and time that goes on, everything arrives.
#include "properties/models/connected.h"
#include "properties/models/faults.h"
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({ticks_bound(2), {"drops", 1, "segments that the network loses"}});
}

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = connected_pair("", "receive_buffer=4");
  model.items = {
      {.step = "a: send c 6", .counter = "a writes"},
      {.step = "a: close c", .counter = "c is closed", .after = {"a writes"}},
      {.step = "tick a 3", .most = with["ticks"]},
      {.step = "b: recv s 1", .most = any_number, .until = {"s is closed"}},
      {.step = "b: recv s 4", .most = any_number, .until = {"s is closed"}},
      {.step = "b: close s", .counter = "s is closed"},
      {.step = "tick b 3", .most = with["ticks"]},
  };
  model.network = {.drops = with["drops"]};
  model.goals = {
      {.name = "a byte is read", .step = "b: recv s 1", .value = 1},
      {.name = "a full buffer is read", .step = "b: recv s 4", .value = 4},
      {.name = "the end is read", .step = "b: recv s 4", .value = 0},
      {.name = "the sender ends in order", .host = "a", .state = TcpState::time_wait},
  };
  return model;
}

Bounds drains_bounds() { return Bounds({{"reader", 1, "0: the application never reads", 1}}); }

ModelSpec make_drains(const Bounds& with) {
  ModelSpec model;
  // Coarse ticks, so that the longest timeout (120 s) is a few of them and a cycle can close.
  model.world = connected_pair("tick_ms=30000", "receive_buffer=4 tick_ms=30000");
  model.items = {
      {.step = "a: send c 6", .counter = "a writes", .fair = true},
      {.step = "a: shutdown c write", .counter = "a ends", .after = {"a writes"}, .fair = true},
      {.step = "tick a 1; tick b 1", .most = any_number, .when_quiet = true, .fair = true},
  };
  if (with["reader"] != 0) {
    model.items.push_back({.step = "b: recv s 1", .most = any_number, .fair = true});
  }
  model.network = {.is_fair = true};
  model.settles = false;
  model.promise = {
      Promise::Kind::eventually,
      {.name = "everything arrives, the end too", .host = "b", .state = TcpState::close_wait}};
  return model;
}

}  // namespace

ModelRow zero_window_row() {
  return {"zero_window", "a sender fills a small receive buffer, and its reader is slow or stops",
          Size::large, bounds, make};
}

ModelRow zero_window_drains_row() {
  return {"zero_window_drains", "liveness: with a reader who goes on everything arrives",
          Size::small, drains_bounds, make_drains};
}

}  // namespace lockstep::models
