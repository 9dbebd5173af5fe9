// What a fabric shows to whoever watches its hosts' links: a packet each time it leaves a host and
// each time it reaches one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include "stack/fabric/rule.h"
#include "stack/wire/packet.h"

namespace lockstep {

struct Sighting {
  enum class Kind : std::uint8_t { left, arrived };

  Kind kind = Kind::left;
  HostId host;  // Whose link it is.
  std::string_view host_name;
  std::uint64_t ticks = 0;
  const Packet& packet;              // As it was before bits of it were flipped.
  std::span<const std::byte> bytes;  // The damaged encoding; empty when none was damaged.
  // What happened, "dropped by loss", and what will, "duplicated by duplication"; empty when
  // nothing did. For people.
  std::string_view comment;
};

// Everything in the Sighting is borrowed for the call. A tap must not call the fabric.
using Tap = std::function<void(const Sighting&)>;

}  // namespace lockstep
