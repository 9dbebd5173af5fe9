// The steps of SEGMENT ARRIVES (RFC 9293 3.10.7.4), in the order in which they are made. Private to
// stack/tcp. Each check returns whether the segment is to be processed further.
#pragma once

#include <cstdint>

#include "stack/tcp/io.h"
#include "stack/tcp/tcb.h"
#include "stack/wire/packet.h"

namespace lockstep::detail {

// Whether a segment that took numbers is owed an ACK, unless one that carries it leaves anyway.
enum class Answer : std::uint8_t { none, delayed, now };

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
  Answer answer = Answer::none;
};

void arrives_in_syn_sent(Tcb& tcb, Incoming& in, TcpIo& io);
void arrives_in_time_wait(Tcb& tcb, Incoming& in, TcpIo& io);

// The states in which text may come (RFC 9293 3.10.7.4, seventh check).
constexpr bool receives_text(TcpState state) {
  return state == TcpState::established || state == TcpState::fin_wait_1 ||
         state == TcpState::fin_wait_2;
}

bool check_sequence(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_rst(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_syn(Tcb& tcb, Incoming& in, TcpIo& io);
bool check_ack(Tcb& tcb, Incoming& in, TcpIo& io);
bool process_text(Tcb& tcb, Incoming& in, TcpIo& io);
void check_fin(Tcb& tcb, Incoming& in, TcpIo& io);

}  // namespace lockstep::detail
