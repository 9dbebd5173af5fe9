#include <utility>
#include <vector>

#include "oracle/shrink/dependency_graph.h"
#include "oracle/shrink/names.h"
#include "oracle/shrink/passes.h"
#include "oracle/shrink/step_order.h"

namespace lockstep::shrink {
namespace {

// Swaps neighbours that stand against the wish, from `begin` on. True when one swap was accepted.
bool swap_neighbours(Search& search) {
  bool swapped = false;
  for (std::size_t i = 0; i + 1 < search.current().steps.size() && !search.exhausted(); ++i) {
    const std::vector<std::uint64_t> wished = wished_order(search.current());
    if (wished[i + 1] > wished[i]) continue;
    if (DependencyGraph(search.current()).depends(i + 1, i)) continue;
    Scenario candidate = search.current();
    std::swap(candidate.steps[i], candidate.steps[i + 1]);
    swapped |= search.attempt(candidate);
  }
  return swapped;
}

// A step that no neighbour lets pass may still be free to go far ahead.
bool move_ahead(Search& search) {
  const std::size_t steps = search.current().steps.size();
  for (std::size_t from = 1; from < steps; ++from) {
    for (std::size_t to = 0; to + 1 < from && !search.exhausted(); ++to) {
      const std::vector<std::uint64_t> wished = wished_order(search.current());
      if (wished[from] > wished[to]) continue;
      Scenario candidate = search.current();
      const auto begin = candidate.steps.begin();
      std::rotate(begin + static_cast<std::ptrdiff_t>(to),
                  begin + static_cast<std::ptrdiff_t>(from),
                  begin + static_cast<std::ptrdiff_t>(from) + 1);
      if (search.attempt(candidate)) return true;
    }
  }
  return false;
}

}  // namespace

void order_steps(Search& search) {
  do {
    while (swap_neighbours(search)) {
    }
  } while (!search.exhausted() && move_ahead(search));
}

void name_canonically(Search& search) {
  search.rename(with_hosts_in_order(search.current()));
  search.rename(with_canonical_addresses(search.current()));
  search.rename(with_sockets_named_by_role(search.current()));
  if (!search.rename(with_canonical_ports(search.current()))) {
    search.rename(with_canonical_ports(search.current(), HostConfig().ephemeral_first));
  }
}

}  // namespace lockstep::shrink
