// The command lines of the two kinds of worker that a fuzz run starts.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/campaign/fuzz_session.h"

namespace lockstep::campaign {

// Which worker of its kind it is, and, when it takes the place of one that was killed, how far that
// one came.
struct WorkerPlace {
  unsigned index = 0;
  unsigned count = 1;       // Workers of this kind.
  unsigned generation = 0;  // Times it was started before.
  std::uint64_t first = 0;  // Generator: the number of its first scenario.
  std::uint64_t runs_before = 0;
};

// `lockstep worker`, which runs generated scenarios.
std::vector<std::string> generator_command(const FuzzOptions& options,
                                           const std::filesystem::path& raw,
                                           const WorkerPlace& place);

// The libFuzzer program, on the corpus that it shares with the others.
std::vector<std::string> fuzzer_command(const FuzzOptions& options,
                                        const std::filesystem::path& raw,
                                        const std::filesystem::path& corpus,
                                        const WorkerPlace& place);

}  // namespace lockstep::campaign
