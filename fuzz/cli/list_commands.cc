// lockstep rules, ports, lies: what there is.
#include <cstdio>
#include <memory>

#include "fuzz/campaign/ports.h"
#include "fuzz/cli/command.h"
#include "nlohmann/json.hpp"
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
  std::printf("\nwithout meaning where every call returns at once:\n");
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

}  // namespace

void add_rules(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("rules", "The rules that the oracle judges by");
  command->footer("Example: lockstep rules --json");
  auto json = std::make_shared<bool>(false);
  command->add_flag("--json", *json, "As JSON");
  command->callback([json, &exit_code] {
    if (*json) {
      print_rules_json();
    } else {
      print_rules();
    }
    exit_code = exit_ok;
  });
}

void add_ports(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("ports", "The stacks that this machine can run");
  command->footer("Example: lockstep ports");
  command->callback([&exit_code] {
    for (const campaign::PortRow& row : campaign::port_rows()) {
      std::printf("%-12s %s%s%s\n", row.name.c_str(), row.sentence.c_str(),
                  row.unavailable.empty() ? "" : " Not here: ", row.unavailable.c_str());
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
