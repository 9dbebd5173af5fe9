#include <algorithm>
#include <utility>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/dependency_graph.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

namespace step = scenario::step;

// Beyond this many steps, pairs are too many to try.
constexpr std::size_t steps_for_pairs_max = 20;

std::size_t count(const StepSet& steps) {
  return static_cast<std::size_t>(std::ranges::count(steps, true));
}

StepSet steps_of_host(const Scenario& scenario, scenario::HostIndex host) {
  StepSet steps(scenario.steps.size(), false);
  for (std::size_t i = 0; i < steps.size(); ++i) {
    visit_hosts(scenario.steps[i].action, [&](scenario::HostIndex used) {
      if (used == host) steps[i] = true;
    });
  }
  return steps;
}

// The sets of steps that belong together, the largest first.
std::vector<StepSet> natural_sets(const Scenario& scenario) {
  const DependencyGraph graph(scenario);
  std::vector<StepSet> sets;
  for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
    sets.push_back(
        graph.with_dependents(steps_of_host(scenario, static_cast<scenario::HostIndex>(host))));
  }
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const auto* call = std::get_if<step::Call>(&scenario.steps[i].action);
    if (call != nullptr && !call->result.none()) sets.push_back(graph.with_dependents(i));
  }
  std::erase_if(sets, [](const StepSet& set) { return count(set) < 2; });
  std::ranges::sort(sets, [](const StepSet& a, const StepSet& b) {
    return std::pair(count(b), a) < std::pair(count(a), b);
  });
  return sets;
}

// Sets are computed anew after each success, since the steps have moved.
void remove_natural_sets(Search& search) {
  bool removed = true;
  while (removed && !search.exhausted()) {
    removed = false;
    for (const StepSet& set : natural_sets(search.current())) {
      if (count(set) == set.size() || !search.attempt_without(set)) continue;
      removed = true;
      break;
    }
  }
}

// Chunks of `size` neighbours with their dependents, from the last to the first.
void remove_chunks(Search& search, std::size_t size) {
  std::size_t end = search.current().steps.size();
  while (end > 0 && !search.exhausted()) {
    const std::size_t begin = end > size ? end - size : 0;
    StepSet chunk(search.current().steps.size(), false);
    std::fill(chunk.begin() + static_cast<std::ptrdiff_t>(begin),
              chunk.begin() + static_cast<std::ptrdiff_t>(end), true);
    const DependencyGraph graph(search.current());
    if (!search.attempt_without(graph.with_dependents(chunk))) search.attempt_without(chunk);
    end = std::min(begin, search.current().steps.size());
  }
}

void remove_unused_hosts(Search& search) {
  for (std::size_t host = search.current().hosts.size(); host-- > 0;) {
    const Scenario& current = search.current();
    if (current.hosts.size() == 1) return;
    const auto index = static_cast<scenario::HostIndex>(host);
    if (count(steps_of_host(current, index)) != 0) continue;
    Scenario candidate = current;
    candidate.hosts.erase(candidate.hosts.begin() + static_cast<std::ptrdiff_t>(host));
    for (scenario::Step& step : candidate.steps) {
      visit_hosts(step.action, [&](scenario::HostIndex& used) {
        if (used > index) --used;
      });
    }
    search.attempt(candidate);
  }
}

bool remove_one_pair(Search& search) {
  const std::size_t steps = search.current().steps.size();
  for (std::size_t j = steps; j-- > 1;) {
    for (std::size_t i = j; i-- > 0;) {
      StepSet pair(steps, false);
      pair[i] = pair[j] = true;
      if (search.attempt_without(pair)) return true;
    }
  }
  return false;
}

}  // namespace

void remove_tail_and_idle(Search& search) {
  const Replayed known = search.replayed();
  StepSet removed(search.current().steps.size(), false);
  for (std::size_t i = 0; i < removed.size(); ++i) {
    removed[i] =
        (known.applied != 0 && i >= known.applied) || (i < known.idle.size() && known.idle[i]);
  }
  if (count(removed) != 0) search.attempt_without(removed);
}

void remove_steps(Search& search) {
  remove_tail_and_idle(search);
  remove_natural_sets(search);
  for (std::size_t size = search.current().steps.size() / 2; size > 1; size /= 2) {
    remove_chunks(search, size);
  }
  remove_chunks(search, 1);
  remove_tail_and_idle(search);
  remove_unused_hosts(search);
}

void remove_what_was_freed(Search& search) {
  remove_tail_and_idle(search);
  remove_chunks(search, 1);
}

void remove_pairs(Search& search) {
  if (search.current().steps.size() > steps_for_pairs_max) return;
  while (!search.exhausted() && remove_one_pair(search)) {
  }
}

}  // namespace lockstep::shrink
