// ByteReader: a fuzz input as choices. Total: past the end every choice is 0, so that any bytes
// mean something and a prefix means the same each time.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

namespace lockstep {

class ByteReader {
 public:
  explicit ByteReader(std::span<const std::uint8_t> bytes) : bytes_(bytes) {}

  bool at_end() const { return bytes_.empty(); }

  std::uint8_t u8() {
    if (bytes_.empty()) return 0;
    const std::uint8_t byte = bytes_.front();
    bytes_ = bytes_.subspan(1);
    return byte;
  }
  std::uint16_t u16() { return static_cast<std::uint16_t>((u8() << 8) | u8()); }
  std::uint32_t u32() { return (std::uint32_t{u16()} << 16) | u16(); }
  bool flag() { return (u8() & 1) != 0; }

  // In [0, n). Requires: 0 < n <= 256.
  std::uint32_t below(std::uint32_t n) { return u8() % n; }
  template <typename T, std::size_t size>
  const T& of(const std::array<T, size>& choices) {
    return choices[below(size)];
  }
  // A small signed distance mostly, now and then any.
  std::int32_t distance() {
    const auto byte = static_cast<std::int8_t>(u8());
    if (byte == 127) return static_cast<std::int32_t>(u32());
    return byte >= 64 ? (byte - 64) * 1000 : byte;
  }
  // Short mostly, else up to `most`.
  std::size_t length(std::size_t most) {
    const std::uint8_t byte = u8();
    return std::min<std::size_t>(byte < 200 ? byte % 20 : u16(), most);
  }
  std::span<const std::uint8_t> bytes(std::size_t count) {
    const auto taken = bytes_.first(std::min(count, bytes_.size()));
    bytes_ = bytes_.subspan(taken.size());
    return taken;
  }

 private:
  std::span<const std::uint8_t> bytes_;
};

// Runs a target whose input is read record by record: a world made from the first bytes, a step for
// what is left of them each time, and its end.
template <typename World>
int run_records(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t longest = 4096;
  if (size > longest) return 0;
  ByteReader in({data, size});
  World world(in);
  while (!in.at_end()) world.step();
  world.end();
  return 0;
}

}  // namespace lockstep
