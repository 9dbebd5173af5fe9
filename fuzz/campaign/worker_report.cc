#include "fuzz/campaign/worker_report.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "oracle/spec/rule.h"

namespace lockstep::campaign {

NLOHMANN_DEFINE_TYPE_NON_INTRUSIVE(WorkerReport, runs, steps, effective, unsupported, cut, rules,
                                   inconclusive)

void WorkerReport::add(const WorkerReport& other) {
  runs += other.runs;
  steps += other.steps;
  effective += other.effective;
  unsupported += other.unsupported;
  cut += other.cut;
  if (rules.size() < other.rules.size()) rules.resize(other.rules.size());
  for (std::size_t i = 0; i < other.rules.size(); ++i) rules[i] += other.rules[i];
  for (const auto& [reason, count] : other.inconclusive) inconclusive[reason] += count;
}

std::uint64_t WorkerReport::inconclusive_count() const {
  std::uint64_t sum = 0;
  for (const auto& [reason, count] : inconclusive) sum += count;
  return sum;
}

std::size_t WorkerReport::rules_applied() const {
  return rules.size() - static_cast<std::size_t>(std::ranges::count(rules, 0u));
}

std::string to_line(const WorkerReport& report) {
  return "stat " + nlohmann::json(report).dump() + "\n";
}

std::string to_line(const FindingReport& report) { return "finding " + report.path + "\n"; }

std::optional<std::variant<WorkerReport, FindingReport>> parse_line(std::string_view line) {
  if (line.starts_with("finding ")) return FindingReport{std::string(line.substr(8))};
  if (!line.starts_with("stat ")) return std::nullopt;
  try {
    return nlohmann::json::parse(line.substr(5)).get<WorkerReport>();
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

std::string to_json(const WorkerReport& report, double seconds) {
  nlohmann::ordered_json out{{"scenarios", report.runs},
                             {"steps", report.steps},
                             {"effective_steps", report.effective},
                             {"seconds", seconds},
                             {"unsupported", report.unsupported},
                             {"settles_cut", report.cut},
                             {"inconclusive", report.inconclusive},
                             {"rules", nlohmann::ordered_json::object()}};
  for (std::size_t i = 0; i < report.rules.size() && i < oracle::rule_count(); ++i) {
    out["rules"][std::string(oracle::rule_row(static_cast<oracle::Rule>(i)).name)] =
        report.rules[i];
  }
  return out.dump(2) + "\n";
}

}  // namespace lockstep::campaign
