#include "fuzz/campaign/generated.h"

#include "oracle/scenario/choices.h"
#include "oracle/scenario/generator.h"
#include "stack/api/hash.h"

namespace lockstep::campaign {
namespace {

// 10 to 200, half of them at most 50.
std::uint32_t draw_length(scenario::Choices& choices) {
  return choices.below(2) == 0 ? choices.between(10, 50) : choices.between(30, 200);
}

}  // namespace

GeneratedRun run_generated(Record& record, judge::Runner& runner, std::uint64_t seed,
                           std::uint64_t number,
                           const std::function<void(const scenario::Step&)>& before) {
  scenario::RandomChoices choices(hash_mix(seed, number));
  const FeatureSet features = runner.features();
  scenario::Generator generator(choices, features);
  record.start(generator.hosts());
  runner.set_byte_path(number % byte_path_every == byte_path_every - 1);
  const bool patient = number % patient_every == patient_every / 2;
  runner.set_patience(patient ? judge::Patience() : judge::hurried);
  const std::uint32_t length = draw_length(choices);
  GeneratedRun run;
  const auto apply = [&](const scenario::Step& step) {
    if (before) before(step);
    ++run.steps;
    if (record.apply(step) == judge::Effect::some) ++run.effective;
  };
  while (run.steps + 1 < length && !runner.stopped()) apply(generator.next(runner.situation()));
  if (!runner.stopped()) {
    scenario::Step last;
    last.action = scenario::step::Settle{};
    apply(last);
  }
  runner.set_byte_path(false);
  runner.set_patience({});
  return run;
}

}  // namespace lockstep::campaign
