// The parts of make_change. Internal to oracle/discriminate.
#pragma once

#include "oracle/discriminate/change.h"

namespace lockstep::discriminate {

// Requires: the way changes the result of one call.
void change_result(judge::Observation& seen, const Places& places, Way way,
                   scenario::Choices& choices);

// Requires: the way changes the contents of one packet, not its length.
void change_packet(Packet& packet, Way way, scenario::Choices& choices);

// The payload of a TCP segment or UDP datagram.
const Slice& payload_of(const Packet& packet);
Slice& payload_of(Packet& packet);

// The bytes with one byte changed, one taken from the end, one put there.
// Requires: the first two have a byte to act on.
Slice with_other_byte(const Slice& bytes, scenario::Choices& choices);
Slice shorter(const Slice& bytes);
Slice longer(const Slice& bytes, std::byte last);

}  // namespace lockstep::discriminate
