// For tests: models of the catalogue on the simulated stack, or on one that lies.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "properties/models/explore.h"
#include "stack/ports/in_process.h"
#include "stack/ports/lies/lie.h"

namespace lockstep::models::testing {

using BoundValues = std::vector<std::pair<std::string_view, std::uint8_t>>;

inline Setting honest() {
  return {[](scenario::HostIndex) { return make_in_process_port(); }, &oracle::linux_dialect()};
}

inline Setting lying(std::string lie) {
  return {[lie](scenario::HostIndex) { return make_lying_port(lie, make_in_process_port()); },
          &oracle::linux_dialect()};
}

inline Program program_of(std::string_view name, const BoundValues& values = {}) {
  const ModelRow* row = find_model(name);
  Bounds bounds = row->bounds();
  for (const auto& [bound, value] : values) LOCKSTEP_CHECK(bounds.set(bound, value));
  return compile(row->make(bounds));
}

inline Exploration explored(std::string_view name, const BoundValues& values = {},
                            const Setting& setting = honest(),
                            const checker::Options& options = {}) {
  return *explore(program_of(name, values), setting, options);
}

}  // namespace lockstep::models::testing
