// What a model checker asks of two hosts with a connection between them.
#include <benchmark/benchmark.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::Connected;

// Copied over a world whose storage is there already, as a checker does.
void world_copy(benchmark::State& state) {
  const Connected world;
  Kernel a;
  Kernel b;
  for (auto _ : state) {
    a = world.a;
    b = world.b;
    benchmark::DoNotOptimize(&a);
    benchmark::DoNotOptimize(&b);
  }
}
BENCHMARK(world_copy);

void world_hash(benchmark::State& state) {
  const Connected world;
  for (auto _ : state) {
    benchmark::DoNotOptimize(world.a.stable_hash());
    benchmark::DoNotOptimize(world.b.stable_hash());
  }
}
BENCHMARK(world_hash);

}  // namespace
}  // namespace lockstep
