// A capture of a fabric: a tap that writes what passes each host's link into a pcapng file, one
// interface a host, named after it, times by ticks. What a rule did stands in the packet's comment.
// A packet that arrives is in it twice, as it left and as it came, unless one of both is asked for:
// what follows streams (Wireshark's analysis of TCP) takes the other one for a retransmission.
//
//   Capture capture;
//   fabric.set_tap(capture.tap());     // `capture` outlives the tap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "stack/fabric/tap.h"
#include "stack/wire/pcapng.h"

namespace lockstep {

class Capture {
 public:
  enum class Ends : std::uint8_t { both, senders, receivers };

  // `tick_ms` is the protocol time of one tick.
  explicit Capture(std::uint32_t tick_ms = 100, Ends ends = Ends::both)
      : tick_ms_(tick_ms), ends_(ends) {}

  void see(const Sighting& sighting);
  // Refers to this capture.
  Tap tap() {
    return [this](const Sighting& sighting) { see(sighting); };
  }

  // The whole file so far.
  const std::string& bytes() const { return writer_.bytes(); }
  // Packets that have no encoding, which the file therefore lacks.
  std::size_t skipped() const { return skipped_; }

 private:
  std::uint32_t interface_of(const Sighting& sighting);

  std::uint32_t tick_ms_;
  Ends ends_;
  PcapngWriter writer_ = PcapngWriter::without_interfaces();
  std::vector<HostId> interfaces_;  // The host of each, in the order in which they were first seen.
  std::size_t skipped_ = 0;
};

}  // namespace lockstep
