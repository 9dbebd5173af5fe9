// lockstep example RULE...: for each rule the smallest scenario found that applies it and is
// allowed.
#include <algorithm>
#include <cstdio>
#include <map>
#include <memory>

#include "fuzz/campaign/generated.h"
#include "fuzz/cli/command.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  WorldOptions world;
  std::vector<std::string> rules;
  std::string out;
  std::uint64_t runs = 20000;
  std::uint64_t seed = 1;
};

bool applies(const judge::Runner& runner, oracle::Rule rule) {
  return runner.verdict().outcome == judge::Outcome::allowed &&
         runner.oracle().judgement().applied()[static_cast<std::size_t>(rule)] != 0;
}

// The first scenario found for each rule.
std::map<oracle::Rule, scenario::Scenario> search(judge::Runner& runner,
                                                  std::vector<oracle::Rule> wanted,
                                                  const Arguments& arguments) {
  std::map<oracle::Rule, scenario::Scenario> found;
  campaign::Record record(runner);
  for (std::uint64_t number = 0; number < arguments.runs && !wanted.empty(); ++number) {
    runner.oracle().judgement().clear_counts();
    campaign::run_generated(record, runner, arguments.seed, number, {});
    std::erase_if(wanted, [&](oracle::Rule rule) {
      if (!applies(runner, rule)) return false;
      found.emplace(rule, record.scenario());
      return true;
    });
  }
  return found;
}

scenario::Scenario smallest(judge::Runner& runner, const scenario::Scenario& scenario,
                            oracle::Rule rule) {
  shrink::Replayer replayer = shrink::over_runner(runner);
  replayer.replay = [&](const scenario::Scenario& candidate) {
    runner.oracle().judgement().clear_counts();
    const judge::RunResult result = judge::run(runner, candidate);
    shrink::Replayed replayed(applies(runner, rule) ? "applied" : "");
    replayed.applied = result.steps;
    return replayed;
  };
  scenario::Scenario small = shrink::shrink(scenario, replayer).scenario;
  small.comments = {std::string(oracle::rule_row(rule).sentence)};
  return small;
}

void give(const Arguments& arguments, oracle::Rule rule, const scenario::Scenario& scenario) {
  const std::string text = scenario::print(scenario);
  if (arguments.out.empty()) {
    std::printf("%s\n", text.c_str());
    return;
  }
  const std::filesystem::path file =
      std::filesystem::path(arguments.out) / (std::string(oracle::rule_row(rule).name) + ".scn");
  make_folder(arguments.out);
  write_file(file, text);
  std::printf("%s\n", file.c_str());
}

int give_examples(const Arguments& arguments) {
  std::vector<oracle::Rule> wanted;
  for (const std::string& name : arguments.rules) {
    const std::optional<oracle::Rule> rule = oracle::find_rule(name);
    if (!rule) throw UsageError{"unknown rule '" + name + "': lockstep rules lists them"};
    wanted.push_back(*rule);
  }
  judge::Runner runner(factory_for(arguments.world.choice, scenario::Scenario()),
                       dialect_named(arguments.world.dialect));
  const auto found = search(runner, wanted, arguments);
  for (const oracle::Rule rule : wanted) {
    const auto example = found.find(rule);
    if (example == found.end()) {
      std::fprintf(stderr, "lockstep: no scenario of %llu applies %s\n",
                   static_cast<unsigned long long>(arguments.runs),
                   std::string(oracle::rule_row(rule).name).c_str());
    } else {
      give(arguments, rule, smallest(runner, example->second, rule));
    }
  }
  return found.size() == wanted.size() ? exit_ok : exit_violation;
}

}  // namespace

void add_example(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("example", "The smallest scenario found in which a rule is applied");
  command->footer(
      "Example: lockstep example tcp.simultaneous_open\n"
      "Exit: 0 one found for each rule, 1 none found for some.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("RULE", arguments->rules, "Names of rules")->required();
  command->add_option("-o,--out", arguments->out, "A folder, for one file a rule");
  command->add_option("--runs", arguments->runs, "Generated scenarios to search")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "What they are drawn from")
      ->check(whole_number())
      ->capture_default_str();
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] { exit_code = give_examples(*arguments); });
}

}  // namespace lockstep::cli
