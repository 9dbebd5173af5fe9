#include "oracle/scenario/weights.h"

namespace lockstep::scenario {
namespace {

constexpr std::uint16_t usual_plan_every = 10;

// Without these nothing happens in a scenario.
bool is_needed(Family family) {
  return family <= Family::receive || family == Family::send_datagram;
}

}  // namespace

std::string_view family_name(Family family) {
  switch (family) {
#define LOCKSTEP_FAMILY_NAME(id, weight) \
  case Family::id:                       \
    return #id;
    LOCKSTEP_FAMILY_LIST(LOCKSTEP_FAMILY_NAME)
#undef LOCKSTEP_FAMILY_NAME
  }
  return "?";
}

const Weights& usual_weights() {
#define LOCKSTEP_FAMILY_WEIGHT(id, weight) weight,
  static constexpr Weights usual{{LOCKSTEP_FAMILY_LIST(LOCKSTEP_FAMILY_WEIGHT)}, usual_plan_every};
#undef LOCKSTEP_FAMILY_WEIGHT
  return usual;
}

Weights draw_weights(Choices& choices) {
  Weights weights = usual_weights();
  for (std::size_t i = 0; i < family_count; ++i) {
    const std::uint32_t drawn = choices.below(8);
    std::uint16_t& weight = weights.families[i];
    if (drawn >= 6) weight = static_cast<std::uint16_t>(weight * 3);
    if (drawn >= 3 && drawn < 6 && !is_needed(static_cast<Family>(i))) weight = 0;
  }
  constexpr std::array<std::uint16_t, 5> plan_rates{10, 6, 4, 20, 0};
  weights.plan_every = choices.of(plan_rates);
  return weights;
}

}  // namespace lockstep::scenario
