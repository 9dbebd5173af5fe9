// For benchmarks: two hosts and what carries packets between them.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/kernel/test_world.h"

namespace lockstep::testing {

struct Pair {
  Kernel a{host_at({"10.0.0.1"})};
  Kernel b{host_at({"10.0.0.2"})};
  std::vector<WireEvent> events;

  // Gives the number of packets carried.
  std::int64_t carry(Kernel& from, Kernel& to) {
    events.clear();
    from.egress(events);
    for (const WireEvent& event : events) to.deliver(event.packet);
    return static_cast<std::int64_t>(events.size());
  }
};

}  // namespace lockstep::testing
