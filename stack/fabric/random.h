// Randomness as a value: a generator that is copied with what holds it and gives the same numbers
// on every machine, and a chance in whole millionths, so that no floating point decides anything.
#pragma once

#include <compare>
#include <cstdint>

#include "stack/api/check.h"

namespace lockstep {

// How often something happens.
struct Chance {
  static constexpr std::uint32_t certain = 1'000'000;

  std::uint32_t per_million = 0;  // <= certain

  static constexpr Chance percent(std::uint32_t n) { return {n * (certain / 100)}; }
  static constexpr Chance always() { return {certain}; }

  friend constexpr auto operator<=>(const Chance&, const Chance&) = default;
};

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014).
class Random {
 public:
  explicit constexpr Random(std::uint64_t seed = 0) : state_(seed) {}

  constexpr std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    return mix(state_);
  }
  // A number below `bound`. Requires: bound > 0.
  constexpr std::uint32_t below(std::uint32_t bound) {
    LOCKSTEP_CHECK(bound > 0);
    return static_cast<std::uint32_t>(((next() >> 32) * bound) >> 32);
  }
  // A number of at most `last`.
  constexpr std::uint32_t up_to(std::uint32_t last) {
    return static_cast<std::uint32_t>(((next() >> 32) * (std::uint64_t{last} + 1)) >> 32);
  }
  constexpr bool happens(Chance chance) { return below(Chance::certain) < chance.per_million; }

  // A generator of its own for each key: what one draws does not move what another gives.
  constexpr Random fork(std::uint64_t key) const {
    return Random(mix(state_ ^ mix(key + 0x9e3779b97f4a7c15u)));
  }

  friend constexpr bool operator==(const Random&, const Random&) = default;

 private:
  static constexpr std::uint64_t mix(std::uint64_t z) {
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }

  std::uint64_t state_;
};

}  // namespace lockstep
