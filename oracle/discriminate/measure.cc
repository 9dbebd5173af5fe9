#include "oracle/discriminate/measure.h"

namespace lockstep::discriminate {

void Measure::add(const std::string& name, const judge::Recording& recording, std::uint32_t draws,
                  scenario::Choices& choices) {
  std::vector<const judge::Observation*> all;
  for (const judge::Observation& seen : recording.observations) all.push_back(&seen);
  if (show(oracle_, recording, all).answer != Answer::accepted) {
    leave_out();
    return;
  }
  ++figures_.traces;
  const Places places = find_places(recording);
  for (std::uint32_t draw = 0; draw < draws; ++draw) {
    const auto kind = static_cast<Kind>(choices.below(kind_count));
    const std::vector<Place>& where = places.of(kind);
    if (where.empty()) continue;
    const Place& place = where[choices.below(static_cast<std::uint32_t>(where.size()))];
    judge_change(name, recording, make_change(recording, places, place, choices));
  }
}

void Measure::judge_change(const std::string& name, const judge::Recording& recording,
                           const Change& change) {
  const Kind kind = kind_of(change.place.way);
  const Judged judged = show(oracle_, recording, change.shown);
  KindFigures& figures = figures_.of_kind[static_cast<std::size_t>(kind)];
  SurvivorClass& alike =
      figures_.classes[{kind, std::string(way_name(change.place.way)) + ": " + change.subject}];
  ++figures.changes;
  ++alike.changes;
  switch (judged.answer) {
    case Answer::rejected:
      ++figures.rejected;
      ++figures.by_rule[std::string(oracle::rule_row(judged.rule).name)];
      return;
    case Answer::unsettled:
      ++figures.rejected;
      ++figures.unsettled;
      return;
    case Answer::inconclusive:
      ++figures.inconclusive;
      return;
    case Answer::accepted:
      break;
  }
  ++alike.count;
  if (alike.examples.size() < examples_) {
    alike.examples.push_back(
        {name, recording.observations[change.place.at].step, change.before, change.after});
  }
}

}  // namespace lockstep::discriminate
