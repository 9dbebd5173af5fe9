// The steps of SEGMENT ARRIVES (RFC 9293 3.10.7.4), in the order in which they are made. Private to
// stack/tcp. Each check returns whether the segment is to be processed further.
#pragma once

#include <cstdint>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"
#include "stack/wire/packet.h"

namespace lockstep::detail {

// A segment under examination, with the RFC's names.
struct Incoming {
  const TcpSegment& segment;
  SequenceNumber seg_seq;
  SequenceNumber seg_ack;
  std::uint32_t seg_len;
  std::uint32_t seg_wnd;
  bool syn;
  bool fin;
  bool rst;
  bool ack;
  bool answer_due = false;  // An ACK is owed unless a segment that carries one leaves.
};

void arrives_in_syn_sent(Tcb& tcb, Incoming& in, TcpIo& io);
void arrives_in_time_wait(Tcb& tcb, Incoming& in, TcpIo& io);

bool check_sequence(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_rst(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_syn(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_ack(Tcb& tcb, Incoming& in, TcpIo& io);
bool process_text(Tcb& tcb, Incoming& in, TcpIo& io);
void check_fin(Tcb& tcb, Incoming& in, TcpIo& io);

}  // namespace lockstep::detail
