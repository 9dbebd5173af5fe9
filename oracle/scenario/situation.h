// Situation: what a chooser of steps may look at while a scenario runs: the sockets that have names
// and how far each has come, and the packets in flight. The runner keeps it up to date; generators,
// the byte codec and the mutator read it. It says nothing about what a stack will do next.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "oracle/scenario/step.h"
#include "stack/port/port.h"

namespace lockstep::scenario {

// How far a socket has come, as far as the results of its calls and the packets seen tell.
enum class Phase : std::uint8_t { fresh, bound, listening, connecting, connected, closed };

struct OpenSocket {
  SocketName name;
  HostIndex host = 0;
  Domain domain = Domain::inet;
  Type type = Type::stream;
  Phase phase = Phase::fresh;
  bool write_shut = false;     // shutdown(WR) succeeded.
  bool peer_finished = false;  // A FIN for it was delivered.
  Endpoint local;              // Port 0 while unknown.
  Endpoint peer;               // Port 0 while unknown or none.
  UnixPath path;               // AF_UNIX: where it is bound; empty while unknown.
  std::uint32_t unread = 0;    // Payload bytes delivered to it and not yet read, as an estimate.
  std::uint32_t sent = 0;      // Bytes that send accepted.
  std::uint16_t pending = 0;   // Listener: connections probably waiting for accept.
};

struct Situation {
  std::span<const HostLine> hosts;
  std::vector<OpenSocket> sockets;   // In the order of their making; closed ones stay.
  std::vector<FeatureSet> features;  // Per host.
  const Flight* flight = nullptr;
  Label next_label = 1;
  std::uint16_t next_name = 0;  // The index that the next new socket's name has.
  std::vector<std::pair<HostIndex, HostIndex>> partitions;
};

}  // namespace lockstep::scenario
