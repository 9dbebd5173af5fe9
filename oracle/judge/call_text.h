// A call and its result as one line for traces and messages.
#pragma once

#include <string>
#include <vector>

#include "stack/api/syscall.h"

namespace lockstep::judge {

// "100", "ok", "ECONNRESET", "10 from 10.0.0.2:53 truncated", "IN|OUT".
std::string result_text(const Syscall& call, const SyscallResult& result);

}  // namespace lockstep::judge
