#include "oracle/spec/rule_sections.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <set>
#include <string>

namespace lockstep::oracle {
namespace {

TEST(RuleSections, AreNumberedFromOneWithoutGaps) {
  int expected = 1;
  for (const SectionTitle& title : section_titles()) EXPECT_EQ(title.number, expected++);
  EXPECT_EQ(expected, 178);
}

TEST(RuleSections, AreThoseOfTheChecklistInTheDocs) {
  std::ifstream in(std::string(LOCKSTEP_SOURCE_DIR) + "/docs/semantics.md");
  ASSERT_TRUE(in);
  std::vector<int> numbers;
  for (std::string line; std::getline(in, line);) {
    int number = 0;
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), number);
    if (error == std::errc() && end != line.data() + line.size() && *end == '.') {
      numbers.push_back(number);
    }
  }
  ASSERT_EQ(numbers.size(), section_titles().size());
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    EXPECT_EQ(numbers[i], section_titles()[i].number);
  }
}

TEST(RuleSections, CitedOnesExistAndAreNotExcluded) {
  for (const RuleRow& row : rule_rows()) {
    std::string text(row.sections);
    for (const SectionTitle& title : section_titles()) {
      if (!cites(row, title.number)) continue;
      EXPECT_TRUE(title.excluded.empty()) << row.name << " cites " << title.number;
    }
    EXPECT_TRUE(std::ranges::any_of(section_titles(), [&](const SectionTitle& title) {
      return cites(row, title.number);
    })) << row.name;
  }
}

TEST(RuleSections, MissingOnesAreCitedByNoRule) {
  for (const SectionTitle& title : missing_sections()) {
    for (const RuleRow& row : rule_rows()) EXPECT_FALSE(cites(row, title.number)) << row.name;
  }
}

TEST(RuleSections, CiteMatchesWholeNumbersOnly) {
  const RuleRow row{Rule{}, "x", Force::must, "13 141", "", ""};
  EXPECT_TRUE(cites(row, 13));
  EXPECT_TRUE(cites(row, 141));
  EXPECT_FALSE(cites(row, 1));
  EXPECT_FALSE(cites(row, 14));
  EXPECT_FALSE(cites(row, 3));
}

TEST(Rules, AreFoundByTheirNamesWhichAreUnique) {
  std::set<std::string_view> names;
  for (const RuleRow& row : rule_rows()) {
    EXPECT_TRUE(names.insert(row.name).second) << row.name;
    EXPECT_EQ(find_rule(row.name), row.rule);
    EXPECT_EQ(&rule_row(row.rule), &rule_rows()[static_cast<std::size_t>(row.rule)]);
    EXPECT_FALSE(row.source.empty()) << row.name;
    EXPECT_TRUE(row.sentence.ends_with('.')) << row.name;
  }
  EXPECT_EQ(names.size(), rule_count());
  EXPECT_EQ(find_rule("no.such.rule"), std::nullopt);
}

// The enumerator of a rule is its name with '_' for '.', so that one finds the other.
TEST(Rules, EnumeratorsAreTheNames) {
  const auto check = [](std::string_view id, std::string_view name) {
    std::string expected(name);
    std::ranges::replace(expected, '.', '_');
    EXPECT_EQ(id, expected);
  };
#define LOCKSTEP_RULE_CHECK(id, name, force, sections, source, sentence) check(#id, name);
  LOCKSTEP_GENERIC_RULES(LOCKSTEP_RULE_CHECK)
  LOCKSTEP_TCP_RULES(LOCKSTEP_RULE_CHECK)
  LOCKSTEP_UDP_RULES(LOCKSTEP_RULE_CHECK)
  LOCKSTEP_LOCAL_RULES(LOCKSTEP_RULE_CHECK)
#undef LOCKSTEP_RULE_CHECK
}

}  // namespace
}  // namespace lockstep::oracle
