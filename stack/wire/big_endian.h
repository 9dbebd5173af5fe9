// Numbers in network byte order at a place in memory. Callers check bounds.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "stack/api/check.h"

namespace lockstep {

// Requires: at + the number's size <= bytes.size().
template <typename Number>
constexpr Number load_big_endian(std::span<const std::byte> bytes, std::size_t at) {
  LOCKSTEP_CHECK(at <= bytes.size() && bytes.size() - at >= sizeof(Number));
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    value = (value << 8) | static_cast<std::uint64_t>(bytes[at + i]);
  }
  return static_cast<Number>(value);
}

template <typename Number>
constexpr void store_big_endian(std::span<std::byte> bytes, std::size_t at, Number number) {
  LOCKSTEP_CHECK(at <= bytes.size() && bytes.size() - at >= sizeof(Number));
  auto value = static_cast<std::uint64_t>(number);
  for (std::size_t i = sizeof(Number); i > 0; --i) {
    bytes[at + i - 1] = static_cast<std::byte>(value);
    value >>= 8;
  }
}

inline std::uint8_t load_u8(std::span<const std::byte> bytes, std::size_t at) {
  return load_big_endian<std::uint8_t>(bytes, at);
}
inline std::uint16_t load_u16(std::span<const std::byte> bytes, std::size_t at) {
  return load_big_endian<std::uint16_t>(bytes, at);
}
inline std::uint32_t load_u32(std::span<const std::byte> bytes, std::size_t at) {
  return load_big_endian<std::uint32_t>(bytes, at);
}
inline std::uint64_t load_u64(std::span<const std::byte> bytes, std::size_t at) {
  return load_big_endian<std::uint64_t>(bytes, at);
}

inline void store_u8(std::span<std::byte> bytes, std::size_t at, std::uint8_t value) {
  store_big_endian(bytes, at, value);
}
inline void store_u16(std::span<std::byte> bytes, std::size_t at, std::uint16_t value) {
  store_big_endian(bytes, at, value);
}
inline void store_u32(std::span<std::byte> bytes, std::size_t at, std::uint32_t value) {
  store_big_endian(bytes, at, value);
}
inline void store_u64(std::span<std::byte> bytes, std::size_t at, std::uint64_t value) {
  store_big_endian(bytes, at, value);
}

// Copies all of `from` to the front of `to`. Requires: from.size() <= to.size().
inline void copy_bytes(std::span<const std::byte> from, std::span<std::byte> to) {
  LOCKSTEP_CHECK(from.size() <= to.size());
  if (!from.empty()) std::memcpy(to.data(), from.data(), from.size());
}

}  // namespace lockstep
