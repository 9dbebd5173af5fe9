// The first observation in which two runs of one scenario differ.
#pragma once

#include <string>

#include "oracle/judge/run.h"

namespace lockstep::judge {

// Empty when the traces show the same, else a few lines: the step, what each showed, and whether
// the oracle allowed each. Initial sequence numbers are compared as differences, since each stack
// chooses its own.
std::string first_difference(const Trace& a, const Trace& b);

}  // namespace lockstep::judge
