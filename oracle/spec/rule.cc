#include "oracle/spec/rule.h"

namespace lockstep::oracle {
namespace {

#define LOCKSTEP_RULE_ROW(id, name, force, sections, source, sentence) \
  RuleRow{Rule::id, name, Force::force, sections, source, sentence},
constexpr RuleRow rows[] = {
    LOCKSTEP_GENERIC_RULES(LOCKSTEP_RULE_ROW) LOCKSTEP_TCP_RULES(LOCKSTEP_RULE_ROW)
        LOCKSTEP_UDP_RULES(LOCKSTEP_RULE_ROW) LOCKSTEP_LOCAL_RULES(LOCKSTEP_RULE_ROW)};
#undef LOCKSTEP_RULE_ROW

}  // namespace

std::span<const RuleRow> rule_rows() { return rows; }

const RuleRow& rule_row(Rule rule) { return rows[static_cast<std::size_t>(rule)]; }

std::optional<Rule> find_rule(std::string_view name) {
  for (const RuleRow& row : rows) {
    if (row.name == name) return row.rule;
  }
  return std::nullopt;
}

std::size_t rule_count() { return std::size(rows); }

}  // namespace lockstep::oracle
