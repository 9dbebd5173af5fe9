// The fifth check of SEGMENT ARRIVES: the ACK field (RFC 9293 3.10.7.4), with RFC 5961 5.2.
#include "stack/tcp/checks.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/timers.h"
#include "stack/tcp/transmit.h"
#include "stack/tcp/user_calls.h"

namespace lockstep::detail {
namespace {

bool establish(Tcb& tcb, const Incoming& in, TcpIo& io) {
  if (!in.seg_ack.after(tcb.snd_una) || in.seg_ack.after(tcb.snd_nxt)) {
    send_reset_for_ack(tcb, io, in.seg_ack.value());
    return false;
  }
  if (!io.may_establish) {
    if (io.config.abort_on_overflow) {
      send_reset_for_ack(tcb, io, in.seg_ack.value());
      end_connection(tcb, io, Errno::econnreset);
    }
    return false;
  }
  tcb.state = TcpState::established;
  io.established = true;
  tcb.urgent_end = in.seg_ack;
  start_keepalive(tcb, io.now_ticks);
  tcb.recover = in.seg_ack;
  io.events |= poll_out;
  return true;
}

void acknowledge(Tcb& tcb, const Incoming& in, TcpIo& io) {
  tcb.send_buffer.drop_before(in.seg_ack);
  tcb.snd_una = in.seg_ack;
  tcb.small_end = later_of(tcb.small_end, tcb.snd_una);
  tcb.urgent_end = later_of(tcb.urgent_end, tcb.snd_una);
  tcb.backoff = tcb.unanswered = tcb.duplicate_acks = 0;
  tcb.retransmit_at = tcb.stalled_at = 0;
  tcb.round_trip.acknowledged(in.seg_ack, io.now_ticks);
  io.events |= poll_out;
  if (tcb.in_flight() > 0) arm_retransmission(tcb, io);
  if (tcb.recover.after(tcb.snd_una)) {
    retransmit_head(tcb, io);  // A partial acknowledgment: the next hole (RFC 6582 3.2).
  } else {
    tcb.recover = tcb.snd_una;
  }
}

// RFC 5681 2: a duplicate acknowledgment.
void count_duplicate(Tcb& tcb, const Incoming& in, TcpIo& io) {
  if (tcb.in_flight() == 0 || in.seg_len != 0 || in.seg_wnd != tcb.snd_wnd) return;
  if (tcb.duplicate_acks < 255) ++tcb.duplicate_acks;
  if (tcb.duplicate_acks == 3 && !tcb.recover.after(tcb.snd_una)) {
    tcb.recover = tcb.snd_nxt;
    retransmit_head(tcb, io);
  }
}

// RFC 9293 3.10.7.4: WL1 and WL2 keep old segments from moving the window.
void update_window(Tcb& tcb, const Incoming& in) {
  if (in.seg_ack.before(tcb.snd_una)) return;
  const bool newer = tcb.snd_wl1.before(in.seg_seq) ||
                     (tcb.snd_wl1 == in.seg_seq && tcb.snd_wl2.at_or_before(in.seg_ack));
  if (newer) {
    if (tcb.snd_wnd == 0 && in.seg_wnd > 0 && tcb.in_flight() == 0) {
      tcb.retransmit_at = tcb.stalled_at = 0;  // The probe timer.
      tcb.backoff = 0;
    }
    tcb.snd_wnd = in.seg_wnd;
    tcb.snd_wl1 = in.seg_seq;
    tcb.snd_wl2 = in.seg_ack;
    if (tcb.snd_wnd > tcb.snd_wnd_max) tcb.snd_wnd_max = tcb.snd_wnd;
  }
  // Probes never give up on a peer that answers (RFC 9293 3.8.6.1).
  if (tcb.in_flight() == 0 || tcb.snd_wnd == 0) tcb.unanswered = 0;
}

// Our FIN was acknowledged. Returns whether the connection lives on.
bool advance_closing(Tcb& tcb, TcpIo& io) {
  if (!fin_is_queued(tcb.state) || !fin_was_acknowledged(tcb)) return true;
  if (tcb.state == TcpState::fin_wait_1) {
    tcb.state = TcpState::fin_wait_2;
    if (io.orphan) return wait_as_orphan(tcb, io);
  } else if (tcb.state == TcpState::closing) {
    enter_time_wait(tcb, io);
  } else if (tcb.state == TcpState::last_ack) {
    end_connection(tcb, io, Errno::ok);
    return false;
  }
  return true;
}

}  // namespace

bool check_ack(Tcb& tcb, Incoming& in, TcpIo& io) {
  const bool opening = tcb.state == TcpState::syn_received;
  if (opening && !establish(tcb, in, io)) return false;
  const bool unsent = in.seg_ack.after(tcb.snd_nxt);
  const bool too_old = in.seg_ack.before(tcb.snd_una - tcb.snd_wnd_max);
  if (unsent || too_old) {
    send_challenge_ack(tcb, io);
    return false;
  }
  if (in.seg_ack.after(tcb.snd_una)) {
    update_window(tcb, in);
    acknowledge(tcb, in, io);
  } else {
    if (in.seg_ack == tcb.snd_una) count_duplicate(tcb, in, io);
    update_window(tcb, in);
  }
  // A shutdown in SYN-RECEIVED or before it takes effect ahead of what comes with the segment. Of
  // SYN-SENT's end the same is not true, as in Linux: there it shuts the calls but sends no FIN.
  if (opening && io.writer_gone) close_sending(tcb, io);
  return advance_closing(tcb, io);
}

}  // namespace lockstep::detail
