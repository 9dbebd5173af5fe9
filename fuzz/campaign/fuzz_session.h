// The main job: starts worker processes, watches them, collects what they find, shrinks it, writes
// a folder per finding and says what was done.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/campaign/ports.h"
#include "fuzz/campaign/worker_report.h"
#include "oracle/spec/dialect.h"

namespace lockstep::campaign {

struct FuzzOptions {
  PortChoice choice;
  std::string dialect = "linux";
  double seconds = 60;
  std::uint64_t runs = 0;  // Scenarios over all workers; 0 for no limit.
  std::uint64_t seed = 1;
  unsigned jobs = 2;
  bool keep_going = false;  // Past the first finding, until the budget is spent.
  std::filesystem::path out = "findings";
  std::filesystem::path command;       // This program.
  std::filesystem::path instrumented;  // The libFuzzer worker; empty or missing for none.
};

// What `lockstep run` needs beside the file to do the same: " --port linux", or nothing.
std::string replay_options(const FuzzOptions& options);

struct FuzzFinding {
  std::string cause;           // The rule's name, or "crash", "hang", "out_of_memory".
  std::filesystem::path path;  // Its folder, or its scenario, input or log when not shrunk.
  std::size_t steps = 0;       // Of the shrunk scenario, host lines aside.
  std::uint32_t replays = 0;   // That shrinking took; 0: it did not fail again.
  double found_after = 0;      // Seconds since the start.
  double shrunk_in = 0;        // Seconds.
};

struct FuzzSummary {
  WorkerReport counts;  // Over all workers.
  double seconds = 0;
  std::vector<FuzzFinding> findings;
  int interrupted_by = 0;       // SIGINT or SIGTERM, when that ended it.
  bool workers_failed = false;  // Every worker was lost before the budget was spent.
};

// Ends early on SIGINT and SIGTERM. Throws std::runtime_error when workers cannot be started or
// files not be written.
FuzzSummary run_fuzz(const FuzzOptions& options);

}  // namespace lockstep::campaign
