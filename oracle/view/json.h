// A trace as JSON, for other programs. Keys and their order are stable.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "oracle/judge/trace.h"

namespace lockstep::view {

// {"scenario": text, "verdict": {...}, "events": [...]}
nlohmann::ordered_json json_of(const judge::Trace& trace);
nlohmann::ordered_json json_of(const judge::Verdict& verdict);

// The same as text, indented, ending in a newline.
std::string to_json(const judge::Trace& trace);

}  // namespace lockstep::view
