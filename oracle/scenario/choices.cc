#include "oracle/scenario/choices.h"

#include <bit>

#include "stack/api/check.h"

namespace lockstep::scenario {
namespace {

// SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators).
std::uint64_t split_mix(std::uint64_t& state) {
  state += 0x9e3779b97f4a7c15;
  std::uint64_t z = state;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return z ^ (z >> 31);
}

}  // namespace

RandomChoices::RandomChoices(std::uint64_t seed) : state_{} {
  for (std::uint64_t& word : state_) word = split_mix(seed);
}

std::uint64_t RandomChoices::next() {
  const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
  const std::uint64_t shifted = state_[1] << 17;
  state_[2] ^= state_[0];
  state_[3] ^= state_[1];
  state_[1] ^= state_[2];
  state_[0] ^= state_[3];
  state_[2] ^= shifted;
  state_[3] = std::rotl(state_[3], 45);
  return result;
}

// The high 32 bits of a product: n is far below 2^32 wherever a small bias would matter.
std::uint32_t RandomChoices::below(std::uint32_t n) {
  LOCKSTEP_CHECK(n > 0);
  return static_cast<std::uint32_t>(((next() >> 32) * n) >> 32);
}

std::uint32_t ByteChoices::below(std::uint32_t n) {
  LOCKSTEP_CHECK(n > 0);
  const std::size_t width = n <= 0x100 ? 1 : n <= 0x10000 ? 2 : 4;
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < width && !bytes_.empty(); ++i) {
    value |= static_cast<std::uint32_t>(bytes_.front()) << (8 * i);
    bytes_ = bytes_.subspan(1);
  }
  return value % n;
}

std::uint32_t ListChoices::below(std::uint32_t n) {
  LOCKSTEP_CHECK(n > 0);
  if (draws_.empty()) return 0;
  const std::uint32_t value = draws_.front() % n;
  draws_ = draws_.subspan(1);
  return value;
}

}  // namespace lockstep::scenario
