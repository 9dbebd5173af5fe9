// Reporter: counts what a worker does and tells the parent now and then.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "fuzz/campaign/record.h"
#include "fuzz/campaign/worker_report.h"

namespace lockstep::campaign {

class Reporter {
 public:
  // Findings go below `raw`.
  explicit Reporter(std::string raw);

  // A scenario has ended. Writes it down if its verdict is a finding and not too many of that
  // cause were written yet.
  void scenario_ended(const Record& record, std::uint32_t steps, std::uint32_t effective);
  // Tells the counts now if it is time for it.
  void report_sometimes(const judge::Runner& runner);
  void report(const judge::Runner& runner);

 private:
  static constexpr unsigned findings_per_cause_max = 12;

  std::string raw_;
  WorkerReport counts_;
  std::map<std::string, unsigned, std::less<>> written_;
  std::chrono::steady_clock::time_point next_;
};

}  // namespace lockstep::campaign
