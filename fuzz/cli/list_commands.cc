// lockstep rules, ports, lies: what there is.
#include <cstdio>
#include <memory>

#include "fuzz/campaign/ports.h"
#include "fuzz/cli/command.h"
#include "fuzz/cli/rules_page.h"
#include "nlohmann/json.hpp"
#include "oracle/judge/run.h"
#include "oracle/spec/rule.h"
#include "oracle/spec/rule_sections.h"
#include "stack/ports/lies/lie.h"

namespace lockstep::cli {
namespace {

std::string text(std::string_view view) { return std::string(view); }

void print_rules() {
  for (const oracle::RuleRow& row : oracle::rule_rows()) {
    std::printf("%-44s %-4s  §%-12s %s\n%48s%s\n", text(row.name).c_str(),
                row.force == oracle::Force::must ? "must" : "may", text(row.sections).c_str(),
                text(row.source).c_str(), "", text(row.sentence).c_str());
  }
  std::printf("\nmissing: no rule is written yet for\n");
  for (const oracle::SectionTitle& section : oracle::missing_sections()) {
    std::printf("  §%-4d %s\n", section.number, text(section.title).c_str());
  }
  std::printf("\nthat no port can show:\n");
  for (const oracle::SectionTitle& section : oracle::section_titles()) {
    if (section.excluded.empty()) continue;
    std::printf("  §%-4d %s: %s\n", section.number, text(section.title).c_str(),
                text(section.excluded).c_str());
  }
}

void print_rules_json() {
  nlohmann::json rules = nlohmann::json::array();
  for (const oracle::RuleRow& row : oracle::rule_rows()) {
    rules.push_back({{"name", text(row.name)},
                     {"force", row.force == oracle::Force::must ? "must" : "may"},
                     {"sections", text(row.sections)},
                     {"source", text(row.source)},
                     {"sentence", text(row.sentence)},
                     {"state", "written"}});
  }
  for (const oracle::SectionTitle& section : oracle::missing_sections()) {
    rules.push_back({{"name", nullptr},
                     {"sections", std::to_string(section.number)},
                     {"sentence", text(section.title)},
                     {"state", "missing"}});
  }
  std::puts(rules.dump(2).c_str());
}

struct RulesArguments {
  bool json = false;
  bool markdown = false;
  std::vector<std::string> coverage;
  std::vector<std::string> counts;
  WorldOptions world;
};

// How often the scenarios applied each rule with its premise true, rules never applied first.
int print_coverage(const RulesArguments& arguments) {
  std::vector<std::uint64_t> applied(oracle::rule_count());
  for (const std::filesystem::path& file : scenario_files(arguments.coverage)) {
    const scenario::Scenario scenario = load_scenario(file);
    judge::Runner runner(factory_for(arguments.world.choice, scenario),
                         dialect_named(arguments.world.dialect));
    judge::run(runner, scenario);
    const std::vector<std::uint32_t>& counts = runner.oracle().judgement().applied();
    for (std::size_t i = 0; i < counts.size(); ++i) applied[i] += counts[i];
  }
  std::size_t never = 0;
  for (const bool show_applied : {false, true}) {
    for (const oracle::RuleRow& row : oracle::rule_rows()) {
      const std::uint64_t times = applied[static_cast<std::size_t>(row.rule)];
      if ((times != 0) != show_applied) continue;
      if (times == 0) ++never;
      std::printf("%10llu  %s\n", static_cast<unsigned long long>(times), text(row.name).c_str());
    }
  }
  std::printf("%zu of %zu rules applied\n", oracle::rule_count() - never, oracle::rule_count());
  return exit_ok;
}

// "linux=counts.json": of which port, and where.
std::vector<CampaignCounts> campaigns_of(const std::vector<std::string>& counts) {
  std::vector<CampaignCounts> campaigns;
  for (const std::string& each : counts) {
    const std::size_t equals = each.find('=');
    if (equals == 0 || equals == std::string::npos) {
      throw UsageError{"--counts " + each + ": PORT=FILE is wanted, as in linux=counts.json"};
    }
    campaigns.push_back({each.substr(0, equals), each.substr(equals + 1)});
  }
  return campaigns;
}

}  // namespace

void add_rules(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("rules", "The rules that the oracle judges by");
  command->footer("Example: lockstep rules --coverage corpus/scenarios");
  auto arguments = std::make_shared<RulesArguments>();
  command->add_flag("--json", arguments->json, "As JSON");
  command
      ->add_option("--coverage", arguments->coverage,
                   "Run these scenarios and count how often each rule was applied")
      ->excludes("--json");
  command
      ->add_flag("--markdown", arguments->markdown,
                 "As a page: docs/rules.md, with the scenarios of --coverage")
      ->excludes("--json");
  command
      ->add_option("--counts", arguments->counts,
                   "PORT=FILE, what fuzz --report kept: for the page")
      ->needs("--markdown");
  add_world_options(*command, arguments->world);
  command->callback([arguments, &exit_code] {
    exit_code = exit_ok;
    if (arguments->markdown) {
      const std::string page =
          rules_page(arguments->coverage, arguments->world, campaigns_of(arguments->counts));
      std::fputs(page.c_str(), stdout);
    } else if (!arguments->coverage.empty()) {
      exit_code = print_coverage(*arguments);
    } else if (arguments->json) {
      print_rules_json();
    } else {
      print_rules();
    }
  });
}

void add_ports(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("ports", "The stacks that this machine can run");
  command->footer("Example: lockstep ports");
  command->callback([&exit_code] {
    for (const campaign::PortRow& row : campaign::port_rows()) {
      const std::string reason = row.unavailable();
      std::printf("%-12s %s%s%s\n", text(row.name).c_str(), text(row.sentence).c_str(),
                  reason.empty() ? "" : " Not here: ", reason.c_str());
    }
    exit_code = exit_ok;
  });
}

void add_lies(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("lies", "The names of the lying ports, one a line");
  command->footer("Example: lockstep fuzz --lie $(lockstep lies | head -1)");
  auto verbose = std::make_shared<bool>(false);
  command->add_flag("--verbose", *verbose, "With what each does wrong");
  command->callback([verbose, &exit_code] {
    for (const LieRow& row : lies()) {
      std::printf(*verbose ? "%-24s %s\n" : "%s\n", text(row.name).c_str(),
                  text(row.sentence).c_str());
    }
    exit_code = exit_ok;
  });
}

}  // namespace lockstep::cli
