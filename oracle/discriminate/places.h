// Places: where an accepted trace can be changed, by kind.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "oracle/discriminate/ways.h"
#include "oracle/judge/recording.h"

namespace lockstep::discriminate {

struct Place {
  std::uint32_t at = 0;     // Index of the observation that is changed.
  std::uint32_t other = 0;  // Ways that need a second one: what it is exchanged with, or after
                            // which it comes.
  Way way = Way::result_error;
};

struct Places {
  std::array<std::vector<Place>, kind_count> of_kind;
  std::int64_t free_descriptor = 0;  // A number that no call of the trace returned.

  const std::vector<Place>& of(Kind kind) const { return of_kind[static_cast<std::size_t>(kind)]; }
};

Places find_places(const judge::Recording& recording);

}  // namespace lockstep::discriminate
