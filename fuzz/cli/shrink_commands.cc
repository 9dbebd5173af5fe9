// lockstep shrink and promote: from a scenario that fails to a regression test.
#include <cstdio>
#include <memory>

#include "fuzz/cli/command.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"
#include "oracle/view/finding.h"

namespace lockstep::cli {
namespace {

struct ShrinkArguments {
  WorldOptions world;
  std::string file;
  std::string out;
};

int shrink_file(const ShrinkArguments& arguments) {
  const scenario::Scenario scenario = load_scenario(arguments.file);
  judge::Runner runner(factory_for(arguments.world.choice, scenario),
                       dialect_named(arguments.world.dialect));
  if (!arguments.out.empty()) check_writable(arguments.out);
  const judge::RunResult before = judge::run(runner, scenario);
  if (before.verdict.outcome == judge::Outcome::allowed) {
    std::fprintf(stderr,
                 "lockstep: %s does not fail, so there is nothing to shrink; does it need --lie or "
                 "--port?\n",
                 arguments.file.c_str());
    return exit_usage;
  }
  if (before.verdict.outcome == judge::Outcome::unsupported) {
    std::fprintf(stderr, "lockstep: %s cannot run there, so there is nothing to shrink: %s\n",
                 arguments.file.c_str(), before.verdict.message.c_str());
    return exit_unsupported;
  }
  const shrink::ShrinkResult result = shrink::shrink(scenario, runner);
  const std::string text = scenario::print(result.scenario);
  if (arguments.out.empty()) {
    std::fputs(text.c_str(), stdout);
  } else {
    write_file(arguments.out, text);
  }
  std::fprintf(stderr, "%s: from %zu steps to %zu by %u replays, still %s\n",
               arguments.file.c_str(), scenario.steps.size(), result.scenario.steps.size(),
               result.replays, result.cause.c_str());
  return exit_ok;
}

struct PromoteArguments {
  std::string finding;
  std::string corpus = "corpus";
};

int promote(const PromoteArguments& arguments) {
  std::error_code error;
  if (std::filesystem::exists(arguments.finding, error) &&
      !std::filesystem::is_directory(arguments.corpus, error)) {
    throw UsageError{arguments.corpus +
                     ": no such folder; run this at the root of the tree, or name it by --corpus"};
  }
  absl::StatusOr<std::filesystem::path> written =
      view::promote(arguments.finding, arguments.corpus);
  if (!written.ok()) {
    const absl::string_view message = written.status().message();
    throw UsageError{std::string(message.data(), message.size())};
  }
  std::printf("%s\n", written->c_str());
  return exit_ok;
}

}  // namespace

void add_shrink(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("shrink", "Make a failing scenario as small as can be");
  command->footer(
      "Example: lockstep shrink original.scn -o small.scn\n"
      "Exit: 0 shrunk, 2 unsupported there, 254 when it does not fail.");
  auto arguments = std::make_shared<ShrinkArguments>();
  command->add_option("FILE", arguments->file, "A scenario that fails")->required();
  command->add_option("-o,--out", arguments->out, "Where to write it; standard output without");
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] { exit_code = shrink_file(*arguments); });
}

void add_promote(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("promote", "Keep a finding as a regression test in corpus/regressions");
  command->footer("Example: lockstep promote findings/tcp.close.unread_sends_rst-1a2b3c4d");
  auto arguments = std::make_shared<PromoteArguments>();
  command->add_option("FINDING", arguments->finding, "A finding's folder")->required();
  command->add_option("--corpus", arguments->corpus, "The corpus folder")->capture_default_str();
  command->callback([arguments, &exit_code] { exit_code = promote(*arguments); });
}

}  // namespace lockstep::cli
