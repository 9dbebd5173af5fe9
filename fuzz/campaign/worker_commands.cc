#include "fuzz/campaign/worker_commands.h"

#include <algorithm>

namespace lockstep::campaign {
namespace {

// libFuzzer's seeds have 32 bits, and 0 stands for the clock.
std::uint64_t fuzzer_seed(const FuzzOptions& options, const WorkerPlace& place) {
  const std::uint64_t drawn =
      options.seed * 1'000'003 + place.generation * std::uint64_t{1009} + place.index;
  return drawn % 0xffff'ffff + 1;
}

}  // namespace

std::vector<std::string> generator_command(const FuzzOptions& options,
                                           const std::filesystem::path& raw,
                                           const WorkerPlace& place) {
  std::vector<std::string> argv = {options.command.string(),
                                   "worker",
                                   "--port",
                                   options.choice.port,
                                   "--dialect",
                                   options.dialect,
                                   "--seed",
                                   std::to_string(options.seed),
                                   "--index",
                                   std::to_string(place.index),
                                   "--workers",
                                   std::to_string(place.count),
                                   "--raw",
                                   raw.string(),
                                   "--number",
                                   std::to_string(place.first)};
  if (!options.choice.lie.empty()) {
    argv.insert(argv.end(), {"--lie", options.choice.lie});
  }
  if (options.runs > 0) {
    const std::uint64_t share =
        options.runs / place.count + (place.index < options.runs % place.count ? 1 : 0);
    const std::uint64_t left = share - std::min(share, place.runs_before);
    argv.insert(argv.end(), {"--runs", std::to_string(left)});
  }
  if (options.seconds > 0) {
    argv.insert(argv.end(), {"--time", std::to_string(options.seconds)});
  }
  return argv;
}

std::vector<std::string> fuzzer_command(const FuzzOptions& options,
                                        const std::filesystem::path& raw,
                                        const std::filesystem::path& corpus,
                                        const WorkerPlace& place) {
  std::vector<std::string> argv = {options.instrumented.string(),
                                   "-seed=" + std::to_string(fuzzer_seed(options, place)),
                                   "-max_len=2048",
                                   "-reload=1",
                                   "-artifact_prefix=" + raw.string() + "/",
                                   "--lockstep_raw=" + raw.string(),
                                   "--lockstep_port=" + options.choice.port,
                                   "--lockstep_lie=" + options.choice.lie,
                                   "--lockstep_dialect=" + options.dialect};
  if (options.seconds > 0) {
    const double seconds = std::min(options.seconds + 1, 2e9);
    argv.push_back("-max_total_time=" + std::to_string(static_cast<std::int64_t>(seconds)));
  }
  argv.push_back(corpus.string());
  return argv;
}

}  // namespace lockstep::campaign
