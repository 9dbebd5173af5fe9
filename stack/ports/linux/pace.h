// Pace: how ticks of protocol time become real time. The kernel's timers are shortened as far as it
// lets us, so that one tick of a default host is `tick_real`: its first retransmission is due after
// 3 ticks, that is about 15 ms, with jiffies of 4 ms.
#pragma once

#include <chrono>
#include <cstdint>

#include "stack/api/host_config.h"

namespace lockstep::live {

inline constexpr std::chrono::milliseconds tick_real{5};

// A single tick step waits no longer than this, whatever it asks for.
inline constexpr std::chrono::milliseconds wait_most{4000};

// net.ipv4.tcp_rto_min_us: the timeout comes out about 10 ms longer.
std::uint32_t rto_min_us(const HostConfig& config);

// net.ipv4.tcp_retries2, with which data is sent again about retransmit_max times. The kernel
// counts not retransmissions but the time in which they would have happened at its usual 200 ms.
std::uint32_t retries2(const HostConfig& config);

}  // namespace lockstep::live
