// lockstep run FILE...: replays scenarios under the oracle.
#include <cstdio>
#include <memory>

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

// The worst of the codes decides: a violation before what is unsupported.
int worse(int a, int b) {
  if (a == exit_violation || b == exit_violation) return exit_violation;
  return std::max(a, b);
}

int exit_code_of(judge::Outcome outcome) {
  switch (outcome) {
    case judge::Outcome::allowed:
      return exit_ok;
    case judge::Outcome::unsupported:
      return exit_unsupported;
    case judge::Outcome::violation:
    case judge::Outcome::expectation_failed:
    case judge::Outcome::unsettled:
    case judge::Outcome::inconclusive:
      return exit_violation;
  }
  return exit_internal;
}

int run_file(const std::filesystem::path& file, const Options& options) {
  const scenario::Scenario scenario = load_scenario(file);
  judge::Runner runner(factory_for(options.world.choice, scenario),
                       dialect_named(options.world.dialect));
  runner.set_byte_path(options.bytes);
  // A live kernel need not do the same twice, so that the trace must come from this very run.
  judge::Trace trace;
  const judge::RunResult result = judge::run(runner, scenario, &trace);
  const bool wrong = result.verdict.outcome != judge::Outcome::allowed;
  if (options.trace) std::fputs(judge::to_text(trace).c_str(), stdout);
  if (!wrong) {
    std::printf("ok    %s  (%u steps)\n", file.c_str(), result.steps);
    return exit_ok;
  }
  if (result.verdict.outcome == judge::Outcome::unsupported) {
    std::printf("skip  %s: %s\n", file.c_str(), result.verdict.message.c_str());
    return exit_unsupported;
  }
  if (!options.trace) std::fputs(view::to_ladder(trace).c_str(), stdout);
  std::printf("FAIL  %s: %s", file.c_str(), judge::explain(result.verdict).c_str());
  return exit_code_of(result.verdict.outcome);
}

int run_all(const Options& options) {
  int code = exit_ok;
  for (const std::filesystem::path& file : scenario_files(options.files)) {
    code = worse(code, run_file(file, options));
  }
  return code;
}

}  // namespace

void add_run(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("run", "Replay scenarios under the oracle");
  command->footer(
      "Example: lockstep run corpus/scenarios\n"
      "Exit: 0 all hold, 1 a violation or a failed expectation, 2 unsupported there.");
  auto options = std::make_shared<Options>();
  command->add_option("FILE", options->files, "Scenario files, or directories of them")->required();
  add_world_options(*command, options->world);
  command->add_flag("--trace", options->trace, "Print everything that happened");
  command->add_flag("--bytes", options->bytes, "Send every packet through its encoded bytes");
  command->callback([options, &exit_code] { exit_code = run_all(*options); });
}

}  // namespace lockstep::cli
