#include "oracle/scenario/generator.h"

#include "oracle/scenario/plans.h"

namespace lockstep::scenario {

Generator::Generator(Choices& choices, FeatureSet features)
    : choices_(choices),
      hosts_(generate_hosts(choices, features)),
      weights_(draw_weights(choices)) {}

Step Generator::next(const Situation& situation) {
  if (plan_.empty()) maybe_begin_plan(situation);
  // Now and then a step of its own comes between those of a plan.
  constexpr std::uint32_t disturb_every = 12;
  if (!plan_.empty() && !choices_.one_in(disturb_every)) {
    if (std::optional<Action> action = plan_.next(situation)) {
      Step step;
      step.label = situation.next_label;
      step.action = std::move(*action);
      return step;
    }
  }
  return generate_step(choices_, weights_, situation);
}

// A scenario mostly begins with a play about connections; later plays are an impulse.
void Generator::maybe_begin_plan(const Situation& situation) {
  const bool at_start = at_start_;
  at_start_ = false;
  if (at_start ? choices_.one_in(6)
               : weights_.plan_every == 0 || !choices_.one_in(weights_.plan_every)) {
    return;
  }
  plan_.clear();
  PlanWriter writer(plan_, choices_, situation);
  if (situation.features.front().has(Feature::local_sockets) && choices_.one_in(5)) {
    return write_plan(local_plans(), writer);
  }
  if (at_start && !choices_.one_in(4)) {
    write_plan(opening_plans(), writer);
  } else {
    write_any_plan(writer);
  }
}

}  // namespace lockstep::scenario
