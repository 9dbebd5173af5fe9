// stale_duplicate: segments of an earlier connection arrive at a later one between the same ends
// (RFC 9293 3.4.1; RFC 6191 and 5961 for what becomes of them).
//
//   bounds: replays 2, writes 1
#include "properties/models/rows.h"

namespace lockstep::models {
namespace {

Bounds bounds() {
  return Bounds({{"replays", 2, "old segments that arrive"},
                 {"writes", 1, "writes of one byte on the later connection, each way"}});
}

// The earlier connection is aborted, so that its ends are free at once; its SYN, SYN-ACK, data and
// RST are steps 7.1, 8.1, 11.1 and 13.1.
constexpr const char* earlier = R"(
host a 10.0.0.1
host b 10.0.0.2
b: l = socket inet stream
b: bind l 10.0.0.2:80
b: listen l 4
a: c = socket inet stream
a: bind c 10.0.0.1:1000
a: setsockopt c so_linger 1 0
a: connect c 10.0.0.2:80
settle
b: s = accept l
a: send c 1
settle
b: close s
settle
a: close c
a: d = socket inet stream
a: bind d 10.0.0.1:1000
)";

ModelSpec make(const Bounds& with) {
  ModelSpec model;
  model.world = earlier;
  model.items = {
      {.step = "a: connect d 10.0.0.2:80", .counter = "connect"},
      {.step = "a: send d 1", .counter = "a writes", .most = with["writes"], .after = {"connect"}},
      {.step = "a: recv d 2", .most = any_number, .after = {"connect"}},
      {.step = "b: t = accept l", .counter = "accept", .after = {"connect"}},
      {.step = "b: send t 1", .counter = "b writes", .most = with["writes"], .after = {"accept"}},
      {.step = "b: recv t 2", .most = any_number, .after = {"accept"}},
      {.step = "replay 7.1", .counter = "replays", .most = with["replays"]},
      {.step = "replay 8.1", .counter = "replays", .most = with["replays"]},
      {.step = "replay 8.2", .counter = "replays", .most = with["replays"]},
      {.step = "replay 10.1", .counter = "replays", .most = with["replays"]},
      {.step = "replay 12.1", .counter = "replays", .most = with["replays"]},
  };
  model.goals = {
      {.name = "the later connection is accepted", .step = "b: t = accept l"},
      {.name = "it carries its byte", .step = "b: recv t 2", .value = 1},
      {.name = "and one back", .step = "a: recv d 2", .value = 1},
      {.name = "an old SYN is half open", .host = "b", .state = TcpState::syn_received},
  };
  return model;
}

}  // namespace

ModelRow stale_duplicate_row() {
  return {"stale_duplicate", "old segments of an earlier connection between the same ends",
          Size::small, bounds, make};
}

}  // namespace lockstep::models
