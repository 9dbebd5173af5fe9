// The rate at which stack and oracle walk in lockstep: generated scenarios, made beforehand, are
// replayed without a trace. An item is a step that had an effect.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "fuzz/campaign/generated.h"
#include "fuzz/campaign/ports.h"
#include "oracle/judge/run.h"

namespace lockstep::campaign {
namespace {

constexpr std::uint64_t scenario_count = 256;

std::vector<scenario::Scenario> generate(judge::Runner& runner) {
  Record record(runner);
  std::vector<scenario::Scenario> scenarios;
  for (std::uint64_t number = 0; number < scenario_count; ++number) {
    run_generated(record, runner, 1, number, {});
    scenarios.push_back(record.scenario());
  }
  return scenarios;
}

void lockstep_steps(benchmark::State& state) {
  judge::Runner runner(make_factory({}, {}).value(), oracle::linux_dialect());
  const std::vector<scenario::Scenario> scenarios = generate(runner);
  std::size_t next = 0;
  std::int64_t effective = 0;
  std::int64_t steps = 0;
  for (auto _ : state) {
    const judge::RunResult result = judge::run(runner, scenarios[next]);
    benchmark::DoNotOptimize(result.verdict.outcome);
    effective += result.effective;
    steps += result.steps;
    next = (next + 1) % scenarios.size();
  }
  state.SetItemsProcessed(effective);
  state.counters["steps_per_scenario"] =
      static_cast<double>(steps) / static_cast<double>(state.iterations());
}
BENCHMARK(lockstep_steps);

}  // namespace
}  // namespace lockstep::campaign
