// In what two runs of one scenario differ.
#pragma once

#include <cstdint>
#include <set>
#include <string>

#include "oracle/judge/run.h"

namespace lockstep::judge {

struct Difference {
  // What the two show instead of each other, without names and numbers, each kind once: "returns
  // EAGAIN / returns a value", "leaves ack: flags". Where they stop to go side by side, because one
  // shows an event that the other does not, comparing ends. Empty when the traces show the same.
  std::set<std::string> kinds;
  // What else differs and each stack may choose, in the same words: "leaves syn: window, mss".
  std::set<std::string> notes;
  // Of the first of `kinds`: the step, what each showed, and whether the oracle allowed each.
  std::string text;

  bool any() const { return !kinds.empty(); }
};

enum class Compared : std::uint8_t {
  all,    // Calls and packets.
  calls,  // The results of calls alone.
};

// What each stack chooses for itself is no difference: initial sequence numbers and the ports of
// its ephemeral range are compared by the order in which they appear; windows, and a SYN's window
// scale, SACK-permitted, timestamps and MSS, are noted.
Difference compare(const Trace& a, const Trace& b, Compared compared = Compared::all);

}  // namespace lockstep::judge
