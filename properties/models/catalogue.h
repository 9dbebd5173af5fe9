// The models of the stack, by name.
#pragma once

#include <span>
#include <string_view>

#include "properties/models/spec.h"

namespace lockstep::models {

// How long a model takes at its default bounds, on one core: seconds, or minutes.
enum class Size : std::uint8_t { small, large };

struct ModelRow {
  std::string_view name;
  std::string_view sentence;
  Size size = Size::small;
  Bounds (*bounds)();
  ModelSpec (*make)(const Bounds& bounds);
};

// In the order of a ladder: each asks more of the stack than the one before.
std::span<const ModelRow> model_rows();
// Null when there is none of that name.
const ModelRow* find_model(std::string_view name);

}  // namespace lockstep::models
