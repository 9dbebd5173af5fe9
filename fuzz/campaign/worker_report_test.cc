#include "fuzz/campaign/worker_report.h"

#include "gtest/gtest.h"

namespace lockstep::campaign {
namespace {

WorkerReport read_back(const WorkerReport& report) {
  const std::string line = to_line(report);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const auto parsed = parse_line(line.substr(0, line.size() - 1));
  EXPECT_TRUE(parsed.has_value());
  return parsed ? std::get<WorkerReport>(*parsed) : WorkerReport();
}

TEST(WorkerReport, a_report_survives_its_line) {
  const WorkerReport read = read_back({3, 150, 120, 2, 5, {7, 0, 1}, {{"too many\nways", 4}}});
  EXPECT_EQ(read.runs, 3u);
  EXPECT_EQ(read.steps, 150u);
  EXPECT_EQ(read.effective, 120u);
  EXPECT_EQ(read.unsupported, 2u);
  EXPECT_EQ(read.cut, 5u);
  EXPECT_EQ(read.rules, (std::vector<std::uint64_t>{7, 0, 1}));
  EXPECT_EQ(read.rules_applied(), 2u);
  EXPECT_EQ(read.inconclusive, (std::map<std::string, std::uint64_t>{{"too many\nways", 4}}));
}

TEST(WorkerReport, reports_add_up) {
  WorkerReport sum{1, 2, 3, 5, 6, {1, 0}, {{"a", 1}, {"b", 2}}};
  sum.add({10, 20, 30, 50, 60, {2, 0, 4}, {{"b", 20}, {"c", 30}}});
  EXPECT_EQ(sum.runs, 11u);
  EXPECT_EQ(sum.steps, 22u);
  EXPECT_EQ(sum.effective, 33u);
  EXPECT_EQ(sum.unsupported, 55u);
  EXPECT_EQ(sum.cut, 66u);
  EXPECT_EQ(sum.rules, (std::vector<std::uint64_t>{3, 0, 4}));
  EXPECT_EQ(sum.inconclusive_count(), 53u);
  EXPECT_EQ(sum.inconclusive.at("b"), 22u);
}

TEST(WorkerReport, a_finding_survives_its_line) {
  const auto parsed = parse_line("finding /tmp/a b.scn");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(std::get<FindingReport>(*parsed).path, "/tmp/a b.scn");
}

TEST(WorkerReport, other_lines_are_not_reports) {
  EXPECT_FALSE(parse_line("INFO: seed corpus").has_value());
  EXPECT_FALSE(parse_line("stat 1 2").has_value());
  EXPECT_FALSE(parse_line("stat {\"runs\": 1}").has_value());
  EXPECT_FALSE(parse_line("stat {\"runs\": \"many\"}").has_value());
}

TEST(WorkerReport, a_summary_names_the_rules) {
  const std::string json = to_json({.runs = 9, .rules = {0, 5}}, 1.5);
  EXPECT_NE(json.find("\"scenarios\": 9"), std::string::npos) << json;
  EXPECT_NE(json.find("\": 5"), std::string::npos) << json;
}

}  // namespace
}  // namespace lockstep::campaign
