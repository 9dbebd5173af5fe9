// The bytes that arrived on a connection and were not read yet. Several copies may cover an offset:
// any of them may win. Text that came in order lies first, so that what may still move RCV.NXT is
// found without a look at all that waits to be read.
//
//   [ ends at or before RCV.NXT ............ | anything ..... ]
//   0                                        open             size
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "oracle/spec/tcp_sequence.h"
#include "stack/api/digest.h"
#include "stack/api/slice.h"

namespace lockstep::oracle {

// Bytes for the offsets [begin, end).
struct Copy {
  Offset begin = 0;
  Slice bytes;

  Offset end() const { return begin + static_cast<Offset>(bytes.size()); }
  friend bool operator==(const Copy&, const Copy&) = default;
};

class Copies {
 public:
  bool empty() const { return all_.empty(); }
  std::size_t size() const { return all_.size(); }
  auto begin() const { return all_.begin(); }
  auto end() const { return all_.end(); }

  // What Linux may charge for all of them against the receive buffer, at most, in bytes.
  std::size_t charge() const { return charge_; }

  // Those that may end past rcv_nxt; a few that do not may be among them.
  // Requires: rcv_nxt never falls from one call to the next.
  std::span<const Copy> past(Offset rcv_nxt) const {
    while (open_ < all_.size() && all_[open_].end() <= rcv_nxt) ++open_;
    return std::span<const Copy>(all_).subspan(open_);
  }

  void add(Offset begin, const Slice& bytes) {
    all_.push_back({begin, bytes});
    charge_ += charge_of(bytes.size());
  }

  void clear() {
    all_.clear();
    recount();
  }

  template <typename Predicate>
  void erase_if(Predicate&& predicate) {
    if (std::erase_if(all_, predicate) > 0) recount();
  }

  // The same among past(rcv_nxt) alone.
  template <typename Predicate>
  void erase_past(Offset rcv_nxt, Predicate&& predicate) {
    const auto first = all_.end() - static_cast<std::ptrdiff_t>(past(rcv_nxt).size());
    const auto kept = std::remove_if(first, all_.end(), predicate);
    if (kept == all_.end()) return;
    all_.erase(kept, all_.end());
    recount();
  }

  // Forgets what lies at or past `end`.
  void cut(Offset end) {
    std::erase_if(all_, [&](const Copy& copy) { return copy.begin >= end; });
    for (Copy& copy : all_) {
      if (copy.end() <= end) continue;
      copy.bytes = copy.bytes.sub(0, static_cast<std::size_t>(end - copy.begin));
    }
    recount();
  }

  void digest(Digest& out) const {
    // Left out: what the copies tell themselves.
    const auto& [all, open, charge] = *this;
    out.add(all.size());
    for (const Copy& copy : all) {
      const auto& [begin, bytes] = copy;
      out.add(begin);
      out.add(bytes);
    }
  }

  friend bool operator==(const Copies& a, const Copies& b) { return a.all_ == b.all_; }

 private:
  static std::size_t charge_of(std::size_t payload) { return 2 * payload + 1280; }

  void recount() {
    open_ = 0;
    charge_ = 0;
    for (const Copy& copy : all_) charge_ += charge_of(copy.bytes.size());
  }

  std::vector<Copy> all_;
  mutable std::size_t open_ = 0;
  std::size_t charge_ = 0;
};

}  // namespace lockstep::oracle
