// lockstep explore MODEL...: visits every state of a closed system of real stacks.
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

#include "fuzz/campaign/progress.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/duration.h"
#include "nlohmann/json.hpp"
#include "oracle/judge/run.h"
#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"
#include "oracle/view/finding.h"
#include "oracle/view/ladder.h"
#include "properties/models/explore.h"

namespace lockstep::cli {
namespace {

constexpr int exit_goal_missed = 1;
constexpr int exit_bound = 3;
constexpr int exit_safety = 12;
constexpr int exit_liveness = 13;

struct Arguments {
  WorldOptions world;
  std::vector<std::string> names;
  std::vector<std::string> settings;  // BOUND=NUMBER
  bool all = false;
  bool small = false;
  bool list = false;
  bool no_sleep_sets = false;
  std::string strategy = "breadth";
  std::string time;
  double memory_gib = 0;
  std::string dot;
  std::string svg;
  std::string out = "findings";
  std::string json;
  checker::Options options;
};

const std::vector<std::pair<std::string, checker::Strategy>> strategies = {
    {"breadth", checker::Strategy::breadth_first},
    {"depth", checker::Strategy::depth_first},
    {"deepening", checker::Strategy::iterative_deepening},
    {"walks", checker::Strategy::random_walks},
};

std::string bounds_text(const models::Bounds& bounds) {
  std::string text;
  for (const models::Bound& bound : bounds.all()) {
    text += (text.empty() ? "" : " ") + std::string(bound.name) + "=" + std::to_string(bound.value);
  }
  return text;
}

int list_models() {
  for (const models::ModelRow& row : models::model_rows()) {
    std::printf("%-20s %s\n", std::string(row.name).c_str(), std::string(row.sentence).c_str());
    const models::Bounds bounds = row.bounds();
    for (const models::Bound& bound : bounds.all()) {
      std::printf("    %s=%u  %s, at most %u\n", std::string(bound.name).c_str(),
                  unsigned{bound.value}, std::string(bound.meaning).c_str(), unsigned{bound.most});
    }
  }
  return exit_ok;
}

std::vector<const models::ModelRow*> chosen(const Arguments& arguments) {
  std::vector<const models::ModelRow*> rows;
  for (const models::ModelRow& row : models::model_rows()) {
    if (arguments.all || (arguments.small && row.size == models::Size::small)) {
      rows.push_back(&row);
    }
  }
  for (const std::string& name : arguments.names) {
    const models::ModelRow* row = models::find_model(name);
    if (row == nullptr) {
      throw UsageError{"no model '" + name + "'; lockstep explore --list shows them"};
    }
    if (std::ranges::find(rows, row) == rows.end()) rows.push_back(row);
  }
  if (rows.empty()) throw UsageError{"name a model, or use --small or --all; --list shows them"};
  return rows;
}

// A bound that no chosen model has is a mistake; one that some have is set in those.
std::vector<models::Bounds> bounds_of(const Arguments& arguments,
                                      const std::vector<const models::ModelRow*>& rows) {
  std::vector<models::Bounds> all;
  for (const models::ModelRow* row : rows) all.push_back(row->bounds());
  for (const std::string& setting : arguments.settings) {
    const std::size_t equals = setting.find('=');
    const std::string name = setting.substr(0, equals);
    unsigned value = 0;
    const char* const end = setting.data() + setting.size();
    const char* const begin = equals == std::string::npos ? end : setting.data() + equals + 1;
    const auto parsed = std::from_chars(begin, end, value);
    if (begin == end || parsed.ec != std::errc() || parsed.ptr != end) {
      throw UsageError{"--set takes BOUND=NUMBER, not '" + setting + "'"};
    }
    bool known = false;
    for (models::Bounds& bounds : all) {
      const models::Bound* bound = bounds.find(name);
      if (bound == nullptr) continue;
      if (value > bound->most) {
        throw UsageError{"'" + setting + "' is above " + std::to_string(bound->most)};
      }
      known |= bounds.set(name, static_cast<std::uint8_t>(value));
    }
    if (!known) {
      throw UsageError{"no chosen model has a bound '" + name +
                       "'; lockstep explore --list shows them"};
    }
  }
  return all;
}

void show_progress(const std::string& name, const checker::Coverage& coverage) {
  std::fprintf(stderr, "%s: %s states, %s transitions, depth %u, %.0f s\n", name.c_str(),
               campaign::grouped(coverage.states).c_str(),
               campaign::grouped(coverage.transitions).c_str(), coverage.depth, coverage.seconds);
}

// Of several models each has a file of its own, named after it.
std::filesystem::path path_of(const std::filesystem::path& file, const models::ModelRow& row,
                              std::size_t rows) {
  if (rows == 1) return file;
  return file.parent_path() / (std::string(row.name) + "-" + file.filename().string());
}

void print_exploration(const models::ModelRow& row, const models::Bounds& bounds,
                       const models::Exploration& report) {
  const checker::Coverage& c = report.coverage;
  const double seconds = std::max(c.seconds, 1e-6);
  std::string outcome = checker::to_string(report.outcome);
  if (report.bound != checker::Bound::none) {
    outcome += " (" + checker::to_string(report.bound) + ")";
  }
  std::printf("%-20s %s  [%s]\n", std::string(row.name).c_str(), outcome.c_str(),
              bounds_text(bounds).c_str());
  std::printf(
      "    %s states, %s transitions, depth %u, %.1f s, %s transitions/s, %zu rules applied\n",
      campaign::grouped(c.states).c_str(), campaign::grouped(c.transitions).c_str(), c.depth,
      c.seconds,
      campaign::grouped(static_cast<std::uint64_t>(static_cast<double>(c.transitions) / seconds))
          .c_str(),
      report.rules_applied);
  if (report.bound != checker::Bound::none) {
    std::printf("    %s states were seen and not all of their actions tried\n",
                campaign::grouped(c.unexpanded).c_str());
  }
  for (const checker::PropertyAccount& property : report.properties) {
    if (property.verdict == checker::Verdict::holds) continue;
    const bool missed = property.verdict == checker::Verdict::violated;
    std::printf("    %s: %s: %s\n", checker::to_string(property.kind).c_str(),
                property.name.c_str(), missed ? "VIOLATED" : "undecided");
  }
  std::fflush(stdout);
}

// The run as the other commands take it: a finding's folder, with the shrunk scenario in it.
void keep_safety(const Arguments& arguments, const models::FoundRun& found) {
  judge::Runner runner(factory_for(arguments.world.choice, found.scenario),
                       dialect_named(arguments.world.dialect));
  const judge::RunResult again = judge::run(runner, found.scenario);
  std::string needed;
  if (!arguments.world.choice.lie.empty()) needed += " --lie " + arguments.world.choice.lie;
  if (arguments.world.choice.port != "in_process") {
    needed += " --port " + arguments.world.choice.port;
  }
  if (arguments.world.dialect != "linux") needed += " --dialect " + arguments.world.dialect;
  if (again.verdict.outcome == judge::Outcome::allowed) {
    std::printf("    a replay of the run is allowed, which should not be:\n%s",
                scenario::print(found.scenario).c_str());
    return;
  }
  const shrink::ShrinkResult shrunk = shrink::shrink(found.scenario, runner);
  judge::Trace trace;
  judge::run(runner, shrunk.scenario, &trace);
  std::fputs(view::to_ladder(trace).c_str(), stdout);
  const auto folder = view::write_finding(arguments.out, found.scenario, shrunk.scenario,
                                          trace.verdict.cause(), trace, "lockstep run" + needed);
  if (!folder.ok()) {
    throw UsageError{std::string(folder.status().message())};
  }
  std::printf(
      "    found at depth %zu, %zu steps once shrunk\n    replay:   lockstep run%s "
      "%s/scenario.scn\n"
      "    keep it:  lockstep promote %s\n",
      found.steps, shrunk.scenario.steps.size(), needed.c_str(), folder->c_str(), folder->c_str());
}

void show_found(const Arguments& arguments, const models::FoundRun& found,
                checker::Outcome outcome) {
  if (outcome == checker::Outcome::safety_violated) return keep_safety(arguments, found);
  std::fputs(found.text.c_str(), stdout);
  if (!found.is_lasso) std::printf("  and there it ends\n");
}

nlohmann::json to_json(const models::ModelRow& row, const models::Bounds& bounds,
                       const models::Exploration& report) {
  const checker::Coverage& c = report.coverage;
  return {{"model", std::string(row.name)},
          {"bounds", bounds_text(bounds)},
          {"outcome", checker::to_string(report.outcome)},
          {"states", c.states},
          {"transitions", c.transitions},
          {"depth", c.depth},
          {"seconds", c.seconds},
          {"bytes", c.memory_bytes},
          {"rules", report.rules_applied}};
}

int exit_code_of(checker::Outcome outcome) {
  switch (outcome) {
    case checker::Outcome::holds:
      return exit_ok;
    case checker::Outcome::safety_violated:
      return exit_safety;
    case checker::Outcome::liveness_violated:
      return exit_liveness;
    case checker::Outcome::goal_missed:
      return exit_goal_missed;
    case checker::Outcome::bound_reached:
      return exit_bound;
  }
  return exit_internal;
}

// The worst comes last: a bound, a missed goal, a promise, a rule.
constexpr int exit_codes[] = {exit_ok, exit_bound, exit_goal_missed, exit_liveness, exit_safety};

int worse(int a, int b) {
  return std::ranges::find(exit_codes, a) < std::ranges::find(exit_codes, b) ? b : a;
}

void draw_if_asked(const Arguments& arguments, const models::Program& program,
                   const models::Setting& setting, const models::ModelRow& row, std::size_t rows) {
  constexpr std::size_t states_max = 2'000;
  const auto draw = [&](const std::string& file, models::Picture picture) {
    if (file.empty()) return;
    const auto text = models::draw(program, setting, picture, states_max);
    if (!text.ok()) {
      throw UsageError{std::string(row.name) + ": more than " + std::to_string(states_max) +
                       " states are too many to draw; smaller bounds make it smaller"};
    }
    write_file(path_of(file, row, rows), *text);
  };
  draw(arguments.dot, models::Picture::dot);
  draw(arguments.svg, models::Picture::svg);
}

void read_options(Arguments& arguments) {
  checker::Options& options = arguments.options;
  options.strategy = std::ranges::find(strategies, arguments.strategy,
                                       &std::pair<std::string, checker::Strategy>::first)
                         ->second;
  options.sleep_sets = !arguments.no_sleep_sets;
  if (!arguments.time.empty()) {
    options.bounds.time =
        std::chrono::milliseconds(static_cast<std::int64_t>(parse_duration(arguments.time) * 1000));
  }
  if (arguments.memory_gib > 0) {
    options.bounds.memory_bytes = static_cast<std::uint64_t>(arguments.memory_gib * 0x1p30);
  }
}

int explore(Arguments& arguments) {
  if (arguments.list) return list_models();
  const auto rows = chosen(arguments);
  const std::vector<models::Bounds> bounds = bounds_of(arguments, rows);
  read_options(arguments);
  if (!arguments.json.empty()) check_writable(arguments.json);
  int code = exit_ok;
  nlohmann::json all = nlohmann::json::array();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const models::ModelRow& row = *rows[i];
    const models::Program program = models::compile(row.make(bounds[i]));
    const models::Setting setting{factory_for(arguments.world.choice, program.given),
                                  &dialect_named(arguments.world.dialect)};
    draw_if_asked(arguments, program, setting, row, rows.size());
    arguments.options.progress = [&](const checker::Coverage& coverage) {
      show_progress(std::string(row.name), coverage);
    };
    const auto report = models::explore(program, setting, arguments.options);
    if (!report.ok()) {
      throw UsageError{std::string(row.name) + ": " + std::string(report.status().message())};
    }
    print_exploration(row, bounds[i], *report);
    if (report->found) show_found(arguments, *report->found, report->outcome);
    all.push_back(to_json(row, bounds[i], *report));
    if (!arguments.json.empty()) write_file(arguments.json, all.dump(2) + "\n");
    code = worse(code, exit_code_of(report->outcome));
  }
  return code;
}

}  // namespace

void add_explore(CLI::App& app, int& exit_code) {
  CLI::App* command =
      app.add_subcommand("explore", "Visit every state of a closed system of real stacks");
  command->footer(
      "Example: lockstep explore close_race --set writes=1\n"
      "Exit: 0 all hold, 12 a rule is broken, 13 a promise is not kept, 1 a goal was never "
      "reached, "
      "3 a bound\nended it.");
  auto arguments = std::make_shared<Arguments>();
  checker::Options& options = arguments->options;
  command->add_option("MODEL", arguments->names, "Models of the catalogue");
  command->add_flag("--list", arguments->list, "Show the models and their bounds");
  command->add_flag("--small", arguments->small, "Every model that takes seconds");
  command->add_flag("--all", arguments->all, "Every model");
  command->add_option("--set", arguments->settings, "BOUND=NUMBER, for every model that has it");
  command->add_option("--max-states", options.bounds.states, "Stop after so many")
      ->check(whole_number());
  command->add_option("--max-depth", options.bounds.depth, "Steps from the initial state");
  command->add_option("--max-memory", arguments->memory_gib, "In GiB");
  command->add_option("--time", arguments->time, "Budget for each model: 60s, 10m, 2h");
  command->add_option("--threads", options.threads, "Threads")
      ->check(CLI::Range(1, static_cast<int>(models::threads_max)))
      ->capture_default_str();
  std::vector<std::string> names;
  for (const auto& [name, strategy] : strategies) names.push_back(name);
  command->add_option("--strategy", arguments->strategy, "How to search")
      ->check(CLI::IsMember(names))
      ->capture_default_str();
  command->add_option("--walks", options.walks, "Of --strategy walks: how many")
      ->capture_default_str();
  command->add_option("--seed", options.seed, "Of --strategy walks")->capture_default_str();
  command->add_flag("--exact", options.exact, "Keep full states: no collision can hide one");
  command->add_flag("--no-sleep-sets", arguments->no_sleep_sets,
                    "Try also the orders that lead to the same state");
  CLI::Option* checkpoint =
      command->add_option("--checkpoint", options.checkpoint.path, "Write progress to this file");
  command->add_flag("--resume", options.checkpoint.resume, "Go on from the checkpoint")
      ->needs(checkpoint);
  command->add_option("--dot", arguments->dot, "Draw the graph for Graphviz");
  command->add_option("--svg", arguments->svg, "Draw the graph as a picture");
  command->add_option("--out", arguments->out, "Where findings go")->capture_default_str();
  command->add_option("--json", arguments->json, "Write the figures to this file");
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] { exit_code = explore(*arguments); });
}

}  // namespace lockstep::cli
