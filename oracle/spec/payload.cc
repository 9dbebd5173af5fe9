#include "oracle/spec/payload.h"

#include <algorithm>
#include <cstring>

namespace lockstep::oracle {
namespace {

constexpr std::uint64_t word_size = 8;

// Eight bytes of stream `key`, the ones at offsets [8 * index, 8 * index + 8).
std::uint64_t payload_word(std::uint32_t key, std::uint64_t index) {
  if (key < 16 && index < 2) {
    std::uint64_t word = 0;
    for (std::uint64_t i = 0; i < word_size; ++i) {
      word |= (std::uint64_t{key} << 4 | (index * word_size + i)) << (8 * i);
    }
    return word ^ 0xa5a5a5a5a5a5a5a5u;
  }
  std::uint64_t x = index + (std::uint64_t{key} << 40) + 0x9e3779b97f4a7c15u;
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
  return x ^ (x >> 31);
}

// Calls visit(bytes of the word, position in the span, count) until the span is covered or visit
// answers false.
template <typename Visit>
bool for_each_word(PayloadTag tag, std::size_t size, Visit visit) {
  std::size_t done = 0;
  while (done < size) {
    const std::uint64_t at = tag.offset + done;
    const std::uint64_t skip = at % word_size;
    const std::uint64_t word = payload_word(tag.key, at / word_size) >> (8 * skip);
    const std::size_t count = std::min<std::size_t>(word_size - skip, size - done);
    if (!visit(word, done, count)) return false;
    done += count;
  }
  return true;
}

}  // namespace

void fill_payload(PayloadTag tag, std::span<std::byte> out) {
  for_each_word(tag, out.size(), [&](std::uint64_t word, std::size_t at, std::size_t count) {
    std::memcpy(out.data() + at, &word, count);
    return true;
  });
}

bool payload_matches(PayloadTag tag, std::span<const std::byte> bytes) {
  return for_each_word(tag, bytes.size(),
                       [&](std::uint64_t word, std::size_t at, std::size_t count) {
                         return std::memcmp(bytes.data() + at, &word, count) == 0;
                       });
}

}  // namespace lockstep::oracle
