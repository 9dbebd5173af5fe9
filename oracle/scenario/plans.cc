#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

std::uint32_t total_weight(std::span<const PlanRow> rows) {
  std::uint32_t total = 0;
  for (const PlanRow& row : rows) total += row.weight;
  return total;
}

}  // namespace

void write_plan(std::span<const PlanRow> rows, PlanWriter& writer) {
  std::uint32_t drawn = writer.choices().below(total_weight(rows));
  for (const PlanRow& row : rows) {
    if (drawn < row.weight) return row.write(writer);
    drawn -= row.weight;
  }
}

void write_any_plan(PlanWriter& writer) {
  constexpr std::array topics{opening_plans, closing_plans, loss_plans,
                              closing_plans, loss_plans,    socket_plans};
  write_plan(writer.choices().of(topics)(), writer);
}

}  // namespace lockstep::scenario
