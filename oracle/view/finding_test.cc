#include "oracle/view/finding.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "oracle/view/sample_trace.h"

namespace lockstep::view {
namespace {

namespace fs = std::filesystem;

class FindingTest : public testing::Test {
 protected:
  FindingTest() : folder_(fs::path(testing::TempDir()) / "lockstep_finding_test") {
    fs::remove_all(folder_);
  }
  ~FindingTest() override { fs::remove_all(folder_); }

  static std::string text_of(const fs::path& path) {
    std::ostringstream text;
    text << std::ifstream(path, std::ios::binary).rdbuf();
    return text.str();
  }

  fs::path folder_;
  SampleTrace sample_;
};

TEST_F(FindingTest, is_a_folder_with_everything_that_a_person_needs) {
  const judge::Trace& trace = sample_.trace();
  const auto written = write_finding(folder_, trace.scenario, trace.scenario, trace.verdict.cause(),
                                     trace, "lockstep run scenario.scn");
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->filename(), finding_name(trace.scenario, trace.verdict.cause()));
  for (const char* file : {"scenario.scn", "original.scn", "trace.txt", "ladder.svg",
                           "capture.pcapng", "finding.json"}) {
    EXPECT_GT(text_of(*written / file).size(), 0u) << file;
  }
  EXPECT_NE(text_of(*written / "finding.json").find("lockstep run scenario.scn"),
            std::string::npos);
}

TEST_F(FindingTest, name_depends_on_the_steps_and_not_on_comments) {
  scenario::Scenario shrunk = sample_.trace().scenario;
  const std::string name = finding_name(shrunk, "expectation failed");
  EXPECT_TRUE(name.starts_with("expectation_failed-")) << name;
  EXPECT_EQ(name.size(), std::string_view("expectation_failed-").size() + 8);
  shrunk.comments.emplace_back("another");
  EXPECT_EQ(finding_name(shrunk, "expectation failed"), name);
  shrunk.steps.pop_back();
  EXPECT_NE(finding_name(shrunk, "expectation failed"), name);
}

TEST_F(FindingTest, is_promoted_into_the_corpus_with_its_cause_in_the_header) {
  const judge::Trace& trace = sample_.trace();
  const auto finding = write_finding(folder_, trace.scenario, trace.scenario, trace.verdict.cause(),
                                     trace, "replay");
  ASSERT_TRUE(finding.ok()) << finding.status();
  const auto promoted = promote(*finding, folder_ / "corpus");
  ASSERT_TRUE(promoted.ok()) << promoted.status();
  EXPECT_EQ(promoted->parent_path().filename(), "regressions");
  EXPECT_EQ(promoted->stem(), finding->filename());
  const std::string text = text_of(*promoted);
  EXPECT_NE(text.find("# cause: " + std::string(trace.verdict.cause())), std::string::npos);
  const auto again = scenario::parse(text, "promoted");
  ASSERT_TRUE(again.has_value());
  EXPECT_EQ(again->steps, trace.scenario.steps);
  // The file is enough by itself, and gives itself.
  const auto twice = promote(*promoted, folder_ / "corpus");
  ASSERT_TRUE(twice.ok()) << twice.status();
  EXPECT_EQ(*twice, *promoted);
  EXPECT_EQ(text_of(*twice), text);
}

TEST_F(FindingTest, what_has_no_cause_is_not_promoted) {
  fs::create_directories(folder_);
  const fs::path file = folder_ / "plain.scn";
  std::ofstream(file) << sample_scenario;
  EXPECT_EQ(promote(file, folder_ / "corpus").status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(promote(folder_ / "missing.scn", folder_).status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(promote(sample_.trace().scenario, "allowed", folder_).status().code(),
            absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace lockstep::view
