// What it costs to read, print and generate scenarios.
#include <benchmark/benchmark.h>

#include <string>

#include "oracle/scenario/generator.h"
#include "oracle/scenario/text.h"
#include "oracle/scenario/toy_world.h"

namespace lockstep::scenario {
namespace {

constexpr int steps_per_scenario = 60;
constexpr FeatureSet features{Feature::ipv6, Feature::icmp, Feature::reboot, Feature::linger};

Scenario generate(std::uint64_t seed) {
  RandomChoices choices(seed);
  Generator generator(choices, features);
  ToyWorld world(generator.hosts(), features);
  Scenario scenario;
  scenario.hosts = generator.hosts();
  for (int i = 0; i < steps_per_scenario; ++i) {
    scenario.steps.push_back(generator.next(world.situation()));
    world.apply(scenario.steps.back());
  }
  return scenario;
}

void generate_scenario(benchmark::State& state) {
  std::uint64_t seed = 0;
  for (auto _ : state) benchmark::DoNotOptimize(generate(++seed));
  state.SetItemsProcessed(state.iterations() * steps_per_scenario);
}
BENCHMARK(generate_scenario);

void parse_scenario(benchmark::State& state) {
  const std::string text = print(generate(1));
  for (auto _ : state) benchmark::DoNotOptimize(parse(text, "bench.scn"));
  state.SetItemsProcessed(state.iterations() * steps_per_scenario);
}
BENCHMARK(parse_scenario);

void print_scenario(benchmark::State& state) {
  const Scenario scenario = generate(1);
  for (auto _ : state) benchmark::DoNotOptimize(print(scenario));
  state.SetItemsProcessed(state.iterations() * steps_per_scenario);
}
BENCHMARK(print_scenario);

}  // namespace
}  // namespace lockstep::scenario
