// WireEvent: something that happened on a host's wire face.
#pragma once

#include <cstdint>

#include "stack/wire/packet.h"

namespace lockstep {

struct WireEvent {
  enum class Kind : std::uint8_t {
    left,           // The packet left for another host: the harness decides what becomes of it.
    looped_left,    // The packet left for this same host (loopback) ...
    looped_arrived  // ... and arrived there. Cannot be steered.
  };
  Kind kind = Kind::left;
  Packet packet;

  friend bool operator==(const WireEvent&, const WireEvent&) = default;
};

}  // namespace lockstep
