// A trace as a pcapng capture, for Wireshark: each packet once, where it left (forged, damaged and
// replayed ones where they arrived), with a comment saying which step it belongs to.
#pragma once

#include <string>

#include "oracle/judge/trace.h"

namespace lockstep::view {

// The bytes of the file. On a violation the last packet's comment names the rule as well.
std::string to_pcapng(const judge::Trace& trace);

}  // namespace lockstep::view
