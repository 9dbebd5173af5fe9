// The timers of a connection (RFC 9293 3.8, RFC 6298 5): retransmission and window probes, the end
// of TIME-WAIT and of an orphan's FIN-WAIT-2, the delayed ACK, keepalive.
#pragma once

#include <cstdint>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"

namespace lockstep {

// The tick of the next timer, 0 when none runs.
std::uint64_t next_deadline(const Tcb& tcb);

// The peer was heard of, or is expected to be from now on: counts its silence anew, where
// SO_KEEPALIVE asks for that.
void start_keepalive(Tcb& tcb, std::uint64_t now_ticks);

// Fires what is due at io.now_ticks.
void fire_timers(Tcb& tcb, TcpIo& io);

}  // namespace lockstep
