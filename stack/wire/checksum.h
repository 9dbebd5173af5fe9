// The internet checksum (RFC 1071): the ones' complement of the ones' complement sum of 16-bit
// words. Sums are kept unfolded and in the byte order of memory, which RFC 1071 2 (B) allows, so
// that they can be added up in any order and taken eight bytes at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep {

// An unfolded sum. Adding up to 2^16 of them cannot overflow.
using ChecksumSum = std::uint64_t;

// The sum of `bytes`, an odd last one padded with zero. Only the last of several parts may be odd.
ChecksumSum checksum_sum(std::span<const std::byte> bytes);
// The sum of one 16-bit number that stands in network byte order in the packet.
ChecksumSum checksum_sum(std::uint16_t number);

// The value to store, in host byte order.
std::uint16_t checksum_of(ChecksumSum sum);
// Whether a sum that includes the stored checksum is right.
bool checksum_holds(ChecksumSum sum);

}  // namespace lockstep
