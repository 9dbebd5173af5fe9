#include "fuzz/cli/duration.h"

#include <charconv>

#include "fuzz/cli/command.h"

namespace lockstep::cli {

double parse_duration(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, value);
  const std::string unit(rest, end);
  const double scale = unit.empty() || unit == "s" ? 1
                       : unit == "ms"              ? 0.001
                       : unit == "m"               ? 60
                       : unit == "h"               ? 3600
                                                   : -1;
  constexpr double longest = 1e9;  // Seconds: 31 years; beyond is a slip of the finger.
  if (error != std::errc() || scale < 0 || !(value >= 0 && value * scale <= longest)) {
    throw UsageError{"'" + text + "' is no duration; write 60s, 10m or 2h"};
  }
  return value * scale;
}

}  // namespace lockstep::cli
