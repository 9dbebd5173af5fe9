#include "oracle/shrink/shrink.h"

#include "oracle/shrink/edit.h"
#include "oracle/shrink/names.h"
#include "oracle/shrink/passes.h"
#include "oracle/shrink/search.h"

namespace lockstep::shrink {
namespace {

constexpr int rounds_max = 32;

// Without what is surely not needed: comments, expectations that did not fail, packets named by
// how they fly.
Scenario prepared(const Scenario& failing, const Replayer& replayer, const Replayed& original) {
  Scenario start = failing;
  start.comments.clear();
  if (original.applied != 0 && original.applied < start.steps.size()) {
    start.steps.resize(original.applied);
  }
  for (scenario::Step& step : start.steps) step.line = 0;
  if (replayer.packets_by_cause) start = replayer.packets_by_cause(start);
  const Scenario plain = without_expectations(start);
  return plain != start && replayer.replay(plain).fails_like(original) ? plain : start;
}

void one_round(Search& search) {
  remove_steps(search);
  simplify_network(search);
  simplify_sockets(search);
  join_calls(search);
  simplify_values(search);
  order_steps(search);
  name_canonically(search);
}

// Within the rounds `local(l)` stays, so that a bind can be removed. At the end addresses are
// written out for the reader, which may in turn free a socket that was only named for its address.
bool write_addresses_out(Search& search) {
  search.rename(with_canonical_ports(with_addresses_written_out(search.current())));
  const std::size_t steps = search.current().steps.size();
  remove_steps(search);
  return search.current().steps.size() != steps;
}

// True when another round would change nothing.
bool run_rounds(Search& search) {
  for (int round = 0; round < rounds_max && !search.exhausted(); ++round) {
    const Scenario before = search.current();
    one_round(search);
    if (search.current() == before) remove_pairs(search);
    if (search.current() == before) try_templates(search);
    if (search.current() == before) take_detours(search);
    if (search.current() == before && !write_addresses_out(search)) return true;
  }
  return false;
}

}  // namespace

ShrinkResult shrink(const Scenario& failing, const Replayer& replayer, ShrinkLimits limits) {
  ShrinkResult result;
  result.scenario = failing;
  const Replayed original = replayer.replay(failing);
  ++result.replays;
  if (!original.fails()) return result;
  Search search(prepared(failing, replayer, original), replayer, std::move(limits));
  result.cause = original.cause;
  if (!search.failure().fails_like(original)) return result;

  const bool settled = run_rounds(search);
  result.scenario = search.current();
  result.replays += search.replays();
  result.complete = settled && !search.exhausted();
  return result;
}

ShrinkResult shrink(const Scenario& failing, const Replay& replay, ShrinkLimits limits) {
  return shrink(failing, Replayer{replay, {}, {}}, std::move(limits));
}

ShrinkResult shrink(const Scenario& failing, judge::Runner& runner, ShrinkLimits limits) {
  return shrink(failing, over_runner(runner), limits);
}

}  // namespace lockstep::shrink
