// SequenceNumber: a position in TCP's sequence space, with the modular predicates of RFC 9293 3.4.
// There is no operator<: order exists only between numbers less than 2^31 apart.
#pragma once

#include <cstdint>

namespace lockstep {

class SequenceNumber {
 public:
  constexpr SequenceNumber() = default;
  constexpr explicit SequenceNumber(std::uint32_t value) : value_(value) {}

  constexpr std::uint32_t value() const { return value_; }

  constexpr bool before(SequenceNumber other) const {
    return static_cast<std::int32_t>(value_ - other.value_) < 0;
  }
  constexpr bool at_or_before(SequenceNumber other) const { return !other.before(*this); }
  constexpr bool after(SequenceNumber other) const { return other.before(*this); }
  constexpr bool at_or_after(SequenceNumber other) const { return !before(other); }

  // How many numbers lie in [earlier, *this). Requires (in meaning): earlier is not after *this.
  constexpr std::uint32_t distance_from(SequenceNumber earlier) const {
    return value_ - earlier.value_;
  }
  // first =< *this < first + size.
  constexpr bool in_window(SequenceNumber first, std::uint32_t size) const {
    return value_ - first.value_ < size;
  }

  friend constexpr SequenceNumber operator+(SequenceNumber a, std::uint32_t n) {
    return SequenceNumber(a.value_ + n);
  }
  friend constexpr SequenceNumber operator-(SequenceNumber a, std::uint32_t n) {
    return SequenceNumber(a.value_ - n);
  }
  friend constexpr bool operator==(SequenceNumber, SequenceNumber) = default;

 private:
  std::uint32_t value_ = 0;
};

constexpr SequenceNumber later_of(SequenceNumber a, SequenceNumber b) {
  return a.before(b) ? b : a;
}

}  // namespace lockstep
