#include "stack/fabric/capture.h"

#include <algorithm>

namespace lockstep {

std::uint32_t Capture::interface_of(const Sighting& sighting) {
  const auto known = std::ranges::find(interfaces_, sighting.host);
  if (known != interfaces_.end()) return static_cast<std::uint32_t>(known - interfaces_.begin());
  interfaces_.push_back(sighting.host);
  return writer_.add_interface(sighting.host_name);
}

void Capture::see(const Sighting& sighting) {
  using Direction = PcapngPlace::Direction;
  const bool out = sighting.kind == Sighting::Kind::left;
  if (ends_ == (out ? Ends::receivers : Ends::senders)) return;
  const PcapngPlace place{interface_of(sighting), out ? Direction::outbound : Direction::inbound};
  const std::uint64_t time = nanoseconds_of_ticks(sighting.ticks, tick_ms_);
  if (!sighting.bytes.empty()) {
    writer_.add_bytes(sighting.bytes, time, sighting.comment, place);
  } else if (!writer_.add(sighting.packet, time, sighting.comment, place).has_value()) {
    ++skipped_;
  }
}

}  // namespace lockstep
