// Mixing for hashes whose value must be the same in every process and on every machine (so never
// absl::Hash, which is seeded by an address). Not for adversarial input.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

namespace lockstep {

// Folds `value` into `seed`. One 64 x 64 -> 128 bit multiplication.
constexpr std::uint64_t hash_mix(std::uint64_t seed, std::uint64_t value) {
  __extension__ using Wide = unsigned __int128;
  const Wide product =
      static_cast<Wide>(seed ^ 0x9e3779b97f4a7c15u) * (value ^ 0xd6e8feb86659fd93u);
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64) ^ value;
}

// Folds many values, in four chains that do not wait for each other.
template <std::size_t N>
constexpr std::uint64_t hash_words(std::uint64_t seed, const std::uint64_t (&words)[N]) {
  std::uint64_t lanes[4] = {seed, seed + 1, seed + 2, seed + 3};
  for (std::size_t i = 0; i < N; ++i) lanes[i % 4] = hash_mix(lanes[i % 4], words[i]);
  return hash_mix(hash_mix(lanes[0], lanes[1]), hash_mix(lanes[2], lanes[3]));
}

inline std::uint64_t hash_bytes(std::uint64_t seed, std::span<const std::byte> bytes) {
  seed = hash_mix(seed, bytes.size());
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    seed = hash_mix(seed, word);
    bytes = bytes.subspan(8);
  }
  std::uint64_t tail = 0;
  for (std::byte b : bytes) tail = (tail << 8) | static_cast<std::uint64_t>(b);
  return hash_mix(seed, tail);
}

}  // namespace lockstep
