#include "oracle/spec/payload.h"

#include <algorithm>
#include <cstring>

namespace lockstep::oracle {
namespace {

constexpr std::uint64_t word_size = 8;

// Word `index` of a stream, the bytes at offsets [8 * index, 8 * index + 8), is word_at(seed +
// index
// * step), where the seed is the stream's. One addition and one product of 32-bit factors a word:
// what every compiler can do for several words at once, so that payload does not dominate a run.
constexpr std::uint64_t step = 0x9e3779b97f4a7c15u;

std::uint64_t seed_of(std::uint32_t key) {
  std::uint64_t x = (std::uint64_t{key} + 1) * 0xd1342543de82ef95u;
  x ^= x >> 32;
  return x * 0xd6e8feb86659fd93u;
}

std::uint64_t word_at(std::uint64_t x) { return ((x ^ x >> 32) & 0xffff'ffff) * 0xd6e8feb9u; }

std::uint64_t payload_word(std::uint32_t key, std::uint64_t index) {
  if (key >= 16 || index >= 2) return word_at(seed_of(key) + index * step);
  std::uint64_t word = 0;
  for (std::uint64_t i = 0; i < word_size; ++i) {
    word |= (std::uint64_t{key} << 4 | (index * word_size + i)) << (8 * i);
  }
  return word ^ 0xa5a5a5a5a5a5a5a5u;
}

// Covers [tag.offset, tag.offset + size) by words: visit_part(word, at, count) for those that are
// cut or among the distinct ones, visit_whole(x, at, count) for the `count` whole ones between,
// which are word_at(x), word_at(x + step) and so on. Stops at the first that answers false.
template <typename Part, typename Whole>
bool for_each_word(PayloadTag tag, std::size_t size, Part visit_part, Whole visit_whole) {
  std::size_t done = 0;
  const auto part = [&] {
    const std::uint64_t at = tag.offset + done;
    const std::uint64_t skip = at % word_size;
    const std::uint64_t word = payload_word(tag.key, at / word_size) >> (8 * skip);
    const std::size_t count = std::min<std::size_t>(word_size - skip, size - done);
    const std::size_t from = done;
    done += count;
    return visit_part(word, from, count);
  };
  while (done < size &&
         (tag.offset + done < 2 * word_size || (tag.offset + done) % word_size != 0)) {
    if (!part()) return false;
  }
  const std::size_t whole = (size - done) / word_size;
  const std::uint64_t first = (tag.offset + done) / word_size;
  if (!visit_whole(seed_of(tag.key) + first * step, done, whole)) return false;
  done += whole * word_size;
  return done == size || part();
}

// Whether the `count` words from word_at(x) on stand at `seen`. It looks at all of them: a
// difference is rare, and a loop with one end can do several words at once.
bool words_match(std::uint64_t x, const std::byte* seen, std::size_t count) {
  std::uint64_t differs = 0;
  for (std::size_t i = 0; i < count; ++i, x += step) {
    std::uint64_t word;
    std::memcpy(&word, seen + i * word_size, word_size);
    differs |= word ^ word_at(x);
  }
  return differs == 0;
}

}  // namespace

void fill_payload(PayloadTag tag, std::span<std::byte> out) {
  for_each_word(
      tag, out.size(),
      [&](std::uint64_t word, std::size_t at, std::size_t count) {
        std::memcpy(out.data() + at, &word, count);
        return true;
      },
      [&](std::uint64_t x, std::size_t at, std::size_t count) {
        std::byte* to = out.data() + at;
        for (std::size_t i = 0; i < count; ++i, x += step) {
          const std::uint64_t word = word_at(x);
          std::memcpy(to + i * word_size, &word, word_size);
        }
        return true;
      });
}

bool payload_matches(PayloadTag tag, std::span<const std::byte> bytes) {
  return for_each_word(
      tag, bytes.size(),
      [&](std::uint64_t word, std::size_t at, std::size_t count) {
        return std::memcmp(bytes.data() + at, &word, count) == 0;
      },
      [&](std::uint64_t x, std::size_t at, std::size_t count) {
        return words_match(x, bytes.data() + at, count);
      });
}

}  // namespace lockstep::oracle
