// ConformanceWorld: what the conformance target is made of. Bytes are fixed-size step records whose
// operands are resolved at run time, so every byte string is a scenario.
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
// --lockstep_port, --lockstep_lie, --lockstep_dialect, --lockstep_raw.
struct TargetOptions {
  PortChoice choice;
  std::string dialect = "linux";
  std::string raw;  // Findings are written there and the run goes on; empty to abort at the first.
};

TargetOptions parse_target_options(int argc, char** argv);

class ConformanceWorld {
 public:
  explicit ConformanceWorld(const TargetOptions& options);

  // Runs the bytes as a scenario; on a finding writes it down, or explains it and aborts.
  void run(std::span<const std::byte> bytes);

  // The runs so far; rule and (state, event) counts are in runner().oracle().judgement().
  const judge::Runner& runner() const { return runner_; }

 private:
  [[noreturn]] void give_up() const;

  TargetOptions options_;
  judge::Runner runner_;
  Record record_;
  std::unique_ptr<Reporter> reporter_;  // With options_.raw alone.
};

}  // namespace lockstep::campaign
