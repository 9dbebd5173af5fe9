#include "properties/models/world.h"

namespace lockstep::models {

bool World::copy_from(const World& other) {
  if (!runner.copy_from(other.runner)) return false;
  counts = other.counts;
  drops = other.drops;
  duplicates = other.duplicates;
  reorderings = other.reorderings;
  deliveries = other.deliveries;
  is_settled = other.is_settled;
  answered = other.answered;
  depth = other.depth;
  return true;
}

bool World::digest(Digest& out, bool is_judged) const {
  if (!(is_judged ? runner.digest(out) : runner.digest_stacks(out))) return false;
  out.add_packed(drops, duplicates, reorderings, deliveries, is_settled, answered);
  std::uint64_t word = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    word = (word << 8) | counts[i];
    if (i % 8 == 7) out.add(std::exchange(word, 0));
  }
  return true;
}

}  // namespace lockstep::models
