// lockstep show FILE: a scenario's run as something to look at.
#include <cstdio>
#include <functional>
#include <map>
#include <memory>

#include "fuzz/cli/command.h"
#include "oracle/judge/run.h"
#include "oracle/view/capture.h"
#include "oracle/view/json.h"
#include "oracle/view/ladder.h"
#include "oracle/view/svg.h"

namespace lockstep::cli {
namespace {

struct Arguments {
  WorldOptions world;
  std::string file;
  std::string format = "ladder";
  std::string out;
};

using Render = std::string (*)(const judge::Trace&);

const std::map<std::string, Render>& formats() {
  static const std::map<std::string, Render> all = {
      {"ladder", view::to_ladder}, {"svg", view::to_svg},     {"json", view::to_json},
      {"pcapng", view::to_pcapng}, {"trace", judge::to_text},
  };
  return all;
}

int show(const Arguments& arguments) {
  const scenario::Scenario scenario = load_scenario(arguments.file);
  judge::Runner runner(factory_for(arguments.world.choice, scenario),
                       dialect_named(arguments.world.dialect));
  judge::Trace trace;
  judge::run(runner, scenario, &trace);
  const std::string text = formats().at(arguments.format)(trace);
  if (arguments.out.empty()) {
    std::fwrite(text.data(), 1, text.size(), stdout);
  } else {
    write_file(arguments.out, text);
  }
  return exit_ok;
}

}  // namespace

void add_show(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("show", "Show what happens in a scenario");
  command->footer("Example: lockstep show FILE --format pcapng -o capture.pcapng");
  auto arguments = std::make_shared<Arguments>();
  command->add_option("FILE", arguments->file, "A scenario")->required();
  std::vector<std::string> names;
  for (const auto& [name, render] : formats()) names.push_back(name);
  command->add_option("--format", arguments->format, "How")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("-o,--out", arguments->out, "Where to write it; standard output without");
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] { exit_code = show(*arguments); });
}

}  // namespace lockstep::cli
