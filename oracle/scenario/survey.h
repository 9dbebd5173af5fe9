// Survey: how many sockets of each sort there are. Internal to oracle/scenario.
#pragma once

#include <cstdint>

#include "oracle/scenario/situation.h"

namespace lockstep::scenario {

struct Survey {
  std::uint32_t open = 0;          // Not closed; all below are open.
  std::uint32_t fresh = 0;         // Neither bound nor connected.
  std::uint32_t idle_streams = 0;  // Can listen or connect.
  std::uint32_t listeners = 0;
  std::uint32_t pending = 0;  // Listeners with something to accept.
  std::uint32_t connecting = 0;
  std::uint32_t connected = 0;
  std::uint32_t datagrams = 0;
  std::uint32_t unread = 0;       // With something to read, the end of the stream included.
  std::uint32_t on_the_wire = 0;  // TCP with a peer, to which a segment can be forged.
};

Survey survey(const Situation& situation);

}  // namespace lockstep::scenario
