// LoopbackCapture: the packets that a host sends to itself, as a packet socket on its `lo` sees
// them (packet(7)): each once when it leaves and once when it arrives, in the order of these
// events. Packets cannot be steered there. The kernel leaves their checksums unfilled; they are
// filled in.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/statusor.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

class LoopbackCapture {
 public:
  LoopbackCapture() = default;
  // Of the current namespace. Also makes `lo` cut segments to its MTU as any link does.
  static absl::StatusOr<LoopbackCapture> open();

  struct Event {
    std::span<std::byte> packet;  // In the buffer given; empty when there was none.
    bool arrived = false;         // Else it left.
  };
  // Requires: buffer.size() >= 65535.
  Event read(std::span<std::byte> buffer);

  int fd() const { return fd_.get(); }

 private:
  UniqueFd fd_;
};

// Fills in the transport checksum of a well-formed IP packet. Fragments and unknown protocols stay.
void fill_checksum(std::span<std::byte> packet);

}  // namespace lockstep::live
