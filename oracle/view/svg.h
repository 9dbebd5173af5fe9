// A trace as a ladder diagram in SVG: self-contained, no script, readable on light and dark pages.
#pragma once

#include <string>

#include "oracle/judge/trace.h"

namespace lockstep::view {

// Packets are slanted from where they left to where they arrived; dashed with a cross when lost,
// orange when forged or damaged. What was judged wrong is red.
std::string to_svg(const judge::Trace& trace);

}  // namespace lockstep::view
