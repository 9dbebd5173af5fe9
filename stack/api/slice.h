// Slice: a view of an immutable, reference-counted block of bytes. Copying a slice copies no byte,
// so that a copy of a whole world is cheap. Counts are atomic: worlds may be copied across threads.
//
//   Block   [ count | size | bytes ........................ ]
//   Slice                     [ offset, size )
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>
#include <span>
#include <utility>

#include "stack/api/check.h"

namespace lockstep {

class Slice {
 public:
  Slice() = default;

  // A slice over a fresh copy of `bytes`; no block when it is empty.
  static Slice copy_of(std::span<const std::byte> bytes) {
    Slice slice = uninitialized(bytes.size());
    if (!bytes.empty()) std::memcpy(slice.mutable_bytes(), bytes.data(), bytes.size());
    return slice;
  }

  // A slice of `size` bytes that `fill(std::span<std::byte>)` writes once, before anyone shares it.
  template <typename Fill>
  static Slice filled(std::size_t size, Fill&& fill) {
    Slice slice = uninitialized(size);
    fill(std::span<std::byte>(slice.mutable_bytes(), size));
    return slice;
  }

  Slice(const Slice& other) : block_(other.block_), offset_(other.offset_), size_(other.size_) {
    if (block_ != nullptr) block_->count.fetch_add(1, std::memory_order_relaxed);
  }
  Slice(Slice&& other) noexcept
      : block_(std::exchange(other.block_, nullptr)),
        offset_(std::exchange(other.offset_, 0)),
        size_(std::exchange(other.size_, 0)) {}
  Slice& operator=(const Slice& other) {
    Slice(other).swap(*this);
    return *this;
  }
  Slice& operator=(Slice&& other) noexcept {
    Slice(std::move(other)).swap(*this);
    return *this;
  }
  ~Slice() {
    if (block_ != nullptr) release();
  }

  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  std::span<const std::byte> bytes() const {
    return block_ == nullptr ? std::span<const std::byte>()
                             : std::span<const std::byte>(block_->bytes() + offset_, size_);
  }

  // Bytes [from, from + count). Requires: from + count <= size().
  Slice sub(std::size_t from, std::size_t count) const& { return Slice(*this).sub(from, count); }
  Slice sub(std::size_t from, std::size_t count) && {
    LOCKSTEP_CHECK(from <= size_ && count <= size_ - from);
    Slice result = std::move(*this);
    result.offset_ += static_cast<std::uint32_t>(from);
    result.size_ = static_cast<std::uint32_t>(count);
    return count == 0 ? Slice() : result;
  }

  void swap(Slice& other) noexcept {
    std::swap(block_, other.block_);
    std::swap(offset_, other.offset_);
    std::swap(size_, other.size_);
  }

  // By content.
  friend bool operator==(const Slice& a, const Slice& b) {
    if (a.size_ != b.size_) return false;
    if (a.block_ == b.block_ && a.offset_ == b.offset_) return true;
    return a.size_ == 0 || std::memcmp(a.bytes().data(), b.bytes().data(), a.size_) == 0;
  }

 private:
  struct Block {
    std::atomic<std::uint32_t> count;
    std::byte* bytes() { return reinterpret_cast<std::byte*>(this + 1); }
  };

  static Slice uninitialized(std::size_t size) {
    LOCKSTEP_CHECK(size <= 0x7fffffff);
    Slice slice;
    if (size == 0) return slice;
    slice.block_ = new (::operator new(sizeof(Block) + size)) Block{1};
    slice.size_ = static_cast<std::uint32_t>(size);
    return slice;
  }
  std::byte* mutable_bytes() { return block_ == nullptr ? nullptr : block_->bytes(); }
  void release() {
    if (block_->count.fetch_sub(1, std::memory_order_acq_rel) == 1) {
      block_->~Block();
      ::operator delete(block_);
    }
  }

  Block* block_ = nullptr;
  std::uint32_t offset_ = 0;
  std::uint32_t size_ = 0;
};

}  // namespace lockstep
