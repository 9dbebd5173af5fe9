// WorkerReport: what a worker process tells its parent, as lines on a pipe:
//
//   stat RUNS STEPS EFFECTIVE INCONCLUSIVE UNSUPPORTED CUT RULES
//       counts since its start; RULES is a bit per rule as hexadecimal digits, rule 0 the lowest
//       bit of the first digit
//   finding PATH
//       a scenario that broke a rule, not shrunk yet
#pragma once

#include <cstdint>
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
  std::uint64_t inconclusive = 0;
  std::uint64_t unsupported = 0;  // Ended at a step that the port cannot run.
  std::uint64_t cut = 0;          // Did not wait for the end of some settle.
  std::vector<bool> rules;        // Applied at least once with the premise true.

  void add(const WorkerReport& other);
};

struct FindingReport {
  std::string path;
};

std::string to_line(const WorkerReport& report);
std::string to_line(const FindingReport& report);

// nullopt for a line that is neither (a sanitizer's words, libFuzzer's log).
std::optional<std::variant<WorkerReport, FindingReport>> parse_line(std::string_view line);

// Which rules a count per rule says were applied.
std::vector<bool> rules_applied(const std::vector<std::uint32_t>& counts);

}  // namespace lockstep::campaign
