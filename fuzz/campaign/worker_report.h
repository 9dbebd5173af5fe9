// WorkerReport: what a worker process tells its parent, as lines on a pipe:
//
//   stat {"runs": ..., ...}    counts since its start, the fields of WorkerReport in JSON
//   finding PATH               a scenario that broke a rule, not shrunk yet
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace lockstep::campaign {

struct WorkerReport {
  std::uint64_t runs = 0;
  std::uint64_t steps = 0;
  std::uint64_t effective = 0;
  std::uint64_t unsupported = 0;     // Ended at a step that the port cannot run.
  std::uint64_t cut = 0;             // Did not wait for the end of some settle.
  std::vector<std::uint64_t> rules;  // How often each was applied with its premise true.
  // Scenarios that the oracle could not judge to their end, by its reason.
  std::map<std::string, std::uint64_t> inconclusive;

  void add(const WorkerReport& other);
  std::uint64_t inconclusive_count() const;
  std::size_t rules_applied() const;  // At least once.
};

struct FindingReport {
  std::string path;
};

std::string to_line(const WorkerReport& report);
std::string to_line(const FindingReport& report);

// nullopt for a line that is neither (a sanitizer's words, libFuzzer's log).
std::optional<std::variant<WorkerReport, FindingReport>> parse_line(std::string_view line);

// The counts as a JSON object, the rules by their names.
std::string to_json(const WorkerReport& report, double seconds);

}  // namespace lockstep::campaign
