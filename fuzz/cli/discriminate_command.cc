// lockstep discriminate: measures how much the oracle can tell apart.
#include <cstdio>
#include <fstream>
#include <memory>

#include "fuzz/campaign/generated.h"
#include "fuzz/cli/command.h"
#include "oracle/discriminate/measure.h"
#include "oracle/judge/run.h"
#include "oracle/scenario/choices.h"
#include "oracle/scenario/text.h"
#include "stack/api/hash.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  WorldOptions world;
  std::vector<std::string> files;
  std::uint64_t scenarios = 1000;
  std::uint64_t seed = 1;
  std::uint32_t changes = 32;
  std::size_t survivors = 20;
  std::string out;
};

// Another source than the scenario's own, so that more changes leave the scenarios as they are.
scenario::RandomChoices changes_of(const Arguments& arguments, std::uint64_t number) {
  return scenario::RandomChoices(hash_mix(hash_mix(arguments.seed, number), 0xd15c));
}

void add_generated(const Arguments& arguments, discriminate::Measure& measure) {
  judge::Runner runner(factory_for(arguments.world.choice, scenario::Scenario()),
                       dialect_named(arguments.world.dialect));
  campaign::Record record(runner);
  judge::Recording recording;
  for (std::uint64_t number = 0; number < arguments.scenarios; ++number) {
    runner.set_recording(&recording);
    campaign::run_generated(record, runner, arguments.seed, number, {});
    runner.set_recording(nullptr);
    if (runner.stopped()) {
      measure.leave_out();
      continue;
    }
    scenario::RandomChoices choices = changes_of(arguments, number);
    measure.add("scenario " + std::to_string(number), recording, arguments.changes, choices);
  }
}

void add_files(const Arguments& arguments, discriminate::Measure& measure) {
  std::uint64_t number = 0;
  for (const std::filesystem::path& file : scenario_files(arguments.files)) {
    const scenario::Scenario scenario = load_scenario(file);
    judge::Runner runner(factory_for(arguments.world.choice, scenario),
                         dialect_named(arguments.world.dialect));
    judge::Recording recording;
    runner.set_recording(&recording);
    if (judge::run(runner, scenario).verdict.outcome != judge::Outcome::allowed) {
      measure.leave_out();
      continue;
    }
    scenario::RandomChoices choices = changes_of(arguments, number++);
    measure.add(file.string(), recording, arguments.changes, choices);
  }
}

int measure_oracle(const Arguments& arguments) {
  if (!arguments.out.empty()) make_folder(arguments.out);
  discriminate::Measure measure(dialect_named(arguments.world.dialect), 3);
  if (arguments.files.empty()) {
    add_generated(arguments, measure);
  } else {
    add_files(arguments, measure);
  }
  const discriminate::Figures& figures = measure.figures();
  std::fputs(discriminate::to_text(figures).c_str(), stdout);
  std::fputs(discriminate::survivors_text(figures, arguments.survivors).c_str(), stdout);
  if (!arguments.out.empty()) {
    write_file(std::filesystem::path(arguments.out) / "survivors.txt",
               discriminate::survivors_text(figures, figures.classes.size()));
  }
  return exit_ok;
}

}  // namespace

void add_discriminate(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "discriminate", "Measure how much the oracle can tell apart: changed traces it rejects");
  command->footer(
      "Example: lockstep discriminate --scenarios 2000 --seed 7 --out survivors\n"
      "Each trace that the oracle accepts is shown to it again with one observation changed.\n"
      "Exit: 0.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->files,
                      "Scenario files, or directories of them, instead of generated scenarios");
  add_world_options(*command, arguments->world);
  command->add_option("--scenarios", arguments->scenarios, "Generated scenarios")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "What scenarios and changes are drawn from")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--changes", arguments->changes, "Draws of a change per scenario")
      ->check(CLI::Range(1, 1'000'000))
      ->capture_default_str();
  command->add_option("--survivors", arguments->survivors, "Classes of survivors to print")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--out", arguments->out, "A folder for survivors.txt, which has all classes");
  command->callback([arguments, &exit_code] { exit_code = measure_oracle(*arguments); });
}

}  // namespace lockstep::cli
