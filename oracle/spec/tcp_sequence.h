// Sequence numbers as the oracle counts them: 64-bit offsets from an initial sequence number, so
// that no comparison ever wraps. Offset 0 is the SYN, the first byte of data has offset 1.
// RFC 9293 3.4 (arithmetic modulo 2^32).
#pragma once

#include <cstdint>

namespace lockstep::oracle {

using Offset = std::int64_t;

// The offset of `seq` that lies within 2^31 of `near`.
constexpr Offset unwrap(std::uint32_t seq, std::uint32_t initial, Offset near) {
  const std::uint32_t here = initial + static_cast<std::uint32_t>(near);
  return near + static_cast<std::int32_t>(seq - here);
}

// The number on the wire of an offset.
constexpr std::uint32_t wrap(Offset offset, std::uint32_t initial) {
  return initial + static_cast<std::uint32_t>(offset);
}

static_assert(unwrap(5, 0xfffffff0u, 0) == 21);
static_assert(unwrap(0xfffffff0u, 5, 0) == -21);
static_assert(wrap(21, 0xfffffff0u) == 5);

}  // namespace lockstep::oracle
