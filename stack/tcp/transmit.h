// What a connection puts on the wire: segments, windows, retransmissions, and the timer that goes
// with them (RFC 9293 3.8).
#pragma once

#include <cstdint>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"

namespace lockstep {

void send_syn(Tcb& tcb, TcpIo& io);
void send_syn_ack(Tcb& tcb, TcpIo& io);
void send_ack(Tcb& tcb, TcpIo& io);

// An ACK that answers a segment carrying nothing acceptable; counted against the host's allowance
// (RFC 5961 7), silent when that is used up.
void send_challenge_ack(Tcb& tcb, TcpIo& io);

// A RST that the peer accepts, unless data before it is lost: <SEQ=SND.NXT><CTL=RST,ACK>.
void send_active_reset(Tcb& tcb, TcpIo& io);

// A RST in answer to a segment that acknowledges what was never sent: <SEQ=SEG.ACK><CTL=RST>.
void send_reset_for_ack(const Tcb& tcb, TcpIo& io, std::uint32_t seg_ack);

// Whether segments that are not full wait (Nagle, TCP_CORK, silly window avoidance) or leave.
enum class Hold : std::uint8_t { small, nothing };

// Sends the data and the FIN that the peer's window allows; each segment acknowledges too. Keeps
// the retransmission or probe timer running when something waits. Returns whether any left.
bool send_pending(Tcb& tcb, TcpIo& io, Hold hold = Hold::small);

// Sends the oldest unacknowledged segment again.
void retransmit_head(Tcb& tcb, TcpIo& io);

// A window probe below the window: the peer answers with its window (RFC 9293 3.8.6.1).
void send_window_probe(Tcb& tcb, TcpIo& io);

// Starts the retransmission timer anew, `backoff` times doubled.
void arm_retransmission(Tcb& tcb, const TcpIo& io);

// Text came in order: acknowledges it at once or leaves that to a timer (RFC 9293 3.8.6.3).
void delay_ack(Tcb& tcb, TcpIo& io);

// Moves the right edge as far as the free space justifies (RFC 9293 3.8.6.2.2) and gives the window
// field of a segment whose windows are shifted by `scale`.
std::uint16_t announce_window(Tcb& tcb, std::uint8_t scale);

// After the application read: tells the peer when the window has opened enough to matter.
void send_window_update(Tcb& tcb, TcpIo& io);

}  // namespace lockstep
