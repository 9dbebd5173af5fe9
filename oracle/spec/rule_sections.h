// The numbered checklist of docs/semantics.md in short titles, and which of its numbers no written
// rule cites yet. The list is what rule coverage is measured against.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "oracle/spec/rule.h"

namespace lockstep::oracle {

struct SectionTitle {
  int number = 0;
  std::string_view title;
  // Why no port can show it (calls return at once, for one); empty when some can. Such a number
  // counts in no denominator.
  std::string_view excluded;
};

// Every number of docs/semantics.md, in order from 1.
std::span<const SectionTitle> section_titles();

// Whether the row's sections name this number.
bool cites(const RuleRow& row, int section);

// The titles that no rule cites and that are not excluded, in order.
std::vector<SectionTitle> missing_sections();

}  // namespace lockstep::oracle
