// Judgement: where rules say that they were applied and that they were broken. One per oracle; it
// keeps the first violation, the coverage counts, and whether the oracle had to give up.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "oracle/spec/rule.h"
#include "stack/api/digest.h"

namespace lockstep::oracle {

// What a violation tells a person beside the rule's own sentence and source.
struct Violation {
  Rule rule{};
  std::uint8_t host = 0;
  std::string allowed;   // "a RST" or "0..100 or EAGAIN"
  std::string observed;  // "FIN|ACK seq=.."
  std::string state;     // The connection or socket concerned, as the oracle sees it.
};

// What was seen of the rules and of the states: how often, modulo the size of the numbers.
struct Counts {
  static constexpr std::size_t pair_count = 4096;

  Counts();

  std::vector<std::uint32_t> applied;  // Per rule.
  std::vector<std::uint8_t> visited;   // Per (state, event) pair.
};

class Judgement {
 public:
  // The rule's premise held and its conclusion was looked at.
  void apply(Rule rule) { ++counts().applied[static_cast<std::size_t>(rule)]; }

  // Applies the rule; when `holds` is false records the violation that describe() makes
  // (std::tuple-like {allowed, observed, state} in a Violation; rule and host are filled in).
  // Returns `holds`. Only the first violation is kept.
  template <typename Describe>
  bool require(Rule rule, bool holds, Describe&& describe) {
    apply(rule);
    if (!holds && !excused_.empty() && excused_[static_cast<std::size_t>(rule)]) [[unlikely]] {
      give_up("the dialect does not ask for a rule that was not kept");
      return holds;
    }
    if (!holds && !violation_) {
      violation_ = std::forward<Describe>(describe)();
      violation_->rule = rule;
      violation_->host = host_;
    }
    return holds;
  }

  // Rules, by their number, that need not be kept: what breaks one makes the oracle give up.
  void excuse(std::vector<bool> rules) { excused_ = std::move(rules); }

  // The oracle cannot follow any more (too many hypotheses); never counted as allowed.
  void give_up(std::string_view why) { inconclusive_ = why; }

  // A (state, event) pair was visited; `pair` is any number below 4096, stable across runs.
  void visit(std::uint32_t pair) { ++counts().visited[pair % Counts::pair_count]; }

  void set_host(std::uint8_t host) { host_ = host; }
  const std::optional<Violation>& violation() const { return violation_; }
  // A literal: why the oracle gave up; empty when it did not.
  std::string_view inconclusive() const { return inconclusive_; }
  const std::vector<std::uint32_t>& applied() const { return counts_or_none().applied; }
  const std::vector<std::uint8_t>& visited() const { return counts_or_none().visited; }

  // Counts there from now on, beside others of the same thread. Requires: it outlives this.
  void count_into(Counts& counts) { counts_ = &counts; }

  // Forgets the violation and giving up; keeps the counts.
  void restart();
  void clear_counts();

  // Takes over what another judgement of the same dialect found; keeps the counts.
  void copy_world(const Judgement& other);
  // Whether it is over, and by which rule.
  void digest(Digest& out) const;
  // Whether it matters which rule is blamed: some only make the oracle give up.
  bool excuses_some() const { return !excused_.empty(); }

 private:
  Counts& counts() {
    if (counts_ == nullptr) [[unlikely]]
      make_counts();
    return *counts_;
  }
  const Counts& counts_or_none() const;
  void make_counts();

  Counts* counts_ = nullptr;     // `own_` or another's; none while nothing was counted.
  std::unique_ptr<Counts> own_;  // Made when it is needed.
  std::vector<bool> excused_;    // Per rule; empty when each must be kept.
  std::optional<Violation> violation_;
  std::string_view inconclusive_;
  std::uint8_t host_ = 0;
};

}  // namespace lockstep::oracle
