// The bounds of a network that loses, repeats and reorders, which many models share.
#pragma once

#include <vector>

#include "properties/models/spec.h"

namespace lockstep::models {

inline std::vector<Bound> fault_bounds(std::uint8_t drops, std::uint8_t duplicates,
                                       std::uint8_t reorderings) {
  return {{"drops", drops, "packets that the network loses"},
          {"duplicates", duplicates, "packets that it repeats"},
          {"reorderings", reorderings, "packets that it delivers before older ones"}};
}

inline Network faults_of(const Bounds& with) {
  return {
      .drops = with["drops"], .duplicates = with["duplicates"], .reorderings = with["reorderings"]};
}

inline Bound ticks_bound(std::uint8_t ticks) {
  return {"ticks", ticks, "times that a retransmission timeout passes on each host"};
}

}  // namespace lockstep::models
