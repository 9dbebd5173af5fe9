// What a packet's way through the flight costs, with others in flight.
#include <benchmark/benchmark.h>

#include "stack/wire/flight.h"
#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

void AddAndTakeInOrder(benchmark::State& state) {
  sample::Random random(1);
  const Packet packet = sample::random_packet(random);
  Flight flight;
  for (std::int64_t i = 0; i < state.range(0); ++i) flight.add(packet, 0, 1, 1, 0);
  for (auto _ : state) {
    flight.add(packet, 0, 1, 1, 0);
    benchmark::DoNotOptimize(flight.take(flight.in_flight().front().serial));
  }
}
BENCHMARK(AddAndTakeInOrder)->Arg(0)->Arg(10)->Arg(1000);

}  // namespace
}  // namespace lockstep
