// Rule: the unit of judgement and of coverage. A rule is a row: an id, one sentence, its source,
// its numbers in docs/semantics.md, and whether it is written yet. Families list their rows as
// X-macros in rules_*.h; the enumerator of `tcp.close.unread_sends_rst` is
// tcp_close_unread_sends_rst.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "oracle/spec/rules_generic.h"
#include "oracle/spec/rules_local.h"
#include "oracle/spec/rules_tcp.h"
#include "oracle/spec/rules_udp.h"

namespace lockstep::oracle {

enum class Rule : std::uint16_t {
#define LOCKSTEP_RULE_ENUMERATOR(id, name, force, sections, source, sentence) id,
  LOCKSTEP_GENERIC_RULES(LOCKSTEP_RULE_ENUMERATOR) LOCKSTEP_TCP_RULES(LOCKSTEP_RULE_ENUMERATOR)
      LOCKSTEP_UDP_RULES(LOCKSTEP_RULE_ENUMERATOR) LOCKSTEP_LOCAL_RULES(LOCKSTEP_RULE_ENUMERATOR)
#undef LOCKSTEP_RULE_ENUMERATOR
};

// must: an honest stack never does otherwise. may: the rule names what a stack is free to choose.
enum class Force : std::uint8_t { must, may };

struct RuleRow {
  Rule rule;
  std::string_view name;  // "tcp.close.unread_sends_rst"
  Force force;
  std::string_view sections;  // "78" or "13 15 18"
  std::string_view source;    // "RFC 9293 3.6.1; close(2)"
  std::string_view sentence;  // What holds, in one sentence.
};

// Every written rule, in the order of the enumeration.
std::span<const RuleRow> rule_rows();
const RuleRow& rule_row(Rule rule);
std::optional<Rule> find_rule(std::string_view name);
std::size_t rule_count();

}  // namespace lockstep::oracle
