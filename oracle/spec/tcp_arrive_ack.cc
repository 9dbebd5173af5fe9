// The acknowledgment of a segment that arrives on a synchronized connection, and its window. RFC
// 9293 3.10.7.4, fifth check; RFC 5961 5.2.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// An acknowledgment of what was never sent, or of what is too old.
void TcpEngine::refuse_ack(Hypothesis& h, Offset ack) {
  const bool unsent = ack > h.nxt;
  const Rule rule =
      unsent ? Rule::tcp_ack_of_unsent_is_dropped : Rule::tcp_ack_too_old_is_challenged;
  spurn(h, rule);
  owe_challenge(h, rule);
  if (unsent && !forged_) h.doubtful = true;
}

// The fifth check. Answers whether the segment's text is looked at.
bool TcpEngine::arrive_ack(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  const Offset ack = unwrap(seg.ack, h.iss, h.nxt);
  const bool unseen = c.orphan && h.state == TcpState::fin_wait_2 &&
                      host_->dialect().orphan_ignores_acknowledgments;
  if (unseen && (ack > h.nxt || ack < h.una - h.wnd_max)) {
    Hypothesis looked = h;
    refuse_ack(looked, ack);
    fork(looked);
    return true;
  }
  if (ack > h.nxt || ack < h.una - h.wnd_max) {
    refuse_ack(h, ack);
    return false;
  }
  const Offset first = c.listener != 0 ? 1 : 0;
  if (ack < first && host_->dialect().ack_before_first_is_dropped) {
    Hypothesis dropped = h;
    owe_challenge(dropped, Rule::tcp_ack_too_old_is_challenged);
    fork(dropped);
  }
  if (ack == h.una && seg.payload.empty() && !seg.has(tcp_fin) && h.una < h.nxt) {
    ++h.duplicate_acks;
    count_duplicate(c, h, seq, ack + window_of(h, seg));
  } else {
    h.duplicates_in_row = 0;
  }
  take_window(h, seg, seq, ack);
  if (ack >= h.una) {
    h.probes = 0;
    // A closed window is probed for as long as the probes are acknowledged (RFC 9293 3.8.6.1), also
    // with what is in flight when the peer took the window back.
    if (h.wnd_right <= h.una) {
      h.retries = 0;
      begin_wait(h);
    }
  }
  if (ack <= h.una) return true;
  if (host_->dialect().ack_clears_soft_error) h.soft_error = Errno::ok;
  note_round_trip(c, h);
  h.una = ack;
  begin_wait(h);
  h.retries = 0;
  if (ack > h.resent_to) h.doublings = 0;
  h.duplicate_acks = 0;
  h.fast_due = false;
  if (c.wants_fin && h.una > c.fin_offset()) fin_acknowledged(c, h);
  return true;
}

// Whether the acknowledgment and the window are those that are known already.
bool TcpEngine::tells_nothing_new(const Hypothesis& h, const TcpSegment& seg) {
  if (!seg.has(tcp_ack) || seg.has(tcp_fin) || seg.has(tcp_urg)) return false;
  const Offset right = h.una + window_of(h, seg);
  return unwrap(seg.ack, h.iss, h.nxt) == h.una && right == h.wnd_right &&
         right == h.wnd_right_low && right == h.wnd_right_last && right > h.una;
}

Offset TcpEngine::window_of(const Hypothesis& h, const TcpSegment& seg) {
  return Offset{seg.window} << (h.scaled && !seg.has(tcp_syn) ? h.peer_scale : 0);
}

// RFC 5681 2, 3.2. Who hears of the gap by SACK counts otherwise; Linux takes an ACK of a higher
// number than the last for an update of the window, be it the same, and keeps one of the segments
// in flight for the one that is missing; and what was in flight at the last retransmission began a
// recovery that this is a part of (RFC 6582 3.2). Where duplicates were more than what may have
// been lost, Linux goes on to take a few for reordering (tcp_check_reno_reordering).
void TcpEngine::count_duplicate(const Connection& c, Hypothesis& h, Offset seq, Offset right) {
  if (seq > h.wl1_least || right != h.wnd_right || right != h.wnd_right_low) {
    h.duplicates_in_row = 0;
    return;
  }
  if (++h.duplicates_in_row != duplicates_that_tell) return;
  const auto in_flight =
      std::ranges::count_if(c.piece_ends, [&](Offset end) { return end > h.una && end <= h.nxt; });
  const bool first = h.recover == 0 || exact_clock();
  const bool fresh = h.retries == 0 && h.recover < h.una && first && !h.doubtful;
  if (h.sack || !fresh || in_flight <= duplicates_that_tell || h.wnd_right < h.nxt) return;
  if (host_->is_local(c.tuple.peer.ip)) return;
  if (!asks_for(host_->dialect(), rule_row(Rule::tcp_fast_retransmit))) return;
  judgement_->apply(Rule::tcp_fast_retransmit);
  h.fast_due = true;
}

// RFC 9293 3.10.7.4: SND.WL1 and SND.WL2. The RFC's segment may have been cut to start at RCV.NXT,
// hence two edges.
void TcpEngine::take_window(Hypothesis& h, const TcpSegment& seg, Offset seq, Offset ack) {
  const Offset window = window_of(h, seg);
  const Offset right = ack + window;
  h.wnd_max = std::max(h.wnd_max, window);
  if (ack < h.una) return;
  h.wnd_right_last = right;
  const bool newer = seq > h.wl1 || (seq == h.wl1 && ack > h.wl2);
  const bool same = seq == h.wl1 && ack == h.wl2;
  const bool narrows = same && window > 0 && right < h.wnd_right;
  const bool bare = seg.sequence_length() == 0;
  // SND.WND is kept and counted from the new SND.UNA (RFC 9293 3.3.1).
  const Offset kept = ack + std::max<Offset>(h.wnd_right - h.una, 0);
  if (bare && ack == h.una && seq < h.wl1_least && seq >= h.rcv_nxt) {
    // Nothing of it can be cut, and it tells of no progress, which is what Linux would go by.
    judgement_->apply(Rule::tcp_window_old_update_is_ignored);
    h.wnd_refused = std::max(h.wnd_refused, right);
  } else if (narrows && host_->dialect().same_numbers_never_narrow_window) {
    h.wnd_right = std::max(h.wnd_right, kept);
    h.wnd_right_low = std::min(h.wnd_right_low, right);
  } else if (newer || (seq == h.wl1 && ack >= h.wl2)) {
    h.wnd_right = right;
    h.wnd_right_low = right;
    h.wnd_refused = 0;
    h.wl1 = seq;
    h.wl1_least = seq;
    h.wl2 = ack;
  } else {
    h.wnd_right = std::max({h.wnd_right, right, kept});
    h.wnd_right_low = std::min(h.wnd_right_low, right);
  }
  h.wnd_right_step = std::max(h.wnd_right_step, h.wnd_right);
}

void TcpEngine::enter_time_wait(Hypothesis& h) const {
  h.state = TcpState::time_wait;
  h.state_age = 0;
  if (host_->dialect().has_time_wait) return;
  h.state = TcpState::closed;
  h.write_shut = true;
  h.read_shut = true;
}

void TcpEngine::fin_acknowledged(Connection& c, Hypothesis& h) {
  switch (h.state) {
    case TcpState::fin_wait_1:
      h.state = TcpState::fin_wait_2;
      h.state_age = 0;
      if (c.orphan && c.linger2_seconds < 0) end_without_fin_wait_2(h);
      break;
    case TcpState::closing:
      enter_time_wait(h);
      break;
    case TcpState::last_ack:
      h.state = TcpState::closed;
      h.write_shut = true;
      h.read_shut = true;
      break;
    case TcpState::closed:
    case TcpState::syn_sent:
    case TcpState::syn_received:
    case TcpState::established:
    case TcpState::fin_wait_2:
    case TcpState::close_wait:
    case TcpState::time_wait:
      break;
  }
  visit(c, h, 1);
}

}  // namespace lockstep::oracle
