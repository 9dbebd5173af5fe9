// ConformanceWorld: what the conformance and the canary target are made of. Bytes are fixed-size
// step records whose operands are resolved at run time, so every byte string is a scenario.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "fuzz/campaign/ports.h"
#include "fuzz/campaign/record.h"
#include "fuzz/campaign/reporter.h"
#include "oracle/judge/runner.h"

namespace lockstep::campaign {

// What `lockstep fuzz` tells its libFuzzer workers, as arguments that libFuzzer itself ignores:
// --lockstep_port=, --lockstep_lie=, --lockstep_dialect=, --lockstep_raw=, --lockstep_feedback=0,
// --lockstep_plays=0.
struct TargetOptions {
  PortChoice choice;
  std::string dialect = "linux";
  std::string raw;  // Findings are written there and the run goes on; empty to abort at the first.
  bool feedback = true;  // Rule and (state, event) counts go to libFuzzer.
  bool plays = true;     // A record can be a scripted play of several steps.
  std::string only;      // Passes over findings of every other cause; empty for none.
};

// Ends the process with a message on an unknown port, lie or dialect.
TargetOptions parse_target_options(int argc, char** argv);
judge::PortFactory target_factory(const TargetOptions& options);

class ConformanceWorld {
 public:
  ConformanceWorld(const TargetOptions& options, judge::PortFactory factory);

  // Runs the bytes as a scenario; on a finding writes it down, or explains it and aborts.
  void run(std::span<const std::byte> bytes);

  // Adds what the last run covered to the counters: a byte per rule, then a byte per (state, event)
  // pair, as far as there is room.
  void add_coverage(std::span<std::uint8_t> counters);

 private:
  [[noreturn]] void explain_and_abort();

  TargetOptions options_;
  judge::Runner runner_;
  Record record_;
  std::unique_ptr<Reporter> reporter_;  // With options_.raw alone.
  std::vector<std::uint32_t> applied_before_;
  std::vector<std::uint8_t> visited_before_;
};

}  // namespace lockstep::campaign
