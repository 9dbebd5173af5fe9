#include "properties/models/explore.h"

#include <algorithm>

#include "properties/checker/check.h"
#include "properties/checker/drawing.h"
#include "properties/models/counterexample.h"

namespace lockstep::models {

absl::StatusOr<Exploration> explore(const Program& program, const Setting& setting,
                                    const checker::Options& options) {
  Setting as_asked = setting;
  as_asked.exact = options.exact;
  absl::StatusOr<StackModel> model = StackModel::make(program, as_asked);
  if (!model.ok()) return model.status();
  absl::StatusOr<checker::Result<StackModel>> result = checker::check(*model, options);
  if (!result.ok()) return result.status();
  Exploration report{result->outcome, result->bound, result->coverage, result->properties, 0, {}};
  const std::vector<std::uint64_t> applied = model->applied();
  report.rules_applied = static_cast<std::size_t>(
      std::ranges::count_if(applied, [](std::uint64_t times) { return times > 0; }));
  if (result->counterexample) {
    const auto& found = *result->counterexample;
    report.found = FoundRun{model->properties()[found.property].name, found.steps.size(),
                            checker::show(*model, found), scenario_of(*model, found),
                            found.cycle_at.has_value()};
  }
  return report;
}

absl::StatusOr<std::string> draw(const Program& program, const Setting& setting, Picture picture,
                                 std::size_t states_max) {
  absl::StatusOr<StackModel> model = StackModel::make(program, setting);
  if (!model.ok()) return model.status();
  absl::StatusOr<checker::Drawing> drawing = checker::draw(*model, states_max);
  if (!drawing.ok()) return drawing.status();
  return picture == Picture::dot ? checker::to_dot(*drawing) : checker::to_svg(*drawing);
}

}  // namespace lockstep::models
