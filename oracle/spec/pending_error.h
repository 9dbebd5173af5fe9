// PendingError: the one error that may wait on a socket for the call that reports it (SO_ERROR), as
// the set of what it may be; "nothing" may be among them. Sources: getsockopt(2) SO_ERROR,
// socket(7).
// SocketErrors: that of a stream socket without a connection, and the soft one behind it.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>

#include "stack/api/digest.h"
#include "stack/api/error_number.h"

namespace lockstep::oracle {

class PendingError {
 public:
  PendingError() { become_none(); }

  // Of which nothing can be told until candidates are added.
  static PendingError without_candidates() {
    PendingError empty;
    empty.possible_.reset();
    return empty;
  }

  bool may_be_none() const { return possible_[0]; }
  bool may_be_some() const { return possible_.count() > (may_be_none() ? 1u : 0u); }
  // A stack may answer any number.
  bool may_be(Errno error) const { return index(error) < most && possible_[index(error)]; }

  void become_none() { become(Errno::ok); }
  // A new error replaces an old one.
  void become(Errno error) {
    possible_.reset();
    maybe_become(error);
  }
  void maybe_become(Errno error) { possible_.set(index(error)); }
  // It was seen that some error waits.
  void become_some() {
    if (may_be_some()) possible_.reset(0);
  }

  // "ECONNREFUSED or nothing".
  std::string text() const {
    std::string out;
    for (std::size_t i = most; i-- > 0;) {
      if (!possible_[i]) continue;
      if (!out.empty()) out += " or ";
      out += i == 0 ? "nothing" : errno_name(static_cast<Errno>(i));
    }
    return out;
  }

  // Calls `visit` with each that it may be, Errno::ok for nothing.
  template <typename Visit>
  void for_each(Visit&& visit) const {
    for (std::size_t i = 0; i < most; ++i) {
      if (possible_[i]) visit(static_cast<Errno>(i));
    }
  }

  void digest(Digest& out) const {
    const auto& [possible] = *this;
    const std::size_t count = possible.count();
    if (count == 1 && possible[0]) return out.add(0);  // Nearly always.
    out.add(count + 1);
    for (std::size_t i = 0; i < most; ++i) {
      if (possible[i]) out.add(i);
    }
  }

  friend bool operator==(const PendingError&, const PendingError&) = default;

 private:
  static constexpr std::size_t most = 134;  // One past the last number of Linux, EHWPOISON's.
  static std::size_t index(Errno error) { return static_cast<std::size_t>(error); }

  std::bitset<most> possible_;
};

struct SocketErrors {
  PendingError pending;  // Answered by whichever call comes first.
  PendingError soft;     // An ICMP error that was no reason to end; for SO_ERROR alone.

  // Of SO_ERROR.
  bool may_answer(Errno error) const {
    if (error == Errno::ok) return pending.may_be_none() && soft.may_be_none();
    return pending.may_be(error) || (pending.may_be_none() && soft.may_be(error));
  }
  // Requires: may_answer(error).
  void answered(Errno error) {
    const bool was_pending = error != Errno::ok && pending.may_be(error);
    const bool was_soft = pending.may_be_none() && soft.may_be(error);
    if (was_soft && was_pending) {
      soft.maybe_become(Errno::ok);
    } else if (was_soft) {
      soft.become_none();
    }
    pending.become_none();
  }
  std::string text() const {
    if (!soft.may_be_some()) return pending.text();
    return pending.text() + ", then " + soft.text();
  }
  void digest(Digest& out) const {
    pending.digest(out);
    soft.digest(out);
  }
  friend bool operator==(const SocketErrors&, const SocketErrors&) = default;
};

}  // namespace lockstep::oracle
