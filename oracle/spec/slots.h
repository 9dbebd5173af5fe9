// Copying of lists whose entries past the end in use are kept for their capacity.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace lockstep::oracle {

// Makes the first `used` entries of `to` those of `from`; the others stay as they are.
// Requires: used <= from.size().
template <typename T>
void copy_used(std::vector<T>& to, const std::vector<T>& from, std::size_t used) {
  if (to.size() < used) to.resize(used);
  std::copy_n(from.begin(), used, to.begin());
}

// How many of the values are less than this one: where it stands among them.
template <typename Values, typename T>
std::uint32_t count_below(const Values& values, const T& value) {
  return static_cast<std::uint32_t>(
      std::ranges::count_if(values, [&](const T& other) { return other < value; }));
}

}  // namespace lockstep::oracle
