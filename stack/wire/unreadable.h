// What left a stack and is no packet, as a wrong checksum makes it: kept whole as the payload of a
// protocol that no packet has, so that it can be shown, steered and delivered like any other.
#pragma once

#include <cstddef>
#include <span>

#include "stack/wire/packet.h"

namespace lockstep {

// Ends and hops are those of the IP header if there is one, else unspecified.
// Requires: decode_packet refuses the bytes. Past 65,000 they are cut.
Packet unreadable_packet(std::span<const std::byte> bytes);

// The bytes that such a packet keeps; null for any other.
const Slice* unreadable_bytes(const Packet& packet);

}  // namespace lockstep
