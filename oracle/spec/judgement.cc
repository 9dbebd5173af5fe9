#include "oracle/spec/judgement.h"

#include <algorithm>

namespace lockstep::oracle {

Judgement::Judgement() : applied_(rule_count()), visited_(pair_count) {}

void Judgement::restart() {
  violation_.reset();
  inconclusive_ = {};
  host_ = 0;
}

void Judgement::clear_counts() {
  std::ranges::fill(applied_, 0);
  std::ranges::fill(visited_, std::uint8_t{0});
}

}  // namespace lockstep::oracle
