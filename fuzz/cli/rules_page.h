// docs/rules.md: every rule with its source, the scenarios that show it and how often campaigns
// applied it. Generated, so that it cannot drift from the registry; the check compares.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "fuzz/cli/command.h"

namespace lockstep::cli {

// The counts that `lockstep fuzz --report` kept of one campaign.
struct CampaignCounts {
  std::string name;  // Its port.
  std::filesystem::path file;
};

// Markdown. Runs every scenario below `scenarios` on the chosen port. Throws UsageError for a file
// that is not what it should be.
std::string rules_page(const std::vector<std::string>& scenarios, const WorldOptions& world,
                       const std::vector<CampaignCounts>& campaigns);

}  // namespace lockstep::cli
