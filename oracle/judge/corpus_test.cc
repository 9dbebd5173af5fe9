// Replays the corpus on the simulated stack: every scenario holds, its trace never varies, and
// every written rule is applied by some scenario. A file added to the corpus is picked up as it is.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "gtest/gtest.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "stack/api/hash.h"
#include "stack/ports/in_process.h"

namespace lockstep::judge {
namespace {

namespace fs = std::filesystem;

constexpr int replays = 100;

fs::path corpus() { return fs::path(LOCKSTEP_SOURCE_DIR) / "corpus"; }

std::vector<fs::path> scenario_files(const fs::path& folder) {
  std::vector<fs::path> files;
  if (!fs::exists(folder)) return files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".scn") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

std::vector<fs::path> all_files() {
  std::vector<fs::path> files = scenario_files(corpus() / "scenarios");
  const std::vector<fs::path> regressions = scenario_files(corpus() / "regressions");
  files.insert(files.end(), regressions.begin(), regressions.end());
  return files;
}

scenario::Scenario load(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  auto parsed = scenario::parse(text.str(), file.string());
  if (!parsed) {
    ADD_FAILURE() << scenario::to_string(parsed.error());
    return {};
  }
  return *parsed;
}

Runner make_runner() {
  return Runner([](scenario::HostIndex) { return make_in_process_port(); },
                oracle::linux_dialect());
}

TEST(Corpus, every_scenario_holds) {
  const std::vector<fs::path> files = all_files();
  ASSERT_GE(files.size(), 30u);
  for (const fs::path& file : files) {
    const scenario::Scenario scenario = load(file);
    if (scenario.hosts.empty()) continue;
    Runner runner = make_runner();
    Trace trace;
    const RunResult result = run(runner, scenario, &trace);
    EXPECT_EQ(result.verdict.outcome, Outcome::allowed)
        << file << "\n"
        << explain(result.verdict) << to_text(trace);
  }
}

TEST(Corpus, every_scenario_has_one_line_of_intent) {
  for (const fs::path& file : all_files()) {
    EXPECT_FALSE(load(file).comments.empty()) << file;
  }
}

// The file that this writes is compared between compilers' builds and processes by ci/check.
TEST(Corpus, a_hundred_replays_give_one_trace) {
  std::ofstream hashes(fs::path(LOCKSTEP_BINARY_DIR) / "corpus_traces.txt");
  for (const fs::path& file : all_files()) {
    const scenario::Scenario scenario = load(file);
    if (scenario.hosts.empty()) continue;
    Runner runner = make_runner();
    std::string first;
    for (int i = 0; i < replays; ++i) {
      Trace trace;
      run(runner, scenario, &trace);
      const std::string text = to_text(trace);
      if (i == 0) first = text;
      ASSERT_EQ(text, first) << file << ", replay " << i;
    }
    hashes << fs::relative(file, corpus()).string() << ' '
           << hash_bytes(0, std::as_bytes(std::span(first.data(), first.size()))) << '\n';
  }
}

TEST(Corpus, encoded_bytes_give_the_same_trace_as_values) {
  for (const fs::path& file : all_files()) {
    const scenario::Scenario scenario = load(file);
    if (scenario.hosts.empty()) continue;
    Runner runner = make_runner();
    Trace values;
    run(runner, scenario, &values);
    runner.set_byte_path(true);
    Trace bytes;
    run(runner, scenario, &bytes);
    EXPECT_EQ(to_text(values), to_text(bytes)) << file;
  }
}

TEST(Corpus, every_written_rule_is_applied) {
  Runner runner = make_runner();
  for (const fs::path& file : all_files()) {
    const scenario::Scenario scenario = load(file);
    if (!scenario.hosts.empty()) run(runner, scenario);
  }
  const std::vector<std::uint32_t>& applied = runner.oracle().judgement().applied();
  std::string missing;
  for (const oracle::RuleRow& row : oracle::rule_rows()) {
    if (applied[static_cast<std::size_t>(row.rule)] == 0) missing += "\n  " + std::string(row.name);
  }
  EXPECT_TRUE(missing.empty()) << "no scenario applies:" << missing;
}

}  // namespace
}  // namespace lockstep::judge
