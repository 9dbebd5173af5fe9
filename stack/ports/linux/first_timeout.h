// The first retransmission timeout of this process's connections: 1 s in the kernel (RFC 6298 2.1),
// and no setting changes it; a program attached to the process's control group does (bpf(2)).
#pragma once

#include "absl/status/status.h"

namespace lockstep::live {

// In the kernel's own unit of time, the jiffy (time(7)): 4 ms where HZ is 250.
inline constexpr int first_timeout_jiffies = 3;

// Attaches the program, once a process; sockets made from then on heed it. Gone with the process.
absl::Status shorten_first_timeout();

}  // namespace lockstep::live
