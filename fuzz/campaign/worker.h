// The generator worker: runs generated scenarios one after the other until told to stop, reports
// what it did on standard output, and writes every scenario that broke a rule to a file.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "fuzz/campaign/ports.h"
#include "oracle/judge/runner.h"
#include "oracle/scenario/step.h"
#include "oracle/spec/dialect.h"

namespace lockstep::campaign {

struct WorkerOptions {
  PortChoice choice;
  const oracle::Dialect* dialect = nullptr;
  std::uint64_t seed = 1;
  std::uint64_t index = 0;    // Of the worker: workers of one seed never run the same scenario ...
  std::uint64_t workers = 1;  // ... because worker i runs numbers i, i + workers, ...
  std::optional<std::uint64_t> first;  // The number to begin with instead of the worker's own.
  std::optional<std::uint64_t> runs;   // Scenarios; no limit without.
  double seconds = 0;                  // 0 for no limit.
  std::filesystem::path raw;           // Where scenarios that broke a rule go.
};

// Runs until a limit is reached; the process's exit code.
int run_worker(const WorkerOptions& options);

// Writes the scenario with this number to `out`, each step before it is applied, so that the file
// is there even when the step kills the process.
int write_generated(const WorkerOptions& options, std::uint64_t number,
                    const std::filesystem::path& out);

// The file in which a worker keeps the number of the scenario that it is running (8 bytes).
std::filesystem::path current_number_file(const std::filesystem::path& raw, std::uint64_t index);

}  // namespace lockstep::campaign
