#include "properties/models/spec.h"

#include <algorithm>

#include "stack/api/check.h"

namespace lockstep::models {

std::uint8_t Bounds::operator[](std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &Bound::name);
  LOCKSTEP_CHECK(found != all_.end());
  return found->value;
}

bool Bounds::set(std::string_view name, std::uint8_t value) {
  const auto found = std::ranges::find(all_, name, &Bound::name);
  if (found == all_.end()) return false;
  LOCKSTEP_CHECK(value <= found->most);
  found->value = value;
  return true;
}

const Bound* Bounds::find(std::string_view name) const {
  const auto found = std::ranges::find(all_, name, &Bound::name);
  return found == all_.end() ? nullptr : &*found;
}

}  // namespace lockstep::models
