// Choices: where a generator's decisions come from. The same generator serves a seeded campaign
// (RandomChoices), a fuzzer's bytes (ByteChoices) and a property's list of draws (ListChoices).
// 0 is always the simplest choice, so that shrinking draws towards 0 shrinks what is generated.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep::scenario {

class Choices {
 public:
  virtual ~Choices() = default;

  // A number in [0, n). Requires: n > 0.
  virtual std::uint32_t below(std::uint32_t n) = 0;

  // True once in `n`; 0 draws false. Requires: n > 0.
  bool one_in(std::uint32_t n) { return below(n) + 1 == n; }
  // A number in [least, most].
  std::uint32_t between(std::uint32_t least, std::uint32_t most) {
    return least + below(most - least + 1);
  }
  // An element of a table, the simplest first.
  template <typename T, std::size_t n>
  const T& of(const std::array<T, n>& table) {
    return table[below(static_cast<std::uint32_t>(n))];
  }
};

// xoshiro256** by Blackman and Vigna, seeded by SplitMix64: the same everywhere for one seed.
class RandomChoices final : public Choices {
 public:
  explicit RandomChoices(std::uint64_t seed);
  std::uint32_t below(std::uint32_t n) override;

 private:
  std::uint64_t next();

  std::array<std::uint64_t, 4> state_;
};

// Reads bytes in order, one for n <= 256, else two or four; 0 once they are used up.
class ByteChoices final : public Choices {
 public:
  // `bytes` outlives the choices.
  explicit ByteChoices(std::span<const std::byte> bytes) : bytes_(bytes) {}
  std::uint32_t below(std::uint32_t n) override;

 private:
  std::span<const std::byte> bytes_;
};

// Takes one number of a list, modulo n, for each draw; 0 once they are used up.
class ListChoices final : public Choices {
 public:
  // `draws` outlives the choices.
  explicit ListChoices(std::span<const std::uint32_t> draws) : draws_(draws) {}
  std::uint32_t below(std::uint32_t n) override;
  bool used_up() const { return draws_.empty(); }

 private:
  std::span<const std::uint32_t> draws_;
};

}  // namespace lockstep::scenario
