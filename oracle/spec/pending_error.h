// The error that may wait on a socket for the call that reports it: a set of candidates, of which
// Errno::ok stands for none. Sources: getsockopt(2) SO_ERROR; POSIX 2.10.13.
#pragma once

#include <bitset>
#include <cstddef>
#include <string>

#include "stack/api/error_number.h"

namespace lockstep::oracle {

class PendingError {
 public:
  PendingError() : PendingError(Errno::ok) {}
  explicit PendingError(Errno certain) { become(certain); }

  static PendingError unknown() {
    PendingError none;
    none.candidates_.reset();
    return none;
  }

  // A stack may answer any number.
  bool may_be(Errno error) const { return index(error) < most && candidates_[index(error)]; }
  bool is_surely(Errno error) const { return may_be(error) && candidates_.count() == 1; }
  void add(Errno error) { candidates_.set(index(error)); }
  void remove(Errno error) { candidates_.reset(index(error)); }
  void become(Errno error) {
    candidates_.reset();
    add(error);
  }

  // For a person: "ETIMEDOUT or none".
  std::string text() const {
    std::string out;
    for (std::size_t i = most; i-- > 0;) {
      if (!candidates_.test(i)) continue;
      if (!out.empty()) out += " or ";
      out += i == 0 ? "none" : errno_name(static_cast<Errno>(i));
    }
    return out;
  }

  friend bool operator==(const PendingError&, const PendingError&) = default;

 private:
  static constexpr std::size_t most =
      134;  // One past the last number of Linux, ERFKILL's and EHWPOISON's.
  static std::size_t index(Errno error) { return static_cast<std::size_t>(error); }

  std::bitset<most> candidates_;
};

}  // namespace lockstep::oracle
