#include "stack/tcp/timers.h"

#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/transmit.h"

namespace lockstep {
namespace {

void retransmission_timeout(Tcb& tcb, TcpIo& io) {
  if (tcb.unanswered >= io.config.retransmit_max) {
    end_connection(tcb, io, Errno::etimedout);  // RFC 9293 3.8.3, R2.
    return;
  }
  ++tcb.unanswered;
  if (tcb.backoff < 255) ++tcb.backoff;
  if (tcb.state == TcpState::syn_sent) {
    send_syn(tcb, io);
  } else if (tcb.state == TcpState::syn_received) {
    send_syn_ack(tcb, io);
  } else if (tcb.in_flight() > 0) {
    tcb.recover = tcb.snd_nxt;
    tcb.duplicate_acks = 0;
    retransmit_head(tcb, io);
  } else {
    send_window_probe(tcb, io);
  }
  arm_retransmission(tcb, io);
}

}  // namespace

void fire_timers(Tcb& tcb, TcpIo& io) {
  if (tcb.expire_at != 0 && tcb.expire_at <= io.now_ticks) {
    end_connection(tcb, io, Errno::ok);
    return;
  }
  if (tcb.retransmit_at != 0 && tcb.retransmit_at <= io.now_ticks) {
    retransmission_timeout(tcb, io);
  }
}

}  // namespace lockstep
