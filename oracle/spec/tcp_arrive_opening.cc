// Segments that arrive for no connection, a listener, or a connection that is being opened.
// RFC 9293 3.10.7.1 (CLOSED), 3.10.7.2 (LISTEN), 3.10.7.3 (SYN-SENT), 3.10.7.4 (SYN-RECEIVED);
// docs/oracle.md for the choices of Linux.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// A RST in answer to `seg`, with the numbers of RFC 9293 3.5.2.
DueReset TcpEngine::reset_for(const TcpSegment& seg, Rule rule, bool must) {
  DueReset due;
  due.rule = rule;
  due.must = must;
  due.answers_ack = seg.has(tcp_ack);
  due.seq = due.answers_ack ? seg.ack : 0;
  due.ack = seg.seq + seg.sequence_length();
  return due;
}

void TcpEngine::owe_reset(Hypothesis& h, const TcpSegment& seg, Rule rule, bool must) {
  h.resets.push_back(reset_for(seg, rule, must));
}

void TcpEngine::owe_ack(Hypothesis& h, Rule rule) {
  judgement_->apply(rule);
  if (!h.ack_due) h.ack_rule = rule;
  h.ack_due = true;
  h.ack_allowed = true;
}

void TcpEngine::arrive_closed(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  if (seg.has(tcp_rst)) {
    hush(h, Rule::tcp_reset_never_answers_reset);
    return;
  }
  owe_reset(h, seg, Rule::tcp_closed_answers_reset, !c.former_ends);
}

// What a SYN tells: the initial number, the window, the options.
void TcpEngine::learn_syn(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  h.irs = seg.seq;
  h.rcv_nxt = 1;
  h.rcv_before = 1;
  h.read = 1;
  h.read_at_edge = 1;
  h.ack_shown = 0;
  h.edge = 1;
  h.peer_fin = false;
  h.copies.clear();
  h.fins.clear();
  h.peer_mss = seg.options.mss.value_or(c.tuple.peer.ip.is_v4() ? 536 : 1220);
  h.peer_scale = std::min<std::uint8_t>(seg.options.window_scale.value_or(0), 14);
  h.scaled = seg.options.window_scale.has_value();
  h.timestamps = seg.options.timestamps.has_value();
  h.sack = seg.options.sack_permitted;
  h.wnd_max = seg.window;
  h.wnd_first = seg.window;
  // SND.WND counts from SND.UNA, which is our ISS until the SYN is acknowledged.
  h.wnd_right_low = seg.window;
  h.wnd_right = h.wnd_right_step = 1 + Offset{seg.window};
}

void TcpEngine::arrive_listen(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  if (seg.has(tcp_rst)) {
    hush(h, Rule::tcp_listener_ignores);
    return;
  }
  if (seg.has(tcp_ack)) {
    owe_reset(h, seg, Rule::tcp_listener_resets_ack, !c.former_ends);
    return;
  }
  if (!seg.has(tcp_syn) || seg.has(tcp_fin) || c.tuple.local == c.tuple.peer) {
    hush(h, Rule::tcp_listener_ignores);
    return;
  }
  const Fullness full = fullness_of(c, true);
  if (full.surely) {
    hush(h, Rule::tcp_listener_full_is_silent);
    return;
  }
  if (full.maybe) fork(h);
  // An embryo that ended left nothing behind but what it still has to answer in this step.
  std::vector<DueReset> resets = std::move(h.resets);
  h = Hypothesis();
  h.resets = std::move(resets);
  h.state = TcpState::syn_received;
  learn_syn(c, h, seg);
  h.syn_due = true;
  h.syn_rule = Rule::tcp_listener_answers_syn;
  const StreamSocket* listener = find_stream(c.listener);
  const bool shut = listener != nullptr && (listener->read_shut || listener->write_shut);
  const Dialect& dialect = host_->dialect();
  if (!shut || (!dialect.children_inherit_shutdown && !dialect.rfcs_alone)) return;
  if (!dialect.children_inherit_shutdown) fork(h);  // No RFC says which.
  h.read_shut = listener->read_shut;
  h.write_shut = listener->write_shut;
}

void TcpEngine::arrive_syn_sent(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  if (!h.iss_known) return;
  const Offset ack = unwrap(seg.ack, h.iss, h.nxt);
  const bool has_ack = seg.has(tcp_ack);
  if (has_ack && (ack <= 0 || ack > h.nxt)) {
    if (seg.has(tcp_rst)) {
      hush(h, Rule::tcp_syn_sent_ignores);
      return;
    }
    owe_reset(h, seg, Rule::tcp_syn_sent_resets_bad_ack, true);
    return;
  }
  if (seg.has(tcp_rst)) {
    if (has_ack) {
      reset_connection(c, h, Errno::econnrefused, Rule::tcp_exact_reset_kills);
    } else {
      hush(h, Rule::tcp_syn_sent_ignores);
    }
    return;
  }
  if (!seg.has(tcp_syn)) {
    hush(h, Rule::tcp_syn_sent_ignores);
    return;
  }
  learn_syn(c, h, seg);
  h.scaled = h.scaled && c.own_scale.has_value();
  h.timestamps = h.timestamps && c.own_timestamps;
  h.sack = h.sack && c.own_sack;
  // The window that the SYN offered starts at the peer's first number.
  h.edge = 1 + Offset{c.own_window};
  h.edge_is_capped = c.own_window == 0xffff;
  if (!has_ack) {
    h.state = TcpState::syn_received;
    h.keeps_scale = !h.scaled && host_->dialect().simultaneous_open_keeps_own_scale;
    h.syn_due = true;
    h.syn_rule =
        c.tuple.local == c.tuple.peer ? Rule::tcp_self_connect : Rule::tcp_simultaneous_open;
    return;
  }
  h.una = std::max<Offset>(h.una, 1);
  h.wnd_right = h.wnd_right_low = h.una + seg.window;
  h.wnd_right_step = h.wnd_right;
  h.state = TcpState::established;
  note_round_trip(c, h);
  begin_wait(h);
  h.retries = 0;
  owe_ack(h, Rule::tcp_handshake_is_acked);
  if (!seg.payload.empty() || seg.has(tcp_fin)) {
    // RFC 9293 lets the text be taken at once; Linux leaves it to a retransmission.
    Hypothesis taken = h;
    arrive_text(c, taken, seg, 1);
    fork(taken);
  }
}

void TcpEngine::become_established(Connection& c, Hypothesis& h) {
  // A shutdown before connect() sends no FIN in Linux, unless the open turns out simultaneous.
  if (h.write_shut) c.wants_fin = true;
  h.state = c.wants_fin ? TcpState::fin_wait_1 : TcpState::established;
  h.una = std::max<Offset>(h.una, 1);
  h.nxt = std::max<Offset>(h.nxt, 1);
  h.syn_due = false;
  note_round_trip(c, h);
  begin_wait(h);
  h.retries = 0;
  if (c.listener != 0 && !c.accepted) {
    h.queued = true;
    h.queued_at = events_;
  }
}

void TcpEngine::arrive_syn_received(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  const bool passive = c.listener != 0;
  const bool has_ack = seg.has(tcp_ack);
  const Offset ack = unwrap(seg.ack, h.iss, h.nxt);
  if (!h.iss_known) {
    // The SYN-ACK never left (it is owed in this step); only a new SYN can follow.
    return;
  }
  if (seg.has(tcp_syn) && seq == 0 && !seg.has(tcp_rst)) {
    if (has_ack && !passive && ack == h.nxt) {
      if (seg.sequence_length() > 1) {
        // Linux looks for the bare SYN-ACK of a simultaneous open, and challenges others.
        Hypothesis waits = h;
        challenge(waits);
        fork(waits);
      }
      become_established(c, h);
      take_window(h, seg, seq, ack);
      h.ack_allowed = true;
      return;
    }
    if (!has_ack) {
      h.syn_due = true;
      h.syn_rule = Rule::tcp_duplicate_syn_is_answered;
      h.ack_allowed = true;
      if (!passive) h.syn_due = false;
      return;
    }
  }
  const Acceptable fits = acceptable(c, h, seq, static_cast<Offset>(seg.sequence_length()));
  if (seg.has(tcp_rst)) {
    if (seq == h.rcv_nxt) {
      judgement_->apply(Rule::tcp_exact_reset_kills);
      if (passive) {
        h.state = TcpState::closed;
      } else {
        Hypothesis refused = h;
        reset_connection(c, refused, Errno::econnrefused, Rule::tcp_exact_reset_kills);
        fork(refused);
        reset_connection(c, h, Errno::econnreset, Rule::tcp_exact_reset_kills);
      }
    } else {
      h.ack_allowed = fits != Acceptable::no;
    }
    return;
  }
  if (fits == Acceptable::no) {
    const bool bad_ack = has_ack && (ack <= 0 || ack > h.nxt);
    if (passive && bad_ack && host_->dialect().syn_received_looks_at_ack_first) {
      owe_reset(h, seg, Rule::tcp_syn_received_resets_bad_ack, false);
    }
    challenge(h);
    h.doubtful |= seq > h.edge;
    return;
  }
  if (seg.has(tcp_syn)) {
    // Linux resets an embryonic connection on a SYN within the window; RFC 5961 4.2 sends an ACK.
    Hypothesis dead = h;
    owe_reset(dead, seg, Rule::tcp_duplicate_syn_is_answered, false);
    dead.state = TcpState::closed;
    dead.syn_due = false;
    fork(dead);
    challenge(h);
    // Linux looks at the acknowledgment first, and keeps the embryonic connection.
    if (has_ack && (ack <= 0 || ack > h.nxt)) {
      owe_reset(h, seg, Rule::tcp_syn_received_resets_bad_ack, false);
    }
    return;
  }
  if (!has_ack) return;
  if (ack == 0 && !passive && host_->dialect().old_ack_opens_simultaneously) {
    Hypothesis opened = h;
    become_established(c, opened);
    opened.una = 0;
    opened.doubtful = true;
    take_window(opened, seg, seq, ack);
    arrive_established(c, opened, seg);
    fork(opened);
    owe_reset(h, seg, Rule::tcp_syn_received_resets_bad_ack, false);
    return;
  }
  if (ack <= 0 || ack > h.nxt) {
    owe_reset(h, seg, Rule::tcp_syn_received_resets_bad_ack, fits == Acceptable::yes);
    return;
  }
  if (fits == Acceptable::maybe) {
    Hypothesis other = h;
    other.ack_allowed = true;
    fork(other);
  }
  if (passive && !c.accepted) {
    const Fullness full = fullness_of(c, false);
    if (full.surely) {
      judgement_->apply(Rule::tcp_listener_full_is_silent);
      return;
    }
    if (full.maybe) fork(h);
  }
  become_established(c, h);
  take_window(h, seg, seq, ack);
  h.una = std::max(h.una, ack);
  arrive_established(c, h, seg);
}

}  // namespace lockstep::oracle
