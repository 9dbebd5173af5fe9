#include "stack/fabric/rule.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep {

std::uint64_t RuleList::add(Rule rule) {
  entries_.push_back({next_id_, std::move(rule), random_.fork(next_id_)});
  return next_id_++;
}

void RuleList::remove(std::uint64_t id) {
  std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
}

Passage RuleList::ask(std::size_t index, const Packet& packet, HostId from, HostId to,
                      std::uint64_t now_ticks) {
  Entry& entry = entries_[index];
  const Passage passage = entry.rule.ask(Transit{packet, from, to, now_ticks, entry.random});
  LOCKSTEP_CHECK(passage.count <= Passage::copies_max);
  LOCKSTEP_CHECK(!passage.refusal.has_value() || passage.count == 0);
  return passage;
}

void RuleGuard::uninstall() {
  if (const auto rules = rules_.lock(); rules != nullptr && id_ != 0) rules->remove(id_);
  id_ = 0;
}

}  // namespace lockstep
