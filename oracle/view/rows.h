// Rows: a trace as lines of a ladder diagram, before anything is drawn. Text and SVG draw the same
// rows.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/judge/trace.h"

namespace lockstep::view {

struct Row {
  enum class Kind : std::uint8_t {
    note,      // No host's own: a step of the network, time that passes.
    call,      // Beside its host: a call and its result, a reboot, a loop.
    crossing,  // host -> peer: left and arrived with nothing in between.
    departs,   // host -> peer: left; the arrival, if any, is another row with the same flight.
    arrives,   // host -> peer: arrived; peer is the receiver.
    lost,      // host -> peer: left earlier and never arrives.
    forged,    // host -> peer: nobody sent it. host may be none_host.
  };
  Kind kind = Kind::note;
  scenario::Label step = 0;  // 0 when the row before belongs to the same step.
  bool failing = false;      // Of the step that was judged wrong.
  scenario::HostIndex host = 0;
  scenario::HostIndex peer = 0;
  std::uint64_t flight = 0;
  std::string text;
};

std::vector<Row> rows_of(const judge::Trace& trace);

// "p3": how departure and arrival of one packet are joined when they are apart.
std::string flight_name(std::uint64_t flight);

}  // namespace lockstep::view
