#include "oracle/spec/rule_cases.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace lockstep::oracle {

void check_rule_cases(std::span<const RuleCase> cases, std::span<const std::string_view> families) {
  for (const RuleCase& c : cases) {
    SCOPED_TRACE(rule_row(c.rule).name);
    Trace kept;
    c.kept(kept);
    EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
    EXPECT_GT(kept.applied(c.rule), 0u) << "the premise never held";
    if (c.broken == nullptr) {
      EXPECT_EQ(rule_row(c.rule).force, Force::may);
      continue;
    }
    Trace broken;
    c.broken(broken);
    EXPECT_EQ(broken.broken(), c.rule) << broken.text();
    if (!broken.oracle().violation()) continue;
    EXPECT_FALSE(broken.oracle().violation()->allowed.empty());
    EXPECT_FALSE(broken.oracle().violation()->observed.empty());
  }
  for (const RuleRow& row : rule_rows()) {
    const bool of_family = std::ranges::any_of(
        families, [&](std::string_view family) { return row.name.starts_with(family); });
    if (!of_family) continue;
    EXPECT_TRUE(std::ranges::any_of(cases, [&](const RuleCase& c) { return c.rule == row.rule; }))
        << row.name << " has no case";
  }
}

}  // namespace lockstep::oracle
