// What stands for a state in the visited set: 128 bits of its hash. Two different states with one
// fingerprint would be taken for one, and what is reachable only through the second would be
// missed; collision_bound() says how likely that is.
#pragma once

// Inline, so that the size of a state is a constant of its hash.
#ifndef XXH_INLINE_ALL
#define XXH_INLINE_ALL
#endif
#include <xxhash.h>

#include <compare>
#include <cstdint>
#include <span>
#include <type_traits>

namespace lockstep::checker {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend auto operator<=>(const Fingerprint&, const Fingerprint&) = default;
};

// The fingerprint of a value whose bytes are its identity: no padding, no pointers.
template <class Value>
  requires std::has_unique_object_representations_v<Value>
Fingerprint fingerprint_of_bytes(const Value& value) {
  const XXH128_hash_t hash = XXH3_128bits(&value, sizeof(value));
  return {hash.low64, hash.high64};
}

inline Fingerprint fingerprint_of_words(std::span<const std::uint64_t> words) {
  const XXH128_hash_t hash = XXH3_128bits(words.data(), words.size_bytes());
  return {hash.low64, hash.high64};
}

// An upper bound of the probability that any two of `states` different states share a fingerprint,
// for a hash that behaves as a random function: n (n - 1) / 2 pairs, 2^-128 each.
inline double collision_bound(std::uint64_t states) {
  const double n = static_cast<double>(states);
  return states < 2 ? 0 : n * (n - 1) / 2 * 0x1p-128;
}

}  // namespace lockstep::checker
