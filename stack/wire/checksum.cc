#include "stack/wire/checksum.h"

#include <bit>
#include <cstring>

namespace lockstep {
namespace {

std::uint16_t network_order(std::uint16_t value) {
  if constexpr (std::endian::native == std::endian::big) return value;
  return static_cast<std::uint16_t>((value << 8) | (value >> 8));
}

std::uint16_t fold(ChecksumSum sum) {
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace

ChecksumSum checksum_sum(std::span<const std::byte> bytes) {
  const std::byte* at = bytes.data();
  std::size_t left = bytes.size();
  // The two halves of each word go to sums of their own: no carry to look at, and no overflow
  // below 2^32 words.
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  for (; left >= 8; left -= 8, at += 8) {
    std::uint64_t word;
    std::memcpy(&word, at, 8);
    low += word & 0xffffffff;
    high += word >> 32;
  }
  std::uint64_t tail = 0;
  if (left > 0) std::memcpy(&tail, at, left);
  low += (tail & 0xffffffff) + (tail >> 32);
  low = (low & 0xffffffff) + (low >> 32);
  high = (high & 0xffffffff) + (high >> 32);
  return low + high;
}

ChecksumSum checksum_sum(std::uint16_t number) { return network_order(number); }

std::uint16_t checksum_of(ChecksumSum sum) {
  return network_order(static_cast<std::uint16_t>(~fold(sum)));
}

bool checksum_holds(ChecksumSum sum) { return fold(sum) == 0xffff; }

}  // namespace lockstep
