// Ring: a queue that keeps its storage. Pushing and popping at either end of a queue that has been
// as long before allocates nothing. Compared by content; a copy copies the elements.
#pragma once

#include <cstddef>
#include <utility>
#include <vector>

#include "stack/api/check.h"

namespace lockstep {

template <typename T>
class Ring {
 public:
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }

  // Requires: index < size().
  T& operator[](std::size_t index) { return cells_[(head_ + index) & (cells_.size() - 1)]; }
  const T& operator[](std::size_t index) const {
    return cells_[(head_ + index) & (cells_.size() - 1)];
  }
  T& front() { return (*this)[0]; }
  const T& front() const { return (*this)[0]; }
  T& back() { return (*this)[size_ - 1]; }
  const T& back() const { return (*this)[size_ - 1]; }

  void push_back(T value) {
    if (size_ == cells_.size()) grow();
    cells_[(head_ + size_) & (cells_.size() - 1)] = std::move(value);
    ++size_;
  }

  // Requires: !empty().
  void pop_front() {
    LOCKSTEP_CHECK(size_ > 0);
    cells_[head_] = T();
    head_ = (head_ + 1) & (cells_.size() - 1);
    --size_;
  }

  void clear() {
    while (size_ > 0) pop_front();
  }

  // Removes the first element equal to `value`, keeping the order of the rest.
  void remove(const T& value) {
    std::size_t kept = 0;
    bool found = false;
    for (std::size_t i = 0; i < size_; ++i) {
      if (!found && (*this)[i] == value) {
        found = true;
        continue;
      }
      if (kept != i) (*this)[kept] = std::move((*this)[i]);
      ++kept;
    }
    if (found) {
      (*this)[size_ - 1] = T();
      --size_;
    }
  }

  friend bool operator==(const Ring& a, const Ring& b) {
    if (a.size_ != b.size_) return false;
    for (std::size_t i = 0; i < a.size_; ++i) {
      if (!(a[i] == b[i])) return false;
    }
    return true;
  }

 private:
  void grow() {
    std::vector<T> bigger(cells_.empty() ? 4 : cells_.size() * 2);
    for (std::size_t i = 0; i < size_; ++i) bigger[i] = std::move((*this)[i]);
    cells_ = std::move(bigger);
    head_ = 0;
  }

  std::vector<T> cells_;  // A power of two of them.
  std::size_t head_ = 0;
  std::size_t size_ = 0;
};

}  // namespace lockstep
