// Durations on the command line.
#pragma once

#include <string>

namespace lockstep::cli {

// "60s", "10m", "2h", "500ms" or a bare number of seconds, as seconds. Throws UsageError.
double parse_duration(const std::string& text);

}  // namespace lockstep::cli
