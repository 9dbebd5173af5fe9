// The user calls of RFC 9293 3.10.1 - 3.10.6 on a connection: OPEN, SEND, RECEIVE, CLOSE, ABORT.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"
#include "stack/wire/packet.h"

namespace lockstep {

// Sends a SYN: SYN-SENT. Requires: tcb is clear but for its settings. `mss` is what the link to the
// peer carries.
void active_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                 std::uint16_t mss);

// Answers a SYN that came to a listener: SYN-RECEIVED. Requires: as above; `syn` has SYN and
// neither ACK, RST nor FIN.
void passive_open(Tcb& tcb, TcpIo& io, const FourTuple& tuple, SequenceNumber iss,
                  std::uint16_t mss, const TcpSegment& syn);

// The peer's SYN came: scales the windows where both ends offer to (RFC 7323 2.2).
void accept_scale(Tcb& tcb, const TcpSegment& syn);

// The bytes that write() would take now.
std::uint32_t send_space(const Tcb& tcb);

// Takes as many of `bytes` as fit and sends what the window allows; returns how many were taken.
// MSG_OOB marks the last of them as urgent, MSG_MORE corks this write. Requires: ESTABLISHED or
// CLOSE-WAIT.
std::uint32_t write(Tcb& tcb, TcpIo& io, std::span<const std::byte> bytes, MsgFlags flags);

// Forgets the `count` oldest received bytes and opens the window.
void consume(Tcb& tcb, TcpIo& io, std::size_t count);

// Queues a FIN behind the data. Without effect where it was queued already or cannot be.
void close_sending(Tcb& tcb, TcpIo& io);

// The last descriptor is gone: FIN-WAIT-2 is timed, or left out where TCP_LINGER2 says so. Returns
// whether the connection lives on.
bool wait_as_orphan(Tcb& tcb, TcpIo& io);

// The application changed its options: what waited for a full segment leaves, and silence is
// counted anew.
void change_settings(Tcb& tcb, TcpIo& io, const TcpSettings& settings);

// Sends a RST where the peer expects one, and ends the connection.
void abort_connection(Tcb& tcb, TcpIo& io, Errno error);

// The effective MSS: the smaller of the peer's option (or its default) and the link's.
std::uint16_t effective_mss(const TcpSegment& syn, IpFamily family, std::uint16_t link_mss);

}  // namespace lockstep
