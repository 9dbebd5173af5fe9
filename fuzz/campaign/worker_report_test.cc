#include "fuzz/campaign/worker_report.h"

#include "gtest/gtest.h"

namespace lockstep::campaign {
namespace {

TEST(WorkerReport, a_report_survives_its_line) {
  WorkerReport report{3, 150, 120, 1, 2, 5, {true, false, false, true, true}};
  const auto parsed = parse_line(to_line(report).substr(0, to_line(report).size() - 1));
  ASSERT_TRUE(parsed.has_value());
  const WorkerReport& read = std::get<WorkerReport>(*parsed);
  EXPECT_EQ(read.runs, 3u);
  EXPECT_EQ(read.steps, 150u);
  EXPECT_EQ(read.effective, 120u);
  EXPECT_EQ(read.inconclusive, 1u);
  EXPECT_EQ(read.unsupported, 2u);
  EXPECT_EQ(read.cut, 5u);
  EXPECT_EQ(read.rules, (std::vector<bool>{true, false, false, true, true, false, false, false}));
}

TEST(WorkerReport, reports_add_up) {
  WorkerReport sum{1, 2, 3, 4, 5, 6, {true, false}};
  sum.add({10, 20, 30, 40, 50, 60, {false, false, true}});
  EXPECT_EQ(sum.runs, 11u);
  EXPECT_EQ(sum.steps, 22u);
  EXPECT_EQ(sum.effective, 33u);
  EXPECT_EQ(sum.inconclusive, 44u);
  EXPECT_EQ(sum.unsupported, 55u);
  EXPECT_EQ(sum.cut, 66u);
  EXPECT_EQ(sum.rules, (std::vector<bool>{true, false, true}));
}

TEST(WorkerReport, a_finding_survives_its_line) {
  const auto parsed = parse_line("finding /tmp/a b.scn");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(std::get<FindingReport>(*parsed).path, "/tmp/a b.scn");
}

TEST(WorkerReport, other_lines_are_not_reports) {
  EXPECT_FALSE(parse_line("INFO: seed corpus").has_value());
  EXPECT_FALSE(parse_line("stat 1 2").has_value());
  EXPECT_FALSE(parse_line("stat 1 2 3 4 5 6 xyz").has_value());
}

}  // namespace
}  // namespace lockstep::campaign
