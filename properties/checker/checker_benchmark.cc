// How many distinct states a second the search covers, on the sliding-window protocol without
// reductions: 7 million states of 18 bytes.
#include <benchmark/benchmark.h>

#include "properties/checker/check.h"
#include "properties/checker/models/sliding_window.h"

namespace lockstep::checker {
namespace {

constexpr SlidingWindow large{4, 8, 16, 5};

void checker_sliding_window(benchmark::State& state) {
  Options options;
  options.threads = static_cast<unsigned>(state.range(0));
  options.symmetry = false;
  options.sleep_sets = false;
  double states = 0;
  Coverage coverage;
  for (auto _ : state) {
    const auto result = check(large, options);
    coverage = result->coverage;
    states += static_cast<double>(coverage.states);
  }
  state.counters["states/s"] = benchmark::Counter(states, benchmark::Counter::kIsRate);
  state.counters["states"] = static_cast<double>(coverage.states);
  state.counters["transitions"] = static_cast<double>(coverage.transitions);
  state.counters["bytes/state"] =
      static_cast<double>(coverage.memory_bytes) / static_cast<double>(coverage.states);
}
BENCHMARK(checker_sliding_window)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep::checker
