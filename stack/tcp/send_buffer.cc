#include "stack/tcp/send_buffer.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {

void SendBuffer::start_at(SequenceNumber first) {
  pieces_.clear();
  first_ = first;
  size_ = 0;
}

void SendBuffer::append(Slice bytes) {
  if (bytes.empty()) return;
  const auto count = static_cast<std::uint32_t>(bytes.size());
  pieces_.push_back(Piece{end(), std::move(bytes)});
  size_ += count;
}

void SendBuffer::drop_before(SequenceNumber position) {
  if (position.at_or_before(first_)) return;
  if (position.after(end())) position = end();
  while (!pieces_.empty()) {
    Piece& piece = pieces_.front();
    const auto piece_size = static_cast<std::uint32_t>(piece.bytes.size());
    const std::uint32_t covered = position.distance_from(piece.start);
    if (covered < piece_size) {
      piece.bytes = std::move(piece.bytes).sub(covered, piece_size - covered);
      piece.start = position;
      break;
    }
    pieces_.pop_front();
    if (covered == piece_size) break;
  }
  size_ -= position.distance_from(first_);
  first_ = position;
}

Slice SendBuffer::gather(SequenceNumber from, std::uint32_t count) const {
  if (count == 0) return Slice();
  LOCKSTEP_CHECK(from.distance_from(first_) < size_ && count <= end().distance_from(from));
  std::size_t index = piece_at(from);
  std::size_t skip = from.distance_from(pieces_[index].start);
  if (pieces_[index].bytes.size() - skip >= count) return pieces_[index].bytes.sub(skip, count);
  return Slice::filled(count, [&](std::span<std::byte> out) {
    std::size_t written = 0;
    while (written < out.size()) {
      const auto bytes = pieces_[index].bytes.bytes().subspan(skip);
      const std::size_t step = std::min(bytes.size(), out.size() - written);
      std::memcpy(out.data() + written, bytes.data(), step);
      written += step;
      skip = 0;
      ++index;
    }
  });
}

std::size_t SendBuffer::piece_at(SequenceNumber position) const {
  const std::uint32_t offset = position.distance_from(first_);
  std::size_t low = 0;
  std::size_t high = pieces_.size() - 1;
  while (low < high) {
    const std::size_t middle = (low + high + 1) / 2;
    if (pieces_[middle].start.distance_from(first_) <= offset) {
      low = middle;
    } else {
      high = middle - 1;
    }
  }
  return low;
}

std::uint64_t SendBuffer::hash(std::uint64_t seed) const {
  seed = hash_mix(seed, first_.value());
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    seed = hash_bytes(seed, pieces_[i].bytes.bytes());
  }
  return hash_mix(seed, size_);
}

}  // namespace lockstep
