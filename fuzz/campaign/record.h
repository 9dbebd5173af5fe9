// Record: a scenario that is made while it runs. Whoever chooses the steps asks the runner what is
// there; what it chose is kept as explicit steps, so that the scenario can be written and replayed.
#pragma once

#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"

namespace lockstep::campaign {

class Record {
 public:
  explicit Record(judge::Runner& runner);
  ~Record() { runner_.set_trace(nullptr); }
  Record(const Record&) = delete;
  Record& operator=(const Record&) = delete;

  // Starts a new world with these hosts.
  void start(std::vector<scenario::HostLine> hosts);
  judge::Effect apply(const scenario::Step& step);

  const judge::Runner& runner() const { return runner_; }
  // As run so far, every packet named by the step that caused it.
  const scenario::Scenario& scenario() const { return scenario_; }
  // Writes the scenario to a new file below `folder`, named by its cause and content, and what
  // happened to a file beside it that ends in .txt; gives the first file's path, empty when it
  // cannot be written.
  std::string write(const std::string& folder) const;

 private:
  judge::Runner& runner_;
  scenario::Scenario scenario_;
  // What a stack whose clock elapses did need not come again, so all of it is written down.
  bool keeps_trace_;
  judge::Trace trace_;
};

}  // namespace lockstep::campaign
