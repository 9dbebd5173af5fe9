// In what two runs of one scenario differ.
#pragma once

#include <set>
#include <string>

#include "oracle/judge/run.h"

namespace lockstep::judge {

struct Difference {
  // What the two show instead of each other, without names and numbers, each kind once: "returns
  // EAGAIN / a value", "ack: window". Where they stop to go side by side, because one shows an
  // event that the other does not, comparing ends. Empty when the traces show the same.
  std::set<std::string> kinds;
  // Of the first: the step, what each showed, and whether the oracle allowed each.
  std::string text;

  bool any() const { return !kinds.empty(); }
};

// Initial sequence numbers are compared as differences, since each stack chooses its own.
Difference compare(const Trace& a, const Trace& b);

}  // namespace lockstep::judge
