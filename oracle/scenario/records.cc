#include "oracle/scenario/records.h"

#include <array>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/generate_action.h"
#include "oracle/scenario/generate_hosts.h"
#include "oracle/scenario/needed_feature.h"
#include "oracle/scenario/plans.h"

namespace lockstep::scenario {

std::vector<HostLine> decode_hosts(std::span<const std::byte> bytes, FeatureSet features) {
  ByteChoices choices(bytes.first(std::min(bytes.size(), header_size)));
  return generate_hosts(choices, features);
}

Action decode_record(std::span<const std::byte, record_size> record, const Situation& situation) {
  ByteChoices operands(record.subspan<1>());
  const auto family = static_cast<Family>(static_cast<std::size_t>(record[0]) % family_count);
  Action action = generate_action(operands, family, situation);
  if (!is_possible(action, situation)) action = step::Settle{};
  return action;
}

std::optional<Step> RecordReader::next(const Situation& situation) {
  Step step;
  step.label = situation.next_label;
  while (true) {
    if (std::optional<Action> planned = plan_.next(situation)) {
      step.action = std::move(*planned);
      return step;
    }
    if (rest_.empty()) return std::nullopt;
    std::array<std::byte, record_size> record{};
    const std::size_t size = std::min(rest_.size(), record_size);
    std::ranges::copy(rest_.first(size), record.begin());
    rest_ = rest_.subspan(size);
    if (!plays_ || static_cast<std::uint8_t>(record[0]) < first_play) {
      step.action = decode_record(record, situation);
      return step;
    }
    const std::span<const std::byte> bytes = record;
    ByteChoices operands(bytes.subspan(1));
    plan_.clear();
    PlanWriter writer(plan_, operands, situation);
    write_any_plan(writer);
  }
}

}  // namespace lockstep::scenario
