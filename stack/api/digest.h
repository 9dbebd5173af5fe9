// Digest: a value written out as a list of 64-bit words, for telling values apart by a hash of the
// words. Lists of two values are equal when, and only when, all that was added is equal: what is
// added by one sequence of calls has always the same shape, and what varies in length is added with
// its length before it. Words are those of this machine's byte order.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>
#include <variant>
#include <vector>

#include "stack/api/address.h"
#include "stack/api/options.h"
#include "stack/api/slice.h"
#include "stack/api/socket_types.h"

namespace lockstep {

template <typename T>
concept DigestScalar = std::integral<T> || std::is_enum_v<T>;

class Digest {
 public:
  // One word.
  template <DigestScalar T>
  void add(T value) {
    *grow(1) = bits_of(value);
  }

  // Several values in as few words as they fit into in this order: a bool takes one bit, any other
  // value as many as its type has. No value is split.
  template <DigestScalar... Ts>
  void add_packed(Ts... values) {
    constexpr Layout<sizeof...(Ts)> layout = layout_of<Ts...>();
    std::array<std::uint64_t, layout.words> packed{};
    std::size_t i = 0;
    ((packed[layout.word[i]] |= bits_of(values) << layout.shift[i], ++i), ...);
    std::memcpy(grow(layout.words), packed.data(), sizeof packed);
  }
  template <std::same_as<bool>... Flags>
  void add_flags(Flags... flags) {
    add_packed(flags...);
  }

  // Their number, then the bytes, eight to a word.
  void add(std::span<const std::byte> bytes) {
    const std::size_t count = (bytes.size() + 7) / 8;
    std::uint64_t* to = grow(1 + count);
    to[0] = bytes.size();
    if (bytes.empty()) return;
    to[count] = 0;  // The last may be filled in part.
    std::memcpy(to + 1, bytes.data(), bytes.size());
  }
  void add(const Slice& slice) { add(slice.bytes()); }  // By content.

  void add(const IpAddress& ip) { add(Endpoint{ip, 0}); }
  void add(const Endpoint& endpoint) {
    const auto& [ip, port] = endpoint;
    const auto& [high, low, family] = ip;
    // What an IPv4 address can be fits into the word of its port.
    const bool is_short = family == IpFamily::v4 && high == 0 && low <= 0xffff'ffff;
    const std::uint32_t in_word = is_short ? static_cast<std::uint32_t>(low) : 0;
    add_packed(in_word, port, family, is_short);
    if (is_short) return;
    add(high);
    add(low);
  }
  void add(const FourTuple& tuple) {
    const auto& [local, peer] = tuple;
    add(local);
    add(peer);
  }
  void add(const UnixPath& path) { add(std::as_bytes(std::span(path.view()))); }
  void add(Unspecified) { add(false); }
  void add(const SocketAddress& address) {
    add(address.index());
    std::visit([this](const auto& held) { add(held); }, address);
  }
  void add(const OptionValue& option) {
    const auto& [value, seconds] = option;
    add_packed(value, seconds);
  }
  void add(Fd fd) { add(fd.value); }

  std::span<const std::uint64_t> words() const { return std::span(storage_).first(size_); }
  // Keeps the capacity.
  void clear() { size_ = 0; }

 private:
  template <std::size_t N>
  struct Layout {
    std::array<std::uint8_t, N> word{};
    std::array<std::uint8_t, N> shift{};
    std::size_t words = 0;
  };

  template <typename T>
  static constexpr unsigned width_of() {
    return std::same_as<T, bool> ? 1 : static_cast<unsigned>(8 * sizeof(T));
  }

  template <typename... Ts>
  static constexpr Layout<sizeof...(Ts)> layout_of() {
    Layout<sizeof...(Ts)> layout;
    unsigned used = 64;
    std::size_t i = 0;
    for (const unsigned width : {width_of<Ts>()...}) {
      if (used + width > 64) {
        ++layout.words;
        used = 0;
      }
      layout.word[i] = static_cast<std::uint8_t>(layout.words - 1);
      layout.shift[i] = static_cast<std::uint8_t>(used);
      used += width;
      ++i;
    }
    return layout;
  }

  // No bit above those of the type is set.
  template <DigestScalar T>
  static constexpr std::uint64_t bits_of(T value) {
    if constexpr (std::same_as<T, bool>) {
      return value ? 1 : 0;
    } else if constexpr (std::is_enum_v<T>) {
      return bits_of(static_cast<std::underlying_type_t<T>>(value));
    } else {
      return static_cast<std::uint64_t>(static_cast<std::make_unsigned_t<T>>(value));
    }
  }

  // Room for as many more words, which the caller fills.
  std::uint64_t* grow(std::size_t count) {
    const std::size_t at = size_;
    size_ += count;
    if (size_ > storage_.size()) [[unlikely]]
      storage_.resize(2 * size_ + 64);
    return storage_.data() + at;
  }

  std::vector<std::uint64_t> storage_;  // What lies past size_ is room.
  std::size_t size_ = 0;
};

}  // namespace lockstep
