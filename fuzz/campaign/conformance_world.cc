#include "fuzz/campaign/conformance_world.h"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "oracle/judge/run.h"
#include "oracle/scenario/records.h"
#include "oracle/scenario/text.h"

namespace lockstep::campaign {
namespace {

constexpr std::uint32_t steps_max = 256;

[[noreturn]] void refuse(const std::string& message) {
  std::fprintf(stderr, "%s\n", message.c_str());
  std::exit(254);
}

bool take(std::string_view argument, std::string_view name, std::string& value) {
  if (!argument.starts_with(name)) return false;
  value = argument.substr(name.size());
  return true;
}

}  // namespace

TargetOptions parse_target_options(int argc, char** argv) {
  TargetOptions options;
  for (int i = 1; i < argc; ++i) {
    const std::string_view argument = argv[i];
    std::string feedback;
    std::string plays;
    if (take(argument, "--lockstep_port=", options.choice.port) ||
        take(argument, "--lockstep_lie=", options.choice.lie) ||
        take(argument, "--lockstep_dialect=", options.dialect) ||
        take(argument, "--lockstep_raw=", options.raw)) {
      continue;
    }
    if (take(argument, "--lockstep_feedback=", feedback)) options.feedback = feedback != "0";
    if (take(argument, "--lockstep_plays=", plays)) options.plays = plays != "0";
  }
  if (oracle::find_dialect(options.dialect) == nullptr) {
    refuse("unknown dialect '" + options.dialect + "'");
  }
  return options;
}

judge::PortFactory target_factory(const TargetOptions& options) {
  absl::StatusOr<judge::PortFactory> factory = make_factory(options.choice, {});
  if (!factory.ok()) {
    const absl::string_view message = factory.status().message();
    refuse(std::string(message.data(), message.size()));
  }
  return *std::move(factory);
}

ConformanceWorld::ConformanceWorld(const TargetOptions& options, judge::PortFactory factory)
    : options_(options),
      runner_(std::move(factory), *oracle::find_dialect(options.dialect)),
      record_(runner_) {
  if (!options.raw.empty()) reporter_ = std::make_unique<Reporter>(options.raw);
}

void ConformanceWorld::run(std::span<const std::byte> bytes) {
  applied_before_ = runner_.oracle().judgement().applied();
  visited_before_ = runner_.oracle().judgement().visited();
  record_.start(scenario::decode_hosts(bytes, runner_.features()));
  scenario::RecordReader reader(bytes, options_.plays);
  std::uint32_t steps = 0;
  std::uint32_t effective = 0;
  while (!runner_.stopped() && steps < steps_max) {
    const std::optional<scenario::Step> step = reader.next(runner_.situation());
    if (!step) break;
    ++steps;
    if (record_.apply(*step) == judge::Effect::some) ++effective;
  }
  if (!runner_.stopped()) {
    scenario::Step last;
    last.action = scenario::step::Settle{};
    record_.apply(last);
  }
  if (reporter_ != nullptr) {
    reporter_->scenario_ended(record_, steps, effective);
    reporter_->report_sometimes(runner_);
    return;
  }
  switch (runner_.verdict().outcome) {
    case judge::Outcome::allowed:
    case judge::Outcome::unsupported:
    case judge::Outcome::inconclusive:
      return;
    case judge::Outcome::violation:
    case judge::Outcome::unsettled:
    case judge::Outcome::expectation_failed:
      if (options_.only.empty() || options_.only == runner_.verdict().cause()) explain_and_abort();
  }
}

void ConformanceWorld::add_coverage(std::span<std::uint8_t> counters) {
  const std::vector<std::uint32_t>& applied = runner_.oracle().judgement().applied();
  const std::vector<std::uint8_t>& visited = runner_.oracle().judgement().visited();
  std::size_t at = 0;
  for (std::size_t i = 0; i < applied.size() && at < counters.size(); ++i, ++at) {
    const std::uint32_t times = applied[i] - applied_before_[i];
    counters[at] = static_cast<std::uint8_t>(std::min<std::uint32_t>(times, 255));
  }
  for (std::size_t i = 0; i < visited.size() && at < counters.size(); ++i, ++at) {
    counters[at] = static_cast<std::uint8_t>(visited[i] - visited_before_[i]);
  }
}

// libFuzzer gives every abort() the same token; ours names the rule.
void ConformanceWorld::explain_and_abort() {
  std::fprintf(stderr, "%s\nDEDUP_TOKEN: %s\n%s", judge::explain(runner_.verdict()).c_str(),
               std::string(runner_.verdict().cause()).c_str(),
               scenario::print(record_.scenario()).c_str());
  std::abort();
}

}  // namespace lockstep::campaign
