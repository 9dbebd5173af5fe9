// Executions of the conformance target a second, on inputs of about 32 steps that have an effect.
// In the asan preset the same figure holds for the sanitized stack and oracle.
#include <cstdint>
#include <vector>

#include "benchmark/benchmark.h"
#include "fuzz/campaign/conformance_world.h"
#include "fuzz/campaign/ports.h"
#include "oracle/scenario/choices.h"
#include "oracle/scenario/records.h"

namespace lockstep::campaign {
namespace {

constexpr std::size_t input_count = 128;
constexpr std::uint32_t effective_wanted = 32;
constexpr std::size_t records_max = 128;

// Random records, cut after the one with which the wanted number of effective steps is reached.
std::vector<std::byte> make_input(judge::Runner& runner, scenario::Choices& choices) {
  std::vector<std::byte> bytes(scenario::header_size);
  for (std::size_t record = 0; record < records_max; ++record) {
    for (std::size_t i = 0; i < scenario::record_size; ++i) {
      bytes.push_back(static_cast<std::byte>(choices.below(256)));
    }
  }
  Record record(runner);
  record.start(scenario::decode_hosts(bytes, runner.features()));
  scenario::RecordReader reader(bytes);
  std::uint32_t effective = 0;
  while (effective < effective_wanted && !runner.stopped()) {
    const std::optional<scenario::Step> step = reader.next(runner.situation());
    if (!step) break;
    if (record.apply(*step) == judge::Effect::some) ++effective;
  }
  // A play takes several steps from one record: count records by what the reader left unread.
  bytes.resize(bytes.size() - reader.unread());
  return bytes;
}

void conformance_target(benchmark::State& state) {
  judge::Runner runner(make_factory({}, {}).value(), oracle::linux_dialect());
  scenario::RandomChoices choices(1);
  std::vector<std::vector<std::byte>> inputs;
  for (std::size_t i = 0; i < input_count; ++i) inputs.push_back(make_input(runner, choices));
  ConformanceWorld world(TargetOptions{}, make_factory({}, {}).value());
  std::size_t next = 0;
  for (auto _ : state) {
    world.run(inputs[next]);
    next = (next + 1) % inputs.size();
  }
  state.SetItemsProcessed(state.iterations());
}
BENCHMARK(conformance_target);

}  // namespace
}  // namespace lockstep::campaign
