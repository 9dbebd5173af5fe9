// Outcomes: the answers that the rules allow one call, each with the rule that speaks for it. When
// several errors apply at once a stack may answer with any of them (POSIX XSH 2.3), so this is a
// set.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "oracle/spec/judgement.h"
#include "oracle/spec/rule.h"
#include "stack/api/error_number.h"
#include "stack/api/syscall.h"

namespace lockstep::oracle {

class Outcomes {
 public:
  // The rule's premise holds: the call fails, with `error` or that of another rule.
  void must_fail(Rule rule, Errno error) { add(Kind::must, rule, error); }
  // As must_fail, with `error` as one more name for the same failure.
  void also(Rule rule, Errno error) { add(Kind::also, rule, error); }
  // The call may fail so, and need not.
  void may_fail(Rule rule, Errno error) { add(Kind::may, rule, error); }
  // The rule's premise is false: who answers `error` all the same breaks it.
  void never(Rule rule, Errno error) { add(Kind::never, rule, error); }

  // As never, for a rule that is about the premise being false: this counts as applying it.
  void excludes(Rule rule, Errno error) { add(Kind::excludes, rule, error); }

  bool fails() const { return musts_ > 0; }
  bool allows(Errno error) const;
  // Counts the rules that were applied; records a violation when `error` is not allowed, of the
  // first rule that asks for a failure, else of the one that forbids this error, else of
  // `otherwise`. describe() gives the state's text. Returns allows(error).
  template <typename Describe>
  bool judge(Judgement& judgement, Rule otherwise, Errno error, Describe&& describe) const {
    count_applied(judgement, otherwise);
    if (allows(error)) return true;
    return judgement.require(blamed(otherwise, error), false, [&] {
      return Violation{
          .allowed = text(), .observed = std::string(errno_name(error)), .state = describe()};
    });
  }

  // "EINVAL or EADDRINUSE"; "success or EAGAIN".
  std::string text() const;

 private:
  enum class Kind : std::uint8_t { must, also, may, never, excludes };
  static bool forbids(Kind kind) { return kind == Kind::never || kind == Kind::excludes; }
  struct Row {
    Rule rule;
    Errno error;
    Kind kind;
  };

  void add(Kind kind, Rule rule, Errno error) {
    if (count_ < rows_.size()) rows_[count_++] = {rule, error, kind};
    if (kind == Kind::must) ++musts_;
  }
  void count_applied(Judgement& judgement, Rule otherwise) const;
  Rule blamed(Rule otherwise, Errno error) const;

  std::array<Row, 24> rows_;
  std::uint8_t count_ = 0;
  std::uint8_t musts_ = 0;
};

// "10 bytes, truncated, from 10.0.0.1:80" or "EAGAIN": what a receive of a message answered.
std::string received_text(const Syscall& call, const SyscallResult& result);

}  // namespace lockstep::oracle
