// How many transitions of the real stack under the oracle the search makes a second.
#include <benchmark/benchmark.h>

#include "properties/models/test_model.h"

namespace lockstep::models {
namespace {

// Either side closes at any moment, three writes each way: some 38,000 states.
void checker_close_race(benchmark::State& state) {
  checker::Options options;
  options.threads = static_cast<unsigned>(state.range(0));
  const Program program = testing::program_of("close_race", {{"writes", 3}});
  double transitions = 0;
  Exploration report;
  for (auto _ : state) {
    report = *explore(program, testing::honest(), options);
    transitions += static_cast<double>(report.coverage.transitions);
  }
  state.counters["transitions/s"] = benchmark::Counter(transitions, benchmark::Counter::kIsRate);
  state.counters["states"] = static_cast<double>(report.coverage.states);
}
BENCHMARK(checker_close_race)->Arg(1)->Arg(2)->UseRealTime()->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace lockstep::models
