#include "fuzz/campaign/worker_report.h"

#include <cstdio>
#include <sstream>

namespace lockstep::campaign {

void WorkerReport::add(const WorkerReport& other) {
  runs += other.runs;
  steps += other.steps;
  effective += other.effective;
  inconclusive += other.inconclusive;
  unsupported += other.unsupported;
  cut += other.cut;
  if (rules.size() < other.rules.size()) rules.resize(other.rules.size());
  for (std::size_t i = 0; i < other.rules.size(); ++i) {
    if (other.rules[i]) rules[i] = true;
  }
}

std::string to_line(const WorkerReport& report) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string rules;
  for (std::size_t i = 0; i < report.rules.size(); i += 4) {
    unsigned digit = 0;
    for (std::size_t bit = 0; bit < 4 && i + bit < report.rules.size(); ++bit) {
      if (report.rules[i + bit]) digit |= 1u << bit;
    }
    rules += digits[digit];
  }
  std::ostringstream line;
  line << "stat " << report.runs << ' ' << report.steps << ' ' << report.effective << ' '
       << report.inconclusive << ' ' << report.unsupported << ' ' << report.cut << ' '
       << (rules.empty() ? "0" : rules) << '\n';
  return line.str();
}

std::string to_line(const FindingReport& report) { return "finding " + report.path + "\n"; }

std::optional<std::variant<WorkerReport, FindingReport>> parse_line(std::string_view line) {
  if (line.starts_with("finding ")) return FindingReport{std::string(line.substr(8))};
  if (!line.starts_with("stat ")) return std::nullopt;
  std::istringstream words{std::string(line.substr(5))};
  WorkerReport report;
  std::string rules;
  words >> report.runs >> report.steps >> report.effective >> report.inconclusive >>
      report.unsupported >> report.cut >> rules;
  if (!words) return std::nullopt;
  for (const char c : rules) {
    const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
    if (digit < 0) return std::nullopt;
    for (int bit = 0; bit < 4; ++bit) report.rules.push_back(((digit >> bit) & 1) != 0);
  }
  return report;
}

std::vector<bool> rules_applied(const std::vector<std::uint32_t>& counts) {
  std::vector<bool> applied(counts.size());
  for (std::size_t i = 0; i < counts.size(); ++i) applied[i] = counts[i] != 0;
  return applied;
}

}  // namespace lockstep::campaign
