// Shown: the sequence variables of a connection that a host last showed on the wire. A forged
// segment is placed relative to them.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/scenario/step.h"
#include "stack/wire/packet.h"

namespace lockstep::judge {

struct Shown {
  scenario::HostIndex host = 0;
  bool tcp = true;
  bool acknowledges = false;  // rcv_nxt was shown.
  FourTuple tuple;            // As the host sees it.
  std::uint32_t snd_nxt = 0;
  std::uint32_t rcv_nxt = 0;
  Packet last;  // The last packet that left on it and may be quoted.
};

// Finds or makes the entry of the packet's connection and takes over what the packet shows. True
// when it carries sequence numbers that had left before: a retransmission. `quotable`: an ICMP
// error may quote the packet, so that it is kept.
bool note_shown(std::vector<Shown>& all, scenario::HostIndex from, const Packet& packet,
                bool quotable);

const Shown* find_shown(const std::vector<Shown>& all, scenario::HostIndex host,
                        const FourTuple& tuple, bool tcp);

}  // namespace lockstep::judge
