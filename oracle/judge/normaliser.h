// Normaliser: packets without what each stack chooses at random, so that two runs can be compared:
// sequence numbers count from the initial ones of their connection and direction.
#pragma once

#include <cstdint>
#include <map>

#include "stack/wire/packet.h"

namespace lockstep::judge {

// Packets must be shown in the order in which they left and arrived.
class Normaliser {
 public:
  Packet operator()(Packet packet);

 private:
  std::map<FourTuple, std::uint32_t> initial_;
};

}  // namespace lockstep::judge
