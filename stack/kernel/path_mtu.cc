#include "stack/kernel/path_mtu.h"

#include <algorithm>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {

std::uint32_t PathMtuTable::mtu(const IpAddress& destination, std::uint32_t link_mtu) const {
  const auto at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
  if (at == entries_.end() || at->destination != destination) return link_mtu;
  return std::min(at->mtu, link_mtu);
}

void PathMtuTable::learn(const IpAddress& destination, std::uint32_t mtu,
                         std::uint64_t expires_at_ticks) {
  LOCKSTEP_CHECK(expires_at_ticks > 0);
  const Entry entry{destination, mtu, expires_at_ticks};
  auto at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
  if (at != entries_.end() && at->destination == destination) {
    *at = entry;
    return;
  }
  if (entries_.size() == capacity) {
    entries_.erase(std::ranges::min_element(entries_, {}, &Entry::expires_at));
    at = std::ranges::lower_bound(entries_, destination, {}, &Entry::destination);
  }
  entries_.insert(at, entry);
}

void PathMtuTable::expire(std::uint64_t now_ticks) {
  std::erase_if(entries_, [now_ticks](const Entry& e) { return e.expires_at <= now_ticks; });
}

void PathMtuTable::rebase(std::uint64_t ticks) {
  for (Entry& entry : entries_) entry.expires_at -= ticks;
}

std::uint64_t PathMtuTable::hash(std::uint64_t seed, std::uint64_t now_ticks) const {
  for (const Entry& entry : entries_) {
    seed = hash_mix(hash_mix(seed, stable_hash(entry.destination)), entry.mtu);
    seed = hash_mix(seed, entry.expires_at - now_ticks);
  }
  return seed;
}

}  // namespace lockstep
