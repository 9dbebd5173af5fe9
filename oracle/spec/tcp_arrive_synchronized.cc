// Segments that arrive on synchronized connections: the checks in the order of RFC 9293 3.10.7.4
// but for the acknowledgment, with the challenge ACKs of RFC 5961.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

void TcpEngine::arrive_unacceptable(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  if (seg.has(tcp_rst)) {
    const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
    if (h.peer_fin && seq == h.rcv_nxt - 1 && host_->dialect().reset_before_fin_kills) {
      Hypothesis dead = h;
      const Errno error = h.state == TcpState::close_wait ? Errno::epipe : Errno::econnreset;
      reset_connection(c, dead, error, Rule::tcp_exact_reset_kills);
      fork(dead);
    }
    hush(h, Rule::tcp_reset_outside_window_is_ignored);
  } else if (seg.has(tcp_syn)) {
    owe_challenge(h, Rule::tcp_syn_on_connection_is_challenged);
  } else if (seg.sequence_length() == 0) {
    owe_challenge(h, Rule::tcp_unacceptable_is_acked);
  } else {
    owe_ack(h, Rule::tcp_unacceptable_is_acked);
  }
}

// RFC 5961 4.2, whatever its number.
void TcpEngine::arrive_syn(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  spurn(h, Rule::tcp_syn_on_connection_is_challenged);
  // Who sends one beside its connection does not hear what we acknowledge.
  if (!forged_) h.doubtful = true;
  if (!c.orphan || h.state != TcpState::fin_wait_2) {
    owe_challenge(h, Rule::tcp_syn_on_connection_is_challenged);
    return;
  }
  // Linux keeps less of such a connection, as of one in TIME-WAIT.
  challenge(h);
  Hypothesis dead = h;
  owe_reset(dead, seg, Rule::tcp_data_after_close_is_reset, false);
  dead.state = TcpState::closed;
  fork(dead);
}

// Whether the segment is one of bytes past a gap alone, so that a copy which may be held or not
// says all of it: many such may come one after the other, past a window that was taken back.
bool TcpEngine::may_be_held(const Connection& c, const Hypothesis& h, const TcpSegment& seg) const {
  const bool takes_text = h.state == TcpState::established || h.state == TcpState::fin_wait_1 ||
                          h.state == TcpState::fin_wait_2;
  const bool closed_to_data = c.orphan || (h.read_shut && h.write_shut);
  return takes_text && !h.peer_fin && !closed_to_data && !unresolved(c, h) &&
         h.urgent != Urgent::awaited && !seg.payload.empty() &&
         unwrap(seg.seq, h.irs, h.rcv_nxt) > h.rcv_nxt && tells_nothing_new(h, seg);
}

void TcpEngine::arrive_synchronized(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  const auto length = static_cast<Offset>(seg.sequence_length());
  const bool bare = !seg.has(tcp_ack) && !seg.has(tcp_rst) && !seg.has(tcp_syn);
  if (bare && host_->dialect().no_ack_is_dropped_unseen) {
    spurn(h, Rule::tcp_no_ack_is_dropped);
    h.ack_allowed = true;
    return;
  }
  if (seq > h.edge + (h.read - h.read_at_edge)) h.doubtful = true;
  const Acceptable fits = acceptable(c, h, seq, length);
  if (fits == Acceptable::no) {
    arrive_unacceptable(c, h, seg);
    return;
  }
  if (seg.has(tcp_rst)) {
    arrive_reset(c, h, seg, fits);
    return;
  }
  if (seg.has(tcp_syn)) {
    arrive_syn(c, h, seg);
    return;
  }
  if (fits == Acceptable::maybe && may_be_held(c, h, seg)) {
    h.wl1 = std::max(h.wl1, seq);
    h.wl2 = std::max(h.wl2, h.una);
    h.duplicates_in_row = 0;
    arrive_text(c, h, seg, seq);
    return;
  }
  if (fits == Acceptable::maybe) {
    Hypothesis other = h;
    other.ack_allowed = true;
    const bool old = length > 0 && seq + length <= h.rcv_nxt;
    const Rule rule = old ? Rule::tcp_old_duplicate_is_acked : Rule::tcp_unacceptable_is_acked;
    if (!unresolved(c, h) && length == 0) owe_challenge(other, rule);
    if (!unresolved(c, h) && length > 0) owe_ack(other, rule);
    fork(other);
  }
  if (!seg.has(tcp_ack)) {
    spurn(h, Rule::tcp_no_ack_is_dropped);
    return;
  }
  if (!arrive_ack(c, h, seg)) return;
  if (h.alive()) arrive_established(c, h, seg);
}

void TcpEngine::arrive_reset(Connection& c, Hypothesis& h, const TcpSegment& seg, Acceptable fits) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  const Errno error = h.state == TcpState::close_wait ? Errno::epipe : Errno::econnreset;
  if (seq == h.rcv_nxt && !unresolved(c, h)) {
    judgement_->apply(Rule::tcp_exact_reset_kills);
    if (fits == Acceptable::maybe && seg.sequence_length() > 0) {
      // Its text does not fit the window.
      Hypothesis ignored = h;
      ignored.ack_allowed = true;
      fork(ignored);
    }
    reset_connection(c, h, error, Rule::tcp_exact_reset_kills);
    return;
  }
  // Linux takes a RST one below RCV.NXT once a FIN has arrived, and, for an orphan, any in the
  // window.
  const bool after_fin = h.peer_fin && seq == h.rcv_nxt - 1;
  const bool orphan = c.orphan && h.state == TcpState::fin_wait_2;
  // ... and one at the end of what it reported by SACK.
  const bool reported =
      h.sack &&
      (std::ranges::any_of(h.copies, [&](const Copy& copy) { return copy.end() == seq; }) ||
       std::ranges::find(h.fins, seq - 1) != h.fins.end());
  if (after_fin || orphan || unresolved(c, h) || reported) {
    Hypothesis dead = h;
    reset_connection(c, dead, error, Rule::tcp_exact_reset_kills);
    fork(dead);
  } else {
    spurn(h, Rule::tcp_inexact_reset_is_challenged);
  }
  challenge(h);
}

void TcpEngine::spurn(Hypothesis& h, Rule rule) {
  judgement_->apply(rule);
  h.spurned = true;
  h.spurn_rule = rule;
}

// What arrived must not be answered.
void TcpEngine::hush(Hypothesis& h, Rule rule) {
  judgement_->apply(rule);
  h.hushed = true;
  h.hush_rule = rule;
}

void TcpEngine::challenge(Hypothesis& h) {
  h.ack_allowed = true;
  challenged_ = true;
}

// What carries nothing new may belong to two ends that answer each other for ever, so that a host
// may stop answering it; RFC 5961 7 names ten in five seconds. Bytes and FINs are not throttled.
void TcpEngine::owe_challenge(Hypothesis& h, Rule rule) {
  challenge(h);
  if (challenges_ < challenges_surely_answered) {
    owe_ack(h, rule);
  } else {
    judgement_->apply(Rule::tcp_challenge_may_be_withheld);
  }
}

Rule TcpEngine::error_rule(const Hypothesis& h) {
  if (h.error != Errno::ok) return h.error_rule;
  return h.spurned ? h.spurn_rule : Rule::tcp_error_reported_once;
}

void TcpEngine::reset_connection(Connection& c, Hypothesis& h, Errno error, Rule rule) {
  h.state = TcpState::closed;
  // What loops back while a call runs waits until the call has sent all that it will (Linux).
  if (!exact_clock() && host_->is_local(c.tuple.peer.ip)) h.ended_by_text = true;
  h.error = error;
  h.error_rule = rule;
  h.spurned = false;
  h.read_shut = true;
  h.write_shut = true;
  h.ack_due = false;
  h.syn_due = false;
  h.doubtful = false;
  const Offset readable_end = h.rcv_nxt;
  h.copies.erase_if([&](const Copy& copy) { return copy.begin >= readable_end; });
  h.fins.clear();
  h.una = h.nxt;
  visit(c, h, 7);
}

// The sixth check, urgent data, and those after it.
void TcpEngine::arrive_established(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  arrive_urgent(c, h, seg, seq);
  if (header_passes_for_urgent(h, seg, seq)) {
    Hypothesis misled = h;
    misled.urgent = Urgent::arrived;
    misled.urgent_unknown = true;
    take_text_and_fin(c, misled, seg, seq);
    fork(misled);
  }
  take_text_and_fin(c, h, seg, seq);
}

// The seventh and eighth check: text and FIN.
void TcpEngine::take_text_and_fin(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset seq) {
  const bool takes_text = h.state == TcpState::established || h.state == TcpState::fin_wait_1 ||
                          h.state == TcpState::fin_wait_2;
  const Offset end = seq + static_cast<Offset>(seg.payload.size());
  if (!takes_text || h.peer_fin) {
    const bool beyond = h.peer_fin && seg.has(tcp_fin) && seq < h.rcv_nxt && end == h.rcv_nxt;
    if (beyond && h.state != TcpState::time_wait && host_->dialect().second_fin_is_acknowledged) {
      Hypothesis moved = h;
      moved.second_fin = true;
      moved.ack_allowed = true;
      moved.doubtful = true;
      fork(moved);
    }
    const bool across = h.peer_fin && seq < h.rcv_nxt && end > h.rcv_nxt && !seg.payload.empty();
    if (across && h.state != TcpState::time_wait && host_->dialect().text_across_fin_resets) {
      Hypothesis dead = h;
      const Errno error = h.state == TcpState::close_wait ? Errno::epipe : Errno::econnreset;
      owe_reset(dead, seg, Rule::tcp_data_after_shutdown_is_reset, true);
      reset_connection(c, dead, error, Rule::tcp_data_after_shutdown_is_reset);
      fork(dead);
    }
    if (seg.sequence_length() > 0) h.ack_allowed = true;
    if (h.peer_fin && end > h.rcv_nxt) spurn(h, Rule::tcp_data_after_fin_is_ignored);
    // What acknowledges the FIN of a CLOSING connection ends it, and is not looked at further.
    const bool ended = h.state == TcpState::time_wait;
    if (!ended && seg.sequence_length() > 0 && end + (seg.has(tcp_fin) ? 1 : 0) <= h.rcv_nxt) {
      owe_ack(h, Rule::tcp_old_duplicate_is_acked);
    }
    return;
  }
  const bool closed_to_data = c.orphan || (h.read_shut && h.write_shut);
  if (closed_to_data && h.state != TcpState::established && seg.sequence_length() > 0 &&
      end > h.rcv_nxt) {
    const Rule rule =
        c.orphan ? Rule::tcp_data_after_close_is_reset : Rule::tcp_data_after_shutdown_is_reset;
    const bool must = !seg.payload.empty() && !unresolved(c, h);
    Hypothesis alive = h;
    owe_reset(h, seg, rule, true);
    h.resets.back().from_connection = true;
    reset_connection(c, h, Errno::econnreset, rule);
    h.ended_by_text = true;
    if (must) return;
    // A FIN alone that leaves a gap: RFC 9293 acknowledges it, Linux resets.
    arrive_text(c, alive, seg, seq);
    fork(alive);
    return;
  }
  arrive_text(c, h, seg, seq);
}

}  // namespace lockstep::oracle
