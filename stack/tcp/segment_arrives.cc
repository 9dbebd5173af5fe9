#include "stack/tcp/segment_arrives.h"

#include "stack/api/check.h"
#include "stack/tcp/checks.h"
#include "stack/tcp/timers.h"
#include "stack/tcp/transmit.h"
#include "stack/tcp/urgent.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {
namespace detail {
namespace {

// RFC 9293 3.4, table 6.
bool acceptable(const Tcb& tcb, SequenceNumber seg_seq, std::uint32_t seg_len) {
  const std::uint32_t rcv_wnd = tcb.rcv_wnd();
  if (seg_len == 0) {
    return rcv_wnd == 0 ? seg_seq == tcb.rcv_nxt : seg_seq.in_window(tcb.rcv_nxt, rcv_wnd);
  }
  if (rcv_wnd == 0) return false;
  return seg_seq.in_window(tcb.rcv_nxt, rcv_wnd) ||
         (seg_seq + (seg_len - 1)).in_window(tcb.rcv_nxt, rcv_wnd);
}

}  // namespace

bool check_sequence(Tcb& tcb, Incoming& in, TcpIo& io) {
  const bool may_be_answer = !in.ack || !io.passive;
  if (tcb.state == TcpState::syn_received && in.syn && !in.rst && may_be_answer &&
      in.seg_seq == tcb.irs) {
    if (!in.ack) {
      // The peer repeats its SYN: it has not seen ours.
      send_syn_ack(tcb, io);
      return false;
    }
    // The answer to our SYN in a simultaneous open; of the SYN itself we know already. One that
    // carries more is challenged below, as any other SYN.
    if (in.seg_len == 1) {
      in.syn = false;
      in.seg_len = 0;
      return true;
    }
  }
  if (acceptable(tcb, in.seg_seq, in.seg_len)) return true;
  // RFC 9293 3.10.7.4: with a zero window valid ACKs and RSTs are still taken; text is not.
  if (tcb.rcv_wnd() == 0 && in.seg_seq == tcb.rcv_nxt && (!in.syn || in.rst)) return true;
  if (in.rst) return false;
  if (in.seg_len == 0 || in.syn) {
    send_challenge_ack(tcb, io);
  } else {
    send_ack(tcb, io);
  }
  return false;
}

bool check_rst(Tcb& tcb, Incoming& in, TcpIo& io) {
  if (!in.rst) return true;
  // RFC 5961 3.2: only the exact number resets.
  if (in.seg_seq == tcb.rcv_nxt) {
    const bool half_closed = tcb.state == TcpState::close_wait;
    end_connection(tcb, io, half_closed ? Errno::epipe : Errno::econnreset);
  } else {
    send_challenge_ack(tcb, io);
  }
  return false;
}

bool check_syn(Tcb& tcb, Incoming& in, TcpIo& io) {
  if (!in.syn) return true;
  send_challenge_ack(tcb, io);  // RFC 5961 4.2.
  return false;
}

void arrives_in_syn_sent(Tcb& tcb, Incoming& in, TcpIo& io) {
  // RFC 9293 3.10.7.3.
  if (in.ack && (in.seg_ack.at_or_before(tcb.iss) || in.seg_ack.after(tcb.snd_nxt))) {
    if (!in.rst) send_reset_for_ack(tcb, io, in.seg_ack.value());
    return;
  }
  if (in.rst) {
    if (in.ack) end_connection(tcb, io, Errno::econnrefused);
    return;
  }
  if (!in.syn) return;
  tcb.irs = in.seg_seq;
  // The window that our SYN offered starts at the peer's first number.
  const std::uint32_t offered = tcb.rcv_wnd();
  tcb.rcv_nxt = in.seg_seq + 1;
  tcb.rcv_adv = tcb.rcv_nxt + offered;
  tcb.snd_mss = effective_mss(in.segment, tcb.tuple.local.ip.family, tcb.rcv_mss);
  tcb.rcv_acked = tcb.copied = tcb.rcv_nxt;
  accept_scale(tcb, in.segment);
  tcb.snd_wnd = tcb.snd_wnd_max = in.seg_wnd;
  tcb.snd_wl1 = in.seg_seq;
  tcb.snd_wl2 = in.ack ? in.seg_ack : tcb.iss;
  // Text and FIN that come with the SYN are left for the peer to send again.
  if (!in.ack) {
    tcb.state = TcpState::syn_received;
    send_syn_ack(tcb, io);
    return;
  }
  tcb.snd_una = tcb.urgent_end = in.seg_ack;
  tcb.recover = tcb.snd_una;
  tcb.state = TcpState::established;
  tcb.round_trip.acknowledged(in.seg_ack, io.now_ticks);
  tcb.retransmit_at = tcb.stalled_at = 0;
  tcb.backoff = tcb.unanswered = 0;
  start_keepalive(tcb, io.now_ticks);
  io.events |= poll_out;
  send_ack(tcb, io);
}

void arrives_in_time_wait(Tcb& tcb, Incoming& in, TcpIo& io) {
  if (in.rst) {
    if (in.seg_seq == tcb.rcv_nxt) end_connection(tcb, io, Errno::ok);
    return;
  }
  if (in.seg_seq == tcb.rcv_nxt && in.seg_len == 0) return;  // The last ACK, again.
  if (in.ack) enter_time_wait(tcb, io);
  if (in.seg_len == 0 || in.syn) {
    send_challenge_ack(tcb, io);
  } else {
    send_ack(tcb, io);
  }
}

}  // namespace detail

void segment_arrives(Tcb& tcb, const TcpSegment& segment, TcpIo& io) {
  using namespace detail;
  Incoming in{
      .segment = segment,
      .seg_seq = SequenceNumber(segment.seq),
      .seg_ack = SequenceNumber(segment.ack),
      .seg_len = segment.sequence_length(),
      .seg_wnd = std::uint32_t{segment.window} << (segment.has(tcp_syn) ? 0 : tcb.snd_scale),
      .syn = segment.has(tcp_syn),
      .fin = segment.has(tcp_fin),
      .rst = segment.has(tcp_rst),
      .ack = segment.has(tcp_ack),
  };
  switch (tcb.state) {
    case TcpState::closed:
    case TcpState::listen:
      return;
    case TcpState::syn_sent:
      return arrives_in_syn_sent(tcb, in, io);
    case TcpState::time_wait:
      return arrives_in_time_wait(tcb, in, io);
    case TcpState::syn_received:
    case TcpState::established:
    case TcpState::fin_wait_1:
    case TcpState::fin_wait_2:
    case TcpState::close_wait:
    case TcpState::closing:
    case TcpState::last_ack:
      break;
  }
  if (tcb.keepalive_at != 0) start_keepalive(tcb, io.now_ticks);  // The peer is there.
  if (!check_sequence(tcb, in, io)) return;
  if (!check_rst(tcb, in, io)) return;
  if (!check_syn(tcb, in, io)) return;
  if (!in.ack) return;
  if (!check_ack(tcb, in, io)) return;
  if (receives_text(tcb.state) && check_urgent(tcb, segment)) io.events |= poll_pri;
  if (!process_text(tcb, in, io)) return;
  check_fin(tcb, in, io);
  if (send_pending(tcb, io)) return;  // What left acknowledges too.
  if (in.answer == Answer::now) {
    send_ack(tcb, io);
  } else if (in.answer == Answer::delayed) {
    delay_ack(tcb, io);
  }
}

bool reopens_time_wait(const Tcb& tcb, const TcpSegment& segment) {
  return tcb.state == TcpState::time_wait && segment.has(tcp_syn) && !segment.has(tcp_rst) &&
         !segment.has(tcp_ack) && SequenceNumber(segment.seq).after(tcb.rcv_nxt);
}

void enter_time_wait(Tcb& tcb, const TcpIo& io) {
  tcb.state = TcpState::time_wait;
  tcb.retransmit_at = tcb.keepalive_at = 0;
  tcb.expire_at = io.now_ticks + (io.config.time_wait_ticks == 0 ? 1 : io.config.time_wait_ticks);
}

void end_connection(Tcb& tcb, TcpIo& io, Errno error) {
  tcb.state = TcpState::closed;
  tcb.retransmit_at = tcb.expire_at = tcb.ack_at = tcb.keepalive_at = 0;
  tcb.send_buffer.start_at(tcb.snd_nxt);
  tcb.out_of_order.clear();
  io.error = error;
  io.events |= poll_in | poll_out | poll_err | poll_hup | poll_rdhup;
}

}  // namespace lockstep
