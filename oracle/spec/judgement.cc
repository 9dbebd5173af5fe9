#include "oracle/spec/judgement.h"

#include <algorithm>

namespace lockstep::oracle {

Counts::Counts() : applied(rule_count()), visited(pair_count) {}

const Counts& Judgement::counts_or_none() const {
  static const Counts none;
  return counts_ == nullptr ? none : *counts_;
}

void Judgement::make_counts() {
  own_ = std::make_unique<Counts>();
  counts_ = own_.get();
}

void Judgement::restart() {
  violation_.reset();
  inconclusive_ = {};
  host_ = 0;
}

void Judgement::clear_counts() {
  if (counts_ == nullptr) return;
  std::ranges::fill(counts_->applied, 0);
  std::ranges::fill(counts_->visited, std::uint8_t{0});
}

void Judgement::copy_world(const Judgement& other) {
  violation_ = other.violation_;
  inconclusive_ = other.inconclusive_;
  host_ = other.host_;
}

// Left out: counts; what the dialect excuses, which never changes; the host at hand, named anew for
// each event; and the texts of a violation.
void Judgement::digest(Digest& out) const {
  const auto& [counts, own, excused, violation, inconclusive, host] = *this;
  const Rule broken = violation ? violation->rule : Rule{};
  out.add_packed(violation.has_value(), !inconclusive.empty(), broken);
}

}  // namespace lockstep::oracle
