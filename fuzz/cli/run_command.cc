// lockstep run FILE...: replays scenarios under the oracle.
#include <cstdio>
#include <memory>
#include <optional>

#include "fuzz/cli/command.h"
#include "oracle/judge/run.h"
#include "oracle/view/ladder.h"

namespace lockstep::cli {
namespace {

struct Options {
  WorldOptions world;
  std::vector<std::string> files;
  bool trace = false;
  bool bytes = false;
};

// How many files came to what.
struct Counts {
  std::size_t ok = 0;
  std::size_t failed = 0;
  std::size_t skipped = 0;    // The stack lacks what they need.
  std::size_t malformed = 0;  // Missing, unreadable or no scenario.

  std::size_t all() const { return ok + failed + skipped + malformed; }
};

// A violation before a file that is none, and that before what is unsupported.
int exit_code_of(const Counts& counts) {
  if (counts.failed != 0) return exit_violation;
  if (counts.malformed != 0) return exit_usage;
  return counts.skipped != 0 ? exit_unsupported : exit_ok;
}

std::string where(const judge::Verdict& verdict) {
  const std::string line =
      verdict.line == 0 ? std::string() : " (line " + std::to_string(verdict.line) + ")";
  return " at step " + std::to_string(verdict.step) + line;
}

void run_scenario(const std::filesystem::path& file, const scenario::Scenario& scenario,
                  const Options& options, Counts& counts) {
  judge::Runner runner(factory_for(options.world.choice, scenario),
                       dialect_named(options.world.dialect));
  runner.set_byte_path(options.bytes);
  // A live kernel need not do the same twice, so that the trace must come from this very run.
  judge::Trace trace;
  const judge::RunResult result = judge::run(runner, scenario, &trace);
  if (options.trace) std::fputs(judge::to_text(trace).c_str(), stdout);
  switch (result.verdict.outcome) {
    case judge::Outcome::allowed:
      ++counts.ok;
      std::printf("ok    %s  (%u steps)\n", file.c_str(), result.steps);
      return;
    case judge::Outcome::unsupported:
      ++counts.skipped;
      std::printf("skip  %s: %s\n", file.c_str(), result.verdict.message.c_str());
      return;
    case judge::Outcome::violation:
    case judge::Outcome::expectation_failed:
    case judge::Outcome::unsettled:
    case judge::Outcome::inconclusive:
      ++counts.failed;
      // The ladder, as the trace, ends with the whole verdict.
      if (!options.trace) std::fputs(view::to_ladder(trace).c_str(), stdout);
      std::printf("FAIL  %s: %s%s\n", file.c_str(), std::string(result.verdict.cause()).c_str(),
                  where(result.verdict).c_str());
      return;
  }
}

// What `read` gives; when it throws, the argument or file counts as malformed and is told of.
template <typename Read>
auto read_or_tell(Counts& counts, Read read) -> std::optional<decltype(read())> {
  try {
    return read();
  } catch (const UsageError& error) {
    ++counts.malformed;
    std::fflush(stdout);
    std::fprintf(stderr, "lockstep: %s\n", error.text.c_str());
    return std::nullopt;
  }
}

int run_all(const Options& options) {
  dialect_named(options.world.dialect);  // Throws before the first file instead of at each.
  Counts counts;
  for (const std::string& argument : options.files) {
    const auto files = read_or_tell(counts, [&] { return scenario_files(argument); });
    if (!files.has_value()) continue;
    for (const std::filesystem::path& file : *files) {
      const auto scenario = read_or_tell(counts, [&] { return load_scenario(file); });
      if (scenario.has_value()) run_scenario(file, *scenario, options, counts);
    }
  }
  if (counts.all() > 1) {
    std::printf("%zu ok, %zu failed, %zu skipped, %zu malformed\n", counts.ok, counts.failed,
                counts.skipped, counts.malformed);
  }
  return exit_code_of(counts);
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Replay scenarios under the oracle");
  command->footer(
      "Example: lockstep run corpus/scenarios\n"
      "Exit: 1 a violation or a failed expectation; else 254 a file is missing or malformed (the\n"
      "others are run all the same); else 2 unsupported there; 0 all hold.");
  auto options = std::make_shared<Options>();
  command
      ->add_option("FILE", options->files,
                   "Scenario files, or directories of them (links are followed)")
      ->required();
  add_world_options(*command, options->world);
  command->add_flag("--trace", options->trace, "Print everything that happened");
  command->add_flag("--bytes", options->bytes, "Send every packet through its encoded bytes");
  command->callback([options, &exit_code] { exit_code = run_all(*options); });
}

}  // namespace lockstep::cli
