// SEGMENT ARRIVES of RFC 9293 3.10.7, for a connection that exists: everything but the CLOSED and
// LISTEN states, for which see no_connection.h and passive_open.
#pragma once

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"
#include "stack/wire/packet.h"

namespace lockstep {

// Processes `segment`, which was sent from tcb.tuple.peer to tcb.tuple.local. Afterwards tcb.state
// and `io` tell what happened. Requires: tcb.state is neither CLOSED nor LISTEN.
void segment_arrives(Tcb& tcb, const TcpSegment& segment, TcpIo& io);

// A SYN that may open a new incarnation of a connection in TIME-WAIT (RFC 6191; RFC 9293 3.6.1).
bool reopens_time_wait(const Tcb& tcb, const TcpSegment& segment);

// Starts the 2 MSL timer.
void enter_time_wait(Tcb& tcb, const TcpIo& io);

// Ends the connection at once: state CLOSED, nothing more to send, timers off. Bytes that were
// received in order stay readable.
void end_connection(Tcb& tcb, TcpIo& io, Errno error);

}  // namespace lockstep
