// Position-coded bytes: the byte at offset i of a stream says which stream and which offset it is
// from, so that a lost, repeated, misplaced or foreign byte shows. Made apart from the oracle's own
// payload, which these properties must not depend on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep::properties {

// The finaliser of MurmurHash3 (Appleby) over both: neighbours in either differ in every bit.
constexpr std::byte coded_byte(std::uint32_t stream, std::uint64_t offset) {
  std::uint64_t mixed = (std::uint64_t{stream} << 56) ^ offset;
  mixed = (mixed ^ (mixed >> 33)) * 0xff51afd7ed558ccdu;
  mixed = (mixed ^ (mixed >> 33)) * 0xc4ceb9fe1a85ec53u;
  return static_cast<std::byte>(mixed >> 40);
}

inline void fill_coded(std::span<std::byte> bytes, std::uint32_t stream, std::uint64_t offset) {
  for (std::byte& byte : bytes) byte = coded_byte(stream, offset++);
}

inline bool is_coded(std::span<const std::byte> bytes, std::uint32_t stream, std::uint64_t offset) {
  for (std::byte byte : bytes) {
    if (byte != coded_byte(stream, offset++)) return false;
  }
  return true;
}

}  // namespace lockstep::properties
