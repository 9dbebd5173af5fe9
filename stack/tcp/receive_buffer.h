// ReceiveBuffer: bytes received in order and not yet read, oldest first.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stack/api/ring.h"
#include "stack/api/slice.h"

namespace lockstep {

class ReceiveBuffer {
 public:
  std::uint32_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  void append(Slice bytes);
  // Copies as many of the oldest bytes but for the first `skip` as fit into `out`; returns how
  // many.
  std::size_t peek(std::size_t skip, std::span<std::byte> out) const;
  // Forgets the `count` oldest bytes. Requires: count <= size().
  void consume(std::size_t count);
  void clear();

  std::uint64_t hash(std::uint64_t seed) const;
  friend bool operator==(const ReceiveBuffer&, const ReceiveBuffer&) = default;

 private:
  Ring<Slice> pieces_;
  std::uint32_t size_ = 0;
};

}  // namespace lockstep
