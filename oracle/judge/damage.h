// Which damage to a packet its checksums are bound to show. Told from the layout of the headers and
// the arithmetic alone: whether the packet still decodes is for the stack under test to find out.
#pragma once

#include <cstddef>

#include "stack/wire/packet.h"

namespace lockstep::judge {

// Whether `packet` with bit `bit` of its encoded bytes flipped (bit 0 is the lowest of the first
// byte) must be dropped. A flipped bit changes a ones' complement sum by a power of two, which is
// never 0 modulo 0xffff, so that any flip in what is summed shows (RFC 1071); false is said of what
// is not summed, and of fields that say how much is.
bool checksum_shows_flip(const Packet& packet, std::size_t bit);

}  // namespace lockstep::judge
