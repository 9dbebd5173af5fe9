// lockstep fuzz and its hidden worker.
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include "fuzz/campaign/fuzz_session.h"
#include "fuzz/campaign/progress.h"
#include "fuzz/campaign/worker.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/duration.h"
#include "oracle/spec/rule.h"

namespace lockstep::cli {
namespace {

namespace fs = std::filesystem;

struct FuzzArguments {
  WorldOptions world;
  std::string time = "60s";
  std::string report;
  campaign::FuzzOptions session;
};

fs::path this_program() { return fs::read_symlink("/proc/self/exe"); }

void print_summary(const campaign::FuzzOptions& options, const campaign::FuzzSummary& summary) {
  const campaign::WorkerReport& counts = summary.counts;
  const double seconds = std::max(summary.seconds, 0.001);
  const double per_second = static_cast<double>(counts.effective) / seconds;
  std::printf("\n%s scenarios, %s steps of which %s had an effect, in %.1f s (%s steps/s)\n",
              campaign::grouped(counts.runs).c_str(), campaign::grouped(counts.steps).c_str(),
              campaign::grouped(counts.effective).c_str(), summary.seconds,
              campaign::grouped(static_cast<std::uint64_t>(per_second)).c_str());
  const auto share = [&](std::uint64_t count) {
    const auto runs = static_cast<double>(std::max<std::uint64_t>(counts.runs, 1));
    char text[48];
    std::snprintf(text, sizeof text, "%s (%.3f %%)", campaign::grouped(count).c_str(),
                  100.0 * static_cast<double>(count) / runs);
    return std::string(text);
  };
  std::printf("rules applied: %zu of %zu; inconclusive: %s; unsupported: %s\n",
              counts.rules_applied(), oracle::rule_count(),
              share(counts.inconclusive_count()).c_str(), share(counts.unsupported).c_str());
  for (const auto& [reason, count] : counts.inconclusive) {
    std::printf("  not judged to the end: %s, %s\n", share(count).c_str(), reason.c_str());
  }
  if (counts.cut > 0) {
    std::printf("did not wait for the end of a settle: %s\n", share(counts.cut).c_str());
  }
  if (summary.interrupted_by != 0) std::printf("interrupted before the budget was spent\n");
  if (summary.workers_failed) std::printf("every worker was killed; is there memory enough?\n");
  if (summary.findings.empty()) {
    std::printf("no finding\n");
    return;
  }
  std::printf("%zu finding(s):\n", summary.findings.size());
  const std::string needed = campaign::replay_options(options);
  for (const campaign::FuzzFinding& finding : summary.findings) {
    std::printf("  %s\n    found after %.1f s, shrunk to %zu steps by %u replays in %.1f s\n",
                finding.cause.c_str(), finding.found_after, finding.steps, finding.replays,
                finding.shrunk_in);
    if (fs::is_directory(finding.path)) {
      std::printf(
          "    replay:   lockstep run%s %s/scenario.scn\n    keep it:  lockstep promote %s\n",
          needed.c_str(), finding.path.c_str(), finding.path.c_str());
    } else {
      std::printf("    see %s\n", finding.path.c_str());
    }
  }
}

int fuzz(FuzzArguments& arguments) {
  campaign::FuzzOptions& options = arguments.session;
  options.choice = arguments.world.choice;
  options.dialect = arguments.world.dialect;
  options.seconds = parse_duration(arguments.time);
  options.command = this_program();
  options.instrumented = options.command.parent_path() / "lockstep_conformance_fuzzer";
  dialect_named(options.dialect);
  factory_for(options.choice, scenario::Scenario());
  options.choice = campaign::for_generated(options.choice);
  make_folder(options.out);
  if (!arguments.report.empty()) check_writable(arguments.report);
  const campaign::FuzzSummary summary = campaign::run_fuzz(options);
  print_summary(options, summary);
  if (!arguments.report.empty()) {
    write_file(arguments.report, campaign::to_json(summary.counts, summary.seconds));
  }
  if (!summary.findings.empty()) return exit_violation;
  if (summary.interrupted_by != 0) return exit_signal + summary.interrupted_by;
  return summary.workers_failed ? exit_internal : exit_ok;
}

struct WorkerArguments {
  WorldOptions world;
  std::string dialect;
  std::string raw;
  std::string write;
  std::optional<std::uint64_t> number;
  campaign::WorkerOptions worker;
};

}  // namespace

void add_fuzz(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("fuzz", "Search for a scenario in which the stack breaks a rule");
  command->footer(
      "Example: lockstep fuzz --time 60s --seed 7\n"
      "Exit: 0 nothing found, 1 findings, 130 or 143 interrupted with nothing found.\n"
      "Stops at the first finding unless --keep-going.");
  auto arguments = std::make_shared<FuzzArguments>();
  add_world_options(*command, arguments->world);
  command->add_option("--time", arguments->time, "Budget: 60s, 10m, 2h; 0 for none")
      ->capture_default_str();
  command->add_option("--runs", arguments->session.runs, "Budget in scenarios; 0 for none")
      ->check(whole_number());
  command->add_option("--seed", arguments->session.seed, "What the scenarios are drawn from")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--jobs", arguments->session.jobs, "Worker processes")
      ->check(CLI::Range(1, 256))
      ->capture_default_str();
  command->add_option("--out", arguments->session.out, "Where findings go")->capture_default_str();
  command->add_option("--report", arguments->report,
                      "Write the counts, those of each rule among them, as JSON to this file");
  command->add_flag("--keep-going", arguments->session.keep_going,
                    "Go on past the first finding until the budget is spent");
  command->callback([arguments, &exit_code] { exit_code = fuzz(*arguments); });
}

void add_worker(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("worker", "One worker of lockstep fuzz");
  command->group("");  // Not shown in the help: fuzz starts it.
  auto arguments = std::make_shared<WorkerArguments>();
  add_world_options(*command, arguments->world);
  command->add_option("--seed", arguments->worker.seed);
  command->add_option("--index", arguments->worker.index);
  command->add_option("--workers", arguments->worker.workers);
  command->add_option("--runs", arguments->worker.runs);
  command->add_option("--time", arguments->worker.seconds);
  command->add_option("--raw", arguments->raw)->required();
  command->add_option("--write", arguments->write);
  command->add_option("--number", arguments->number);
  command->callback([arguments, &exit_code] {
    campaign::WorkerOptions& options = arguments->worker;
    options.choice = arguments->world.choice;
    options.dialect = &dialect_named(arguments->world.dialect);
    options.raw = arguments->raw;
    options.first = arguments->number;
    exit_code =
        arguments->write.empty()
            ? campaign::run_worker(options)
            : campaign::write_generated(options, arguments->number.value_or(0), arguments->write);
  });
}

}  // namespace lockstep::cli
