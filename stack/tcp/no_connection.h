// SEGMENT ARRIVES in the CLOSED state (RFC 9293 3.10.7.1): a RST in answer, never to a RST.
#pragma once

#include <vector>

#include "stack/wire/packet.h"

namespace lockstep {

// Requires: packet carries TCP.
void refuse_segment(const Packet& packet, std::vector<Packet>& outbound);

}  // namespace lockstep
