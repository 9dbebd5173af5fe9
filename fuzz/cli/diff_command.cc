// lockstep diff FILE...: the first observation in which two stacks differ.
#include <cstdio>
#include <memory>

#include "fuzz/cli/command.h"
#include "oracle/judge/diff.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> ports;
  std::vector<std::string> lies;
  std::string dialect = "linux";
};

judge::Trace trace_on(const Arguments& arguments, std::size_t side,
                      const scenario::Scenario& scenario) {
  campaign::PortChoice choice;
  choice.port = arguments.ports[side];
  if (side < arguments.lies.size() && arguments.lies[side] != "none") {
    choice.lie = arguments.lies[side];
  }
  judge::Runner runner(factory_for(choice, scenario), dialect_named(arguments.dialect));
  judge::Trace trace;
  judge::run(runner, scenario, &trace);
  return trace;
}

int diff(const Arguments& arguments) {
  if (arguments.ports.size() != 2) {
    throw UsageError{"diff compares two stacks: name both with --port A --port B"};
  }
  if (!arguments.lies.empty() && arguments.lies.size() != 2) {
    throw UsageError{"diff wants a lie for each stack or none: --lie A --lie B, 'none' for no lie"};
  }
  int code = exit_ok;
  for (const std::filesystem::path& file : scenario_files(arguments.files)) {
    const scenario::Scenario scenario = load_scenario(file);
    const judge::Trace a = trace_on(arguments, 0, scenario);
    const judge::Trace b = trace_on(arguments, 1, scenario);
    const std::string difference = judge::first_difference(a, b);
    if (difference.empty()) {
      std::printf("same  %s\n", file.c_str());
      continue;
    }
    std::printf("DIFF  %s\n%s", file.c_str(), difference.c_str());
    const bool allowed = a.verdict.outcome == judge::Outcome::allowed &&
                         b.verdict.outcome == judge::Outcome::allowed;
    if (!allowed) code = exit_violation;
  }
  return code;
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("diff", "The first observation in which two stacks differ");
  command->footer(
      "Example: lockstep diff corpus/scenarios --port in_process --port in_process "
      "--lie none --lie ack_ahead\n"
      "Exit: 0 no difference that a rule forbids, 1 one of the two broke a rule.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->files, "Scenario files, or directories of them")
      ->required();
  command->add_option("--port", arguments->ports, "The two stacks")
      ->allow_extra_args(false)
      ->required();
  command->add_option("--lie", arguments->lies, "A defect for each, or none")
      ->allow_extra_args(false);
  command->add_option("--dialect", arguments->dialect, "What the oracle holds them to")
      ->capture_default_str();
  command->callback([arguments, &exit_code] { exit_code = diff(*arguments); });
}

}  // namespace lockstep::cli
