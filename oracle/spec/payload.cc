#include "oracle/spec/payload.h"

#include <algorithm>
#include <cstring>

namespace lockstep::oracle {
namespace {

constexpr std::uint64_t word_size = 8;

// Eight bytes of stream `key` past the distinct ones: those at offsets [8 * index, 8 * index + 8).
// Two multiplications a word, so that payload does not dominate a run.
std::uint64_t mixed_word(std::uint64_t stream, std::uint64_t index) {
  std::uint64_t x = (index ^ stream) * 0x9e3779b97f4a7c15u;
  x ^= x >> 32;
  x *= 0xd6e8feb86659fd93u;
  return x ^ (x >> 32);
}

constexpr std::uint64_t stream_of(std::uint32_t key) { return (std::uint64_t{key} + 1) << 40; }

std::uint64_t payload_word(std::uint32_t key, std::uint64_t index) {
  if (key >= 16 || index >= 2) return mixed_word(stream_of(key), index);
  std::uint64_t word = 0;
  for (std::uint64_t i = 0; i < word_size; ++i) {
    word |= (std::uint64_t{key} << 4 | (index * word_size + i)) << (8 * i);
  }
  return word ^ 0xa5a5a5a5a5a5a5a5u;
}

// Covers [tag.offset, tag.offset + size) by words: visit_part(word, at, count) for the words that
// are cut or among the distinct ones, visit_word(word, at) for the whole ones between. Stops at the
// first that answers false.
template <typename Part, typename Whole>
bool for_each_word(PayloadTag tag, std::size_t size, Part visit_part, Whole visit_word) {
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
  const std::uint64_t stream = stream_of(tag.key);
  std::uint64_t index = (tag.offset + done) / word_size;
  for (; size - done >= word_size; done += word_size, ++index) {
    if (!visit_word(mixed_word(stream, index), done)) return false;
  }
  return done == size || part();
}

}  // namespace

void fill_payload(PayloadTag tag, std::span<std::byte> out) {
  for_each_word(
      tag, out.size(),
      [&](std::uint64_t word, std::size_t at, std::size_t count) {
        std::memcpy(out.data() + at, &word, count);
        return true;
      },
      [&](std::uint64_t word, std::size_t at) {
        std::memcpy(out.data() + at, &word, word_size);
        return true;
      });
}

bool payload_matches(PayloadTag tag, std::span<const std::byte> bytes) {
  return for_each_word(
      tag, bytes.size(),
      [&](std::uint64_t word, std::size_t at, std::size_t count) {
        return std::memcmp(bytes.data() + at, &word, count) == 0;
      },
      [&](std::uint64_t word, std::size_t at) {
        std::uint64_t seen;
        std::memcpy(&seen, bytes.data() + at, word_size);
        return seen == word;
      });
}

}  // namespace lockstep::oracle
