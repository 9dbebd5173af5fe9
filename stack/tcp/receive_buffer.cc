#include "stack/tcp/receive_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {

void ReceiveBuffer::append(Slice bytes) {
  if (bytes.empty()) return;
  size_ += static_cast<std::uint32_t>(bytes.size());
  pieces_.push_back(std::move(bytes));
}

std::size_t ReceiveBuffer::peek(std::size_t skip, std::span<std::byte> out) const {
  std::size_t written = 0;
  for (std::size_t i = 0; i < pieces_.size() && written < out.size(); ++i) {
    auto bytes = pieces_[i].bytes();
    const std::size_t skipped = std::min(skip, bytes.size());
    skip -= skipped;
    bytes = bytes.subspan(skipped);
    const std::size_t step = std::min(bytes.size(), out.size() - written);
    std::memcpy(out.data() + written, bytes.data(), step);
    written += step;
  }
  return written;
}

void ReceiveBuffer::consume(std::size_t count) {
  LOCKSTEP_CHECK(count <= size_);
  size_ -= static_cast<std::uint32_t>(count);
  while (count > 0) {
    Slice& piece = pieces_.front();
    if (piece.size() > count) {
      piece = std::move(piece).sub(count, piece.size() - count);
      return;
    }
    count -= piece.size();
    pieces_.pop_front();
  }
}

void ReceiveBuffer::clear() {
  pieces_.clear();
  size_ = 0;
}

std::uint64_t ReceiveBuffer::hash(std::uint64_t seed) const {
  for (std::size_t i = 0; i < pieces_.size(); ++i) seed = hash_bytes(seed, pieces_[i].bytes());
  return hash_mix(seed, size_);
}

}  // namespace lockstep
