// lockstep diff: the first observation in which two stacks differ, of files or of generated
// scenarios.
#include <algorithm>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>

#include "fuzz/campaign/generated.h"
#include "fuzz/campaign/record.h"
#include "fuzz/cli/command.h"
#include "oracle/judge/diff.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  std::vector<std::string> files;
  std::vector<std::string> ports;
  std::vector<std::string> lies;
  std::string dialect = "linux";
  std::uint64_t scenarios = 0;
  std::uint64_t seed = 1;
  bool calls = false;

  judge::Compared compared() const { return calls ? judge::Compared::calls : judge::Compared::all; }
};

campaign::PortChoice choice_of(const Arguments& arguments, std::size_t side) {
  campaign::PortChoice choice;
  choice.port = arguments.ports[side];
  if (side < arguments.lies.size() && arguments.lies[side] != "none") {
    choice.lie = arguments.lies[side];
  }
  return choice;
}

judge::Runner runner_of(const Arguments& arguments, std::size_t side,
                        const scenario::Scenario& scenario) {
  return judge::Runner(factory_for(choice_of(arguments, side), scenario),
                       dialect_named(arguments.dialect));
}

judge::Trace trace_on(judge::Runner& runner, const scenario::Scenario& scenario) {
  judge::Trace trace;
  judge::run(runner, scenario, &trace);
  return trace;
}

// Whether neither broke a rule nor an expectation of the author's.
bool is_allowed(const judge::Trace& a, const judge::Trace& b) {
  const auto broken = [](const judge::Trace& trace) {
    return trace.verdict.outcome == judge::Outcome::violation ||
           trace.verdict.outcome == judge::Outcome::expectation_failed ||
           trace.verdict.outcome == judge::Outcome::unsettled;
  };
  return !broken(a) && !broken(b);
}

// A side that was not followed to its end says nothing of the rest.
void print_unless_allowed(const char* side, const judge::Verdict& verdict) {
  if (verdict.outcome == judge::Outcome::allowed) return;
  std::printf("  %s %s", side, judge::explain(verdict).c_str());
}

int diff_files(const Arguments& arguments) {
  int code = exit_ok;
  for (const std::filesystem::path& file : scenario_files(arguments.files)) {
    const scenario::Scenario scenario = load_scenario(file);
    judge::Runner first = runner_of(arguments, 0, scenario);
    judge::Runner second = runner_of(arguments, 1, scenario);
    const judge::Trace a = trace_on(first, scenario);
    const judge::Trace b = trace_on(second, scenario);
    const judge::Difference difference = judge::compare(a, b, arguments.compared());
    std::printf("%s  %s\n%s", difference.any() ? "DIFF" : "same", file.c_str(),
                difference.text.c_str());
    for (const std::string& note : difference.notes) std::printf("  noted  %s\n", note.c_str());
    print_unless_allowed("first ", a.verdict);
    print_unless_allowed("second", b.verdict);
    if (!is_allowed(a, b)) code = exit_violation;
  }
  return code;
}

// How often each kind of difference came, the most frequent first.
void print_kinds(const std::map<std::string, std::uint64_t>& kinds) {
  std::vector<std::pair<std::uint64_t, std::string>> rows;
  for (const auto& [kind, count] : kinds) rows.emplace_back(count, kind);
  std::ranges::sort(rows, std::greater<>());
  for (const auto& [count, kind] : rows) {
    std::printf("%8llu  %s\n", static_cast<unsigned long long>(count), kind.c_str());
  }
}

// Scenarios that are made up on the first stack, and replayed on the second.
int diff_generated(const Arguments& arguments) {
  judge::Runner first = runner_of(arguments, 0, scenario::Scenario());
  judge::Runner second = runner_of(arguments, 1, scenario::Scenario());
  std::map<std::string, std::uint64_t> kinds;
  std::map<std::string, std::uint64_t> notes;
  std::uint64_t same = 0;
  std::uint64_t forbidden = 0;
  for (std::uint64_t number = 0; number < arguments.scenarios; ++number) {
    scenario::Scenario scenario;
    {
      campaign::Record record(first);
      campaign::run_generated(record, first, arguments.seed, number, {});
      scenario = record.scenario();
    }
    first.set_patience(judge::hurried);
    second.set_patience(judge::hurried);
    const judge::Trace a = trace_on(first, scenario);
    const judge::Trace b = trace_on(second, scenario);
    const judge::Difference difference = judge::compare(a, b, arguments.compared());
    same += difference.any() ? 0 : 1;
    for (const std::string& kind : difference.kinds) ++kinds[kind];
    for (const std::string& note : difference.notes) ++notes[note];
    if (is_allowed(a, b)) continue;
    ++forbidden;
    std::printf("scenario %llu of seed %llu\n%s", static_cast<unsigned long long>(number),
                static_cast<unsigned long long>(arguments.seed), difference.text.c_str());
  }
  std::printf(
      "%llu scenarios: %llu the same, %llu in which a rule was broken; with these "
      "differences:\n",
      static_cast<unsigned long long>(arguments.scenarios), static_cast<unsigned long long>(same),
      static_cast<unsigned long long>(forbidden));
  print_kinds(kinds);
  if (!notes.empty()) std::printf("noted, since each stack may choose it:\n");
  print_kinds(notes);
  return forbidden == 0 ? exit_ok : exit_violation;
}

int diff(const Arguments& arguments) {
  if (arguments.ports.size() != 2) {
    throw UsageError{"diff compares two stacks: name both with --port A --port B"};
  }
  if (!arguments.lies.empty() && arguments.lies.size() != 2) {
    throw UsageError{"diff wants a lie for each stack or none: --lie A --lie B, 'none' for no lie"};
  }
  if (arguments.files.empty() == (arguments.scenarios == 0)) {
    throw UsageError{"diff wants either files or --scenarios N, for N generated ones"};
  }
  return arguments.files.empty() ? diff_generated(arguments) : diff_files(arguments);
}

}  // namespace

void add_diff(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("diff", "The first observation in which two stacks differ");
  command->footer(
      "Example: lockstep diff corpus/scenarios --port in_process --port in_process "
      "--lie none --lie ack_ahead\n"
      "Windows, and a SYN's window scale, SACK-permitted, timestamps and MSS, are noted and are "
      "no\n"
      "difference; initial sequence numbers and ephemeral ports are not compared.\n"
      "Exit: 0 no difference that a rule forbids, 1 one of the two broke a rule or an "
      "expectation.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->files, "Scenario files, or directories of them");
  command
      ->add_option("--scenarios", arguments->scenarios,
                   "Compare so many generated scenarios and count the differences by kind")
      ->check(whole_number());
  command->add_option("--seed", arguments->seed, "What they are drawn from")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--port", arguments->ports, "The two stacks")
      ->allow_extra_args(false)
      ->required();
  command->add_option("--lie", arguments->lies, "A defect for each, or none")
      ->allow_extra_args(false);
  command->add_flag("--calls", arguments->calls, "Compare the results of calls alone");
  command->add_option("--dialect", arguments->dialect, "What the oracle holds them to")
      ->capture_default_str();
  command->callback([arguments, &exit_code] { exit_code = diff(*arguments); });
}

}  // namespace lockstep::cli
