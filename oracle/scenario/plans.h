// The scripted impulses: short plays that drive connections into states which single steps rarely
// reach together. Internal to oracle/scenario.
#pragma once

#include <span>
#include <string_view>

#include "oracle/scenario/plan_writer.h"

namespace lockstep::scenario {

struct PlanRow {
  std::string_view name;
  std::uint32_t weight;
  void (*write)(PlanWriter&);
};

// By topic, each in a file of its own; the simplest first.
std::span<const PlanRow> opening_plans();
std::span<const PlanRow> closing_plans();
std::span<const PlanRow> loss_plans();
std::span<const PlanRow> socket_plans();
// AF_UNIX: for ports with Feature::local_sockets.
std::span<const PlanRow> local_plans();

// Draws a play by weight from `rows` and writes it. Requires: rows is not empty.
void write_plan(std::span<const PlanRow> rows, PlanWriter& writer);
// The same from all plays.
void write_any_plan(PlanWriter& writer);

}  // namespace lockstep::scenario
