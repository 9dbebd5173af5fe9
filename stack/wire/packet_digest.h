// The state of packets for telling worlds apart.
#pragma once

#include "stack/api/digest.h"
#include "stack/wire/packet.h"

namespace lockstep {

// Appends everything in the packet.
void digest(Digest& out, const Packet& packet);

}  // namespace lockstep
