// Trace: everything that happened in a run, in order, for a person and for the views. Built only
// when asked for; a run without one keeps none of this.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/judge/verdict.h"
#include "oracle/scenario/step.h"
#include "stack/wire/packet.h"

namespace lockstep::judge {

struct TraceEvent {
  enum class Kind : std::uint8_t {
    step,   // text: the step, as the scenario prints it; starts a new step.
    no_op,  // text: why the step had nothing to act on.
    call,   // host; text: the result, "100" or "ECONNRESET".
    left,   // host -> peer, packet, flight: it is in flight from here on.
    lost,   // host -> peer, packet, flight: dropped, partitioned or addressed to nobody; text: why.
    arrived,      // host <- peer, packet, flight.
    damaged,      // host <- peer: arrived with a bit flipped; packet as it was before.
    looped_left,  // host: left for itself ...
    looped_arrived,
    tick,     // host; amount = ticks.
    reboot,   // host.
    verdict,  // text: what explain() says.
  };
  Kind kind = Kind::step;
  scenario::HostIndex host = 0;
  scenario::HostIndex peer = 0;  // none_host for a forged packet's sender or an unknown host.
  scenario::Label step = 0;
  std::uint64_t ticks = 0;  // Of `host`, since the start.
  std::uint64_t amount = 0;
  std::uint64_t flight = 0;  // Joins a packet's departure and its arrivals; 0 for none.
  std::string text;
  Packet packet;

  static constexpr scenario::HostIndex none_host = 0xff;
};

struct Trace {
  scenario::Scenario scenario;  // As run: every packet named by the step that caused it.
  std::vector<TraceEvent> events;
  Verdict verdict;
};

// The trace as text, one event a line; the same bytes for the same run, everywhere.
std::string to_text(const Trace& trace);

}  // namespace lockstep::judge
