#include "stack/tcp/urgent.h"

#include <algorithm>

#include "stack/tcp/tcb.h"

namespace lockstep {
namespace {

constexpr std::uint32_t max_pointer = 0xffff;

// A newer mark makes the older byte one of the stream again; where the stream stands at it, it is
// passed over, for recv must not stop there twice.
void pass_over_older(Tcb& tcb) {
  const UrgentByte& older = tcb.urgent;
  const bool stands = older.state != UrgentByte::State::none && !tcb.settings.urgent_inline &&
                      tcb.copied == older.position && !tcb.received.empty();
  if (!stands) return;
  tcb.received.consume(1);
  tcb.copied = tcb.copied + 1;
}

}  // namespace

bool stands_at_urgent(const Tcb& tcb) {
  return tcb.urgent.state != UrgentByte::State::none && !tcb.settings.urgent_inline &&
         tcb.urgent.position == tcb.copied;
}

bool check_urgent(Tcb& tcb, const TcpSegment& segment) {
  using State = UrgentByte::State;
  const SequenceNumber seq(segment.seq);
  UrgentByte& urgent = tcb.urgent;
  if (segment.has(tcp_urg)) {
    // A pointer of 0 is taken as it stands; one that names bytes already passed says nothing new.
    const SequenceNumber position = seq + (segment.urgent == 0 ? 0 : segment.urgent - 1u);
    const bool passed = position.before(tcb.copied) || position.before(tcb.rcv_nxt);
    const bool newer = urgent.state == State::none || position.after(urgent.position);
    if (!passed && newer) {
      pass_over_older(tcb);
      urgent = UrgentByte{State::awaited, std::byte{}, position};
    }
  }
  if (urgent.state != State::awaited) return false;
  const std::uint32_t offset = urgent.position.distance_from(seq);
  if (offset >= segment.payload.size()) return false;
  urgent.state = State::arrived;
  urgent.value = segment.payload.bytes()[offset];
  return true;
}

void forget_passed_mark(Tcb& tcb) {
  if (tcb.urgent.state == UrgentByte::State::none) return;
  if (tcb.urgent.position.before(tcb.copied)) tcb.urgent = UrgentByte{};
}

std::uint32_t readable_before_mark(const Tcb& tcb) {
  const std::uint32_t all = tcb.received.size();
  if (tcb.settings.urgent_inline || tcb.urgent.state == UrgentByte::State::none) return all;
  return std::min(all, tcb.urgent.position.distance_from(tcb.copied));
}

bool announces_urgent(const Tcb& tcb, SequenceNumber seq) {
  return tcb.urgent_end.after(tcb.snd_una) && seq.before(tcb.urgent_end);
}

std::uint16_t urgent_pointer(const Tcb& tcb, SequenceNumber seq) {
  return static_cast<std::uint16_t>(std::min(tcb.urgent_end.distance_from(seq), max_pointer));
}

}  // namespace lockstep
