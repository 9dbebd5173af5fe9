// Packets of every kind, field by field from draws; the simplest first.
#pragma once

#include "oracle/scenario/choices.h"
#include "stack/wire/packet.h"

namespace lockstep::properties {

// Mostly a packet that has an encoding; now and then one whose options are too long, whose lengths
// pass a field's, or that is the other spelling of a packet with a kind of its own.
Packet random_packet(scenario::Choices& choices);

}  // namespace lockstep::properties
