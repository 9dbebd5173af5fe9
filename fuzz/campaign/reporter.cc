#include "fuzz/campaign/reporter.h"

#include <cstdio>
#include <utility>

#include "fuzz/campaign/worker_report.h"

namespace lockstep::campaign {
namespace {

constexpr std::chrono::milliseconds between_reports{200};

void say(const std::string& line) {
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

Reporter::Reporter(std::string raw) : raw_(std::move(raw)) {}

void Reporter::scenario_ended(const Record& record, std::uint32_t steps, std::uint32_t effective) {
  ++counts_.runs;
  counts_.steps += steps;
  counts_.effective += effective;
  if (record.runner().facts().cut_short) ++counts_.cut;
  const judge::Verdict& verdict = record.runner().verdict();
  switch (verdict.outcome) {
    case judge::Outcome::allowed:
      return;
    case judge::Outcome::unsupported:
      ++counts_.unsupported;
      return;
    case judge::Outcome::inconclusive:
      ++counts_.inconclusive[verdict.message];
      return;
    case judge::Outcome::violation:
    case judge::Outcome::unsettled:
    case judge::Outcome::expectation_failed:
      break;
  }
  const auto [count, fresh] = written_.try_emplace(std::string(verdict.cause()), 0u);
  if (count->second++ >= findings_per_cause_max) return;
  const std::string path = record.write(raw_);
  if (!path.empty()) say(to_line(FindingReport{path}));
}

void Reporter::report_sometimes(const judge::Runner& runner) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + between_reports;
  report(runner);
}

void Reporter::report(const judge::Runner& runner) {
  const std::vector<std::uint32_t>& applied = runner.oracle().judgement().applied();
  counts_.rules.assign(applied.begin(), applied.end());
  say(to_line(counts_));
}

}  // namespace lockstep::campaign
