// Urgent data (RFC 9293 3.8.5, RFC 6093): one byte of the stream that the peer marked, and the mark
// of our own. The pointer on the wire is the number past the byte, as RFC 6093 3.1 settles it.
#pragma once

#include <cstddef>
#include <cstdint>

#include "stack/tcp/seq.h"
#include "stack/wire/packet.h"

namespace lockstep {

struct Tcb;

// The byte that the peer marked last.
struct UrgentByte {
  enum class State : std::uint8_t { none, awaited, arrived, taken };

  State state = State::none;
  std::byte value{};
  SequenceNumber position;

  friend bool operator==(const UrgentByte&, const UrgentByte&) = default;
};

// Whether the next byte to be read is the urgent one, which the stream leaves out.
bool stands_at_urgent(const Tcb& tcb);

// The sixth step of SEGMENT ARRIVES: a segment with URG, and one that brings the byte that was
// announced; returns whether it came.
bool check_urgent(Tcb& tcb, const TcpSegment& segment);

// recv returned bytes or passed over them: a mark that lies behind is no more.
void forget_passed_mark(Tcb& tcb);

// The bytes that can be read before the mark: what SIOCINQ tells.
std::uint32_t readable_before_mark(const Tcb& tcb);

// Whether a segment at `seq` has URG: something marked is not acknowledged and lies behind `seq`.
bool announces_urgent(const Tcb& tcb, SequenceNumber seq);
// The value of its urgent pointer.
std::uint16_t urgent_pointer(const Tcb& tcb, SequenceNumber seq);

}  // namespace lockstep
