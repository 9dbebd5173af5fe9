// Segments that leave: each must be one that some hypothesis allows. What leaves in a step may have
// been made before the last arrival in it, so numbers of the step's start are allowed as well.
// RFC 9293 3.4, 3.7, 3.8, 3.10.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
Connection* TcpEngine::find_for_tuple(const FourTuple& tuple, bool alive) {
  Connection* found = nullptr;
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use || !c.tuple_known || c.tuple != tuple || c.contested) continue;
    if (c.may_be_alive()) return &c;
    if (!alive) {
      // Among dead ones the one that still owes something; else the latest.
      for (const Hypothesis& h : c.hypotheses) {
        if (h.ended_by_text) return &c;
        for (const DueReset& due : h.resets) {
          if (!due.sent) return &c;
        }
      }
      found = &c;
    }
  }
  return found;
}

// A connection whose SYN is due and whose local end is not known yet.
Connection* TcpEngine::find_opening(const FourTuple& tuple) {
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use || c.tuple.peer != tuple.peer) continue;
    if (c.tuple_known && (c.tuple != tuple || !c.hypotheses.front().syn_due)) continue;
    const Endpoint& local = c.tuple.local;
    if (local.port != 0 && local.port != tuple.local.port) continue;
    if (!local.ip.is_unspecified() && local.ip != tuple.local.ip) continue;
    return &c;
  }
  return nullptr;
}

// Whether a connection that is there sends its SYN again. Another attempt may be under way whose
// local end is not known yet.
bool TcpEngine::repeats_its_syn(const FourTuple& tuple, const TcpSegment& seg) {
  const Connection* c = find_for_tuple(tuple, true);
  if (c == nullptr) return false;
  const Hypothesis& h = c->hypotheses.front();
  return h.iss_known && h.iss == seg.seq;
}

void TcpEngine::on_left(const Packet& packet) {
  if (done()) return;
  const TcpSegment* seg = packet.tcp();
  if (seg == nullptr) return;
  ++events_;
  packet_ = &packet;
  call_ = nullptr;
  const FourTuple tuple = sender_tuple(packet);
  const bool reset = seg->has(tcp_rst);
  Connection* c = nullptr;
  if (seg->has(tcp_syn) && !seg->has(tcp_ack) && !repeats_its_syn(tuple, *seg)) {
    c = find_opening(tuple);
    if (c != nullptr && require(Rule::tcp_source_is_local, host_->is_local(tuple.local.ip),
                                "an address of the host")) {
      c->tuple = tuple;
      c->tuple_known = true;
      // The ends were free, so that an older connection between them is over.
      for (std::size_t i = 0; i < used_; ++i) {
        Connection& older = connections_[i];
        if (&older == c || !older.in_use || !older.tuple_known || older.tuple != tuple) continue;
        for (Hypothesis& h : older.hypotheses) {
          h.state = TcpState::closed;
        }
      }
      if (c->socket != 0) host_->learn_local(host_->socket(c->socket), tuple.local);
    }
  }
  if (c == nullptr && reset) {
    // A RST may be that of a connection just gone whose ends another one has taken over.
    for (std::size_t i = 0; i < used_ && c == nullptr; ++i) {
      Connection& other = connections_[i];
      if (!other.in_use || !other.tuple_known || other.tuple != tuple) continue;
      for (const Hypothesis& h : other.hypotheses) {
        for (const DueReset& due : h.resets) c = due.sent ? c : &other;
      }
    }
  }
  if (c == nullptr) c = judge_contest(tuple, *seg);
  if (c == nullptr) c = find_for_tuple(tuple, false);
  if (c == nullptr) {
    require(reset ? Rule::tcp_reset_needs_cause : Rule::tcp_segment_needs_connection, false,
            "no segment");
  } else {
    branch(*c, [&](Hypothesis& h) {
      visit(*c, h, reset ? 32 - 1 : (seg->has(tcp_syn) ? 32 - 2 : 32 - 3));
      emit(*c, h, *seg);
    });
    if (seg->has(tcp_syn) && !c->syn_was_sent && !done()) {
      c->syn_was_sent = true;
      c->own_scale = seg->options.window_scale;
      c->own_timestamps = seg->options.timestamps.has_value();
      c->own_sack = seg->options.sack_permitted;
    }
    if (seg->has(tcp_syn)) c->own_window = seg->window;
    if (seg->has(tcp_syn) && shows_smaller_path(*c, *seg)) c->uneven = true;
    if (seg->has(tcp_syn | tcp_ack)) learn_listener_port(*c);
  }
  packet_ = nullptr;
}

// Whether the MSS that the host offers is less than its own link asks for: a live kernel goes by
// the path, of which it may have heard before the scenario began.
bool TcpEngine::shows_smaller_path(const Connection& c, const TcpSegment& syn) const {
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  if (exact_clock() || (owner != 0 && host_->socket(owner).max_segment != 0)) return false;
  const Offset headers = c.tuple.peer.ip.is_v4() ? 40 : 60;
  return syn.options.mss.value_or(0xffff) < Offset{host_->config().mtu} - headers;
}

// Where the clock elapses, a timer may have sent it while the arrival or the call that ended its
// need was under way: the same numbers and bytes once more, as the connection was at the start of
// the step.
bool TcpEngine::crossed_its_end(const Connection& c, const Hypothesis& h,
                                const TcpSegment& seg) const {
  if (exact_clock() || !h.iss_known || h.una_before == h.nxt_before) return false;
  const bool opening =
      h.state_before == TcpState::syn_sent || h.state_before == TcpState::syn_received;
  if (h.state_before == TcpState::closed || h.state_before == h.state) return false;
  if (seg.has(tcp_syn)) {
    const bool acks = h.state_before == TcpState::syn_received;
    return opening && seg.seq == h.iss && seg.has(tcp_ack) == acks &&
           (!acks || seg.ack == h.irs + 1);
  }
  if (opening || h.alive() || !seg.has(tcp_ack)) return false;
  const Offset seq = unwrap(seg.seq, h.iss, h.nxt);
  const auto length = static_cast<Offset>(seg.sequence_length());
  return seq >= h.una_before && seq + length <= h.nxt_before &&
         unwrap(seg.ack, h.irs, h.rcv_nxt) <= h.rcv_nxt &&
         payload_was_sent(c, seq, seg.payload.bytes());
}

// A timer sent the SYN while the arrival was under way, and another may have given the attempt up
// before it came, so that it met nobody.
void TcpEngine::fork_gone_before(Connection& c, const Hypothesis& h) {
  if (!c.refusal || !h.alive()) return;
  Hypothesis gone = h;
  gone.rcv_nxt = gone.read = 1;
  gone.copies.clear();
  gone.fins.clear();
  gone.peer_fin = false;
  gone.queued = false;
  time_out(c, gone);
  gone.resets.assign(1, *c.refusal);
  fork(gone);
}

void TcpEngine::emit(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  if (seg.has(tcp_rst)) {
    emit_reset(c, h, seg);
    return;
  }
  if (crossed_its_end(c, h, seg)) {
    if (seg.has(tcp_syn)) fork_gone_before(c, h);
    return;
  }
  if (!h.alive() && h.ended_by_text && seg.has(tcp_ack) && !seg.has(tcp_syn) &&
      seg.sequence_length() > 0) {
    emit_sequence(c, h, seg, unwrap(seg.seq, h.iss, h.nxt));
    return;
  }
  const bool plain_ack = seg.has(tcp_ack) && seg.sequence_length() == 0;
  if (!h.alive() && h.ack_due && plain_ack) {
    // Of the peer's FIN, where there is no TIME-WAIT to send it from.
    emit_ack(c, h, seg);
    return;
  }
  const bool silenced = !h.alive() && h.hushed;
  if (!check(silenced ? h.hush_rule : Rule::tcp_segment_needs_connection, h.alive(), h,
             "no segment, or a RST")) {
    return;
  }
  if (seg.has(tcp_syn)) {
    emit_syn(c, h, seg);
    return;
  }
  if (!check(Rule::tcp_state_allows_flags,
             h.state != TcpState::syn_sent && h.iss_known && seg.has(tcp_ack), h,
             h.state == TcpState::syn_sent ? "a SYN" : "an ACK")) {
    return;
  }
  const Offset seq = unwrap(seg.seq, h.iss, h.nxt);
  emit_ack(c, h, seg);
  if (!refuted_) emit_options(c, h, seg);
  if (!refuted_) emit_urgent(c, h, seg, seq);
  if (!refuted_) emit_sequence(c, h, seg, seq);
  const bool plain = seg.sequence_length() == 0;
  if (!refuted_ && h.hushed && plain && !h.ack_allowed && c.arrivals == 1 && exact_clock()) {
    check(h.hush_rule, false, h, "silence");
  }
}

void TcpEngine::emit_reset(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  Rule blamed = Rule::tcp_reset_needs_cause;
  for (DueReset& due : h.resets) {
    if (due.sent) continue;
    blamed = Rule::tcp_reset_numbers;
    bool fits = due.answers_ack ? seg.seq == due.seq
                                : seg.seq == 0 && seg.has(tcp_ack) && seg.ack == due.ack;
    if (due.from_connection && h.iss_known) {
      const Offset seq = unwrap(seg.seq, h.iss, h.nxt);
      const bool acks = !seg.has(tcp_ack) || is_closure(h, unwrap(seg.ack, h.irs, h.rcv_nxt)) ||
                        seg.ack == due.ack;
      fits |= seq >= h.una_before && seq <= std::max(h.nxt, h.nxt_before) && acks;
    }
    if (fits) {
      judgement_->apply(Rule::tcp_reset_numbers);
      judgement_->apply(Rule::tcp_reset_needs_cause);
      due.sent = true;
      return;
    }
  }
  if (h.iss_known && may_give_up(c, h) && unwrap(seg.seq, h.iss, h.nxt) >= h.una &&
      unwrap(seg.seq, h.iss, h.nxt) <= h.nxt) {
    time_out(c, h);
    return;
  }
  if (blamed == Rule::tcp_reset_needs_cause && h.write_shut && c.socket != 0) {
    const SocketModel& socket = host_->socket(c.socket);
    if (socket.linger_on && socket.linger_seconds == 0) blamed = Rule::tcp_linger_only_at_close;
  }
  if (blamed == Rule::tcp_reset_needs_cause && h.spurned) blamed = h.spurn_rule;
  if (blamed == Rule::tcp_reset_needs_cause && h.hushed) blamed = h.hush_rule;
  check(blamed, false, h, [&]() -> std::string {
    if (h.resets.empty()) return "no RST";
    const DueReset& due = h.resets.front();
    return due.answers_ack || due.from_connection
               ? "RST with seq=" + std::to_string(due.seq)
               : "RST|ACK with seq=0 ack=" + std::to_string(due.ack);
  });
}

void TcpEngine::emit_syn(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  // Of a simultaneous open that ended before it was acknowledged it is still sent again.
  const bool answers = h.state == TcpState::syn_received || (h.synchronized() && h.una == 0);
  const TcpFlags flags = seg.flags & (tcp_syn | tcp_ack | tcp_fin | tcp_urg);
  const bool right = answers ? flags == (tcp_syn | tcp_ack) : flags == tcp_syn;
  if (!check(Rule::tcp_state_allows_flags, (answers || h.state == TcpState::syn_sent) && right, h,
             answers ? "SYN|ACK" : "SYN in SYN_SENT alone")) {
    return;
  }
  if (answers && c.iss_floor && !h.iss_known &&
      !check(Rule::tcp_time_wait_gives_way, unwrap(seg.seq, *c.iss_floor, 0) > 0, h,
             [&] { return "seq above " + std::to_string(*c.iss_floor); })) {
    return;
  }
  if (answers && !check(Rule::tcp_syn_ack_numbers, seg.ack == h.irs + 1, h,
                        [&] { return "ack=" + std::to_string(h.irs + 1); })) {
    return;
  }
  if (h.iss_known) {
    if (!check(Rule::tcp_syn_is_repeated, seg.seq == h.iss, h,
               [&] { return "seq=" + std::to_string(h.iss); })) {
      return;
    }
    const bool caused = h.syn_due || ticked_ || c.arrivals > 0 || !exact_clock();
    if (!check(Rule::tcp_retransmits_in_time, caused, h, "no SYN before its time-out")) return;
    h.resent = true;
    if (!h.syn_due) {  // Else it answers one of the peer.
      c.syn_was_repeated = true;
      h.recover = std::max<Offset>(h.recover, 1);  // RFC 6582 3.2 counts any time-out.
      ++h.doublings;
    }
    if (!h.syn_due && c.arrivals == 0) count_retry(c, h, h.retries);
    if (!check(Rule::tcp_retry_limit, h.retries <= host_->config().retransmit_max + 1, h,
               "no more SYNs")) {
      return;
    }
  } else if (!check(Rule::tcp_syn_numbers, h.syn_due && seg.payload.empty(), h, "no SYN")) {
    return;
  }
  // Over loopback either the timer sent it or what arrived since.
  const bool perhaps_retried = h.iss_known && !h.syn_due && c.arrivals > 0 && ticked_;
  if (h.syn_due) judgement_->apply(h.syn_rule);
  if (!h.iss_known) begin_wait(h);
  h.iss = seg.seq;
  h.iss_known = true;
  h.nxt = std::max<Offset>(h.nxt, 1);
  h.nxt_before = std::max<Offset>(h.nxt_before, 1);
  h.syn_due = false;
  h.hushed = false;
  if (answers) {
    h.scaled = h.scaled && seg.options.window_scale.has_value();
    h.timestamps = h.timestamps && seg.options.timestamps.has_value();
    h.sack = h.sack && seg.options.sack_permitted;
    h.ack_shown = 1;
    h.edge = std::max(h.edge, 1 + Offset{seg.window});
    h.edge_is_capped = seg.window == 0xffff;
    h.ack_due = false;
  }
  if (!perhaps_retried) return;
  Hypothesis counted = h;
  count_retry(c, counted, counted.retries);
  fork(counted);
}

// The last retransmission or probe may be followed by the end of the connection within the same
// step.
void TcpEngine::count_retry(Connection& c, Hypothesis& h, std::uint32_t& counter) {
  // What answers an arrival (fast retransmit, RFC 6582's partial acknowledgment) is no time-out,
  // and R2 counts those (RFC 9293 3.8.3).
  if (exact_clock() ? !ticked_ : c.arrivals > 0) return;
  ++counter;
  fork_given_up(c, h);
}

// A probe answers no arrival.
void TcpEngine::count_probe(Connection& c, Hypothesis& h) {
  if (exact_clock() && !ticked_) return;
  ++h.probes;
  fork_given_up(c, h);
}

void TcpEngine::fork_given_up(Connection& c, const Hypothesis& h) {
  if (!may_give_up(c, h)) return;
  Hypothesis dead = h;
  time_out(c, dead);
  fork(dead);
}

// The acknowledgment: of what arrived, all of it or as it stood at the start of the step, and never
// less than before.
void TcpEngine::emit_ack(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset ack = unwrap(seg.ack, h.irs, h.rcv_nxt);
  const Rule ahead = h.spurned ? h.spurn_rule : Rule::tcp_ack_of_arrived_only;
  const Rule rule = ack > h.rcv_nxt ? ahead : Rule::tcp_ack_never_goes_back;
  const bool may_be_stale = !exact_clock() || c.arrivals > 1 || seg.sequence_length() > 0;
  const Offset least = may_be_stale ? std::min(h.rcv_before, h.rcv_nxt) : h.rcv_nxt;
  const bool closed = is_closure(h, ack) || (ack >= least && ack <= h.rcv_nxt) ||
                      (h.second_fin && ack == h.rcv_nxt + 1);
  if (!check(rule, closed && ack >= h.ack_shown, h,
             [&] { return "ack=" + std::to_string(wrap(h.rcv_nxt, h.irs)); })) {
    return;
  }
  judgement_->apply(Rule::tcp_ack_of_arrived_only);
  judgement_->apply(Rule::tcp_ack_never_goes_back);
  if (ack > h.ack_shown) judgement_->apply(Rule::tcp_ack_is_timely);
  if (ack >= h.rcv_nxt) h.ack_due = false;
  emit_window(c, h, seg, ack);
  h.ack_shown = std::max(h.ack_shown, ack);
  h.shown_in_step = true;
  if (h.ack_shown == h.rcv_nxt) h.ack_waited = 0;
}

void TcpEngine::emit_window(Connection& c, Hypothesis& h, const TcpSegment& seg, Offset ack) {
  const bool scaled = (h.scaled || h.keeps_scale) && c.own_scale;
  const int shift = scaled ? std::min<int>(*c.own_scale, 14) : 0;
  const Offset edge = ack + (Offset{seg.window} << shift);
  const Offset slack = (Offset{1} << shift) - 1;
  const bool is_short = memory_may_be_short(c, h);
  const bool judged = !h.peer_fin && !unresolved(c, h) && !is_short;
  if (judged && !check(Rule::tcp_window_never_shrinks, edge + slack >= h.edge, h,
                       [&] { return "window >= " + std::to_string((h.edge - ack) >> shift); })) {
    return;
  }
  // Short of memory, Linux takes back what it offered, and counts from what it shows instead.
  h.edge = is_short ? edge : std::max(h.edge, edge);
  h.edge_is_capped = false;
  h.read_at_edge = h.read;
}

}  // namespace lockstep::oracle
