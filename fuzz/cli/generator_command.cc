// lockstep generator: measures the generated scenarios.
#include <cstdio>
#include <memory>

#include "fuzz/campaign/generator_figures.h"
#include "fuzz/cli/command.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  WorldOptions world;
  std::uint64_t seed = 1;
  std::uint64_t runs = 10000;
};

int measure(const Arguments& arguments) {
  judge::Runner runner(factory_for(arguments.world.choice, scenario::Scenario()),
                       dialect_named(arguments.world.dialect));
  const campaign::GeneratorFigures figures =
      campaign::measure_generator(runner, arguments.seed, arguments.runs);
  std::fputs(campaign::to_text(figures).c_str(), stdout);
  return campaign::shortfall(figures).empty() ? exit_ok : exit_violation;
}

}  // namespace

void add_generator(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("generator", "Measure how far the generated scenarios reach");
  command->footer(
      "Example: lockstep generator --runs 10000\n"
      "Exit: 0 every figure is as high as asked, 1 one falls below.");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("--runs", arguments->runs, "Scenarios")
      ->check(whole_number())
      ->capture_default_str();
  command->add_option("--seed", arguments->seed, "What they are drawn from")
      ->check(whole_number())
      ->capture_default_str();
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] { exit_code = measure(*arguments); });
}

}  // namespace lockstep::cli
