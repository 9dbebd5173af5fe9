// The timers of a connection (RFC 9293 3.8, RFC 6298 5).
#pragma once

#include <cstdint>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"

namespace lockstep {

// The tick of the next timer, 0 when none runs.
inline std::uint64_t next_deadline(const Tcb& tcb) {
  if (tcb.retransmit_at == 0) return tcb.expire_at;
  if (tcb.expire_at == 0) return tcb.retransmit_at;
  return tcb.retransmit_at < tcb.expire_at ? tcb.retransmit_at : tcb.expire_at;
}

// Fires what is due at io.now_ticks.
void fire_timers(Tcb& tcb, TcpIo& io);

}  // namespace lockstep
