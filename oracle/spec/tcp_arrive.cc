// Segments that arrive, and the checks on synchronized connections in the order of RFC 9293
// 3.10.7.4, with the challenge ACKs of RFC 5961 and the TIME-WAIT of RFC 6191.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

constexpr std::uint32_t challenges_surely_answered = 10;

}  // namespace

void TcpEngine::on_arrived(const Packet& packet, bool forged) {
  if (done()) return;
  ++events_;
  packet_ = &packet;
  call_ = nullptr;
  forged_ = forged;
  const IcmpMessage* too_big = packet.icmp();
  if (too_big != nullptr && too_big->kind == IcmpKind::packet_too_big) {
    least_path_mtu_ = std::min(least_path_mtu_, too_big->mtu);
  }
  if (const TcpSegment* seg = packet.tcp()) {
    on_segment(packet, *seg, forged);
  } else if (const IcmpMessage* icmp = packet.icmp()) {
    on_icmp(packet, *icmp);
  }
  packet_ = nullptr;
}

// A connection for a segment that belongs to none: a listener's child, if one listens there. What
// does not open a connection fares the same with each listener.
Connection& TcpEngine::make_connection_for(const FourTuple& tuple, bool opens) {
  Listeners listeners = find_listeners(tuple.local);
  const bool maybe = listeners.first == nullptr;
  if (maybe) listeners = find_maybe_listeners(tuple.local);
  const SocketId listener = listeners.first == nullptr ? 0 : listeners.first->id;
  const SocketId rival = listeners.rival == nullptr ? 0 : listeners.rival->id;
  if (opens && (listeners.more || (rival != 0 && children_differ(listener, rival)))) {
    judgement_->give_up("several listeners share an address and a port");
  }
  Connection& c = make_connection(tuple);
  if (listener != 0) {
    c.listener = listener;
    c.rival = rival;
    c.socket = host_->make_child(host_->socket(listener), tuple.local);
    stream(c.socket);
    c.maybe_listener = maybe;
  }
  return c;
}

// A child is made from its listener as it is when the handshake ends, not when it begins.
void TcpEngine::note_child_buffer(Connection& c) const {
  if (c.listener == 0 || c.accepted || c.hypotheses.front().synchronized()) return;
  const std::int32_t buffer = host_->socket(c.listener).receive_buffer;
  if (buffer > 0) c.child_buffer = c.child_buffer == 0 ? buffer : std::min(buffer, c.child_buffer);
}

void TcpEngine::on_segment(const Packet& packet, const TcpSegment& seg, bool forged) {
  const FourTuple tuple{{packet.destination, seg.destination_port},
                        {packet.source, seg.source_port}};
  if (!host_->is_local(tuple.local.ip) || tuple.peer.ip.is_multicast() ||
      tuple.peer.ip.is_broadcast() || tuple.peer.ip.is_unspecified()) {
    return;
  }
  Connection* c = find_for_tuple(tuple, true);
  std::optional<std::uint32_t> floor;
  const bool opens = seg.has(tcp_syn) && !seg.has(tcp_ack) && !seg.has(tcp_rst);
  if (c != nullptr && opens && gives_way(*c, seg, floor)) c = nullptr;
  if (c == nullptr) {
    c = &make_connection_for(tuple, opens);
    c->iss_floor = floor;
  }
  ++c->arrivals;
  note_child_buffer(*c);
  challenged_ = false;
  branch(*c, [&](Hypothesis& h) {
    const TcpState before = h.state;
    const Offset una = h.una;
    const Offset rcv_nxt = h.rcv_nxt;
    const Offset wnd_right = h.wnd_right;
    const std::size_t copies = h.copies.size() + h.fins.size();
    visit(*c, h, 2 + ((seg.flags & tcp_syn) != 0 ? 1 : 0) + ((seg.flags & tcp_rst) != 0 ? 2 : 0));
    arrive(*c, h, seg);
    const bool changed = h.state != before || h.una != una || h.rcv_nxt != rcv_nxt ||
                         h.wnd_right != wnd_right || h.copies.size() + h.fins.size() != copies;
    if (forged && changed && before != TcpState::closed) h.doubtful = true;
    if (forged) {
      for (Hypothesis& other : forks_) other.doubtful = true;
    }
  });
  if (challenged_) ++challenges_;
}

// A FIN that was acknowledged in this step is taken before what arrives next.
void TcpEngine::take_acknowledged_fin(Connection& c, Hypothesis& h) {
  if (h.peer_fin || !h.shown_in_step || h.ack_shown <= h.rcv_nxt) return;
  const bool fin = std::ranges::find(h.fins, h.ack_shown - 1) != h.fins.end();
  if (fin && !text_reaches(h, h.ack_shown)) resolve(c, h, h.ack_shown);
}

void TcpEngine::arrive(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  take_acknowledged_fin(c, h);
  switch (h.state) {
    case TcpState::closed: {
      const bool listens = find_listeners(c.tuple.local).first != nullptr;
      const bool ours = c.listener != 0 && !c.accepted && !h.queued;
      const bool opens = seg.has(tcp_syn) && !seg.has(tcp_ack) && !seg.has(tcp_rst);
      if (!listens && c.maybe_listener && ours) {
        Hypothesis taken = h;
        arrive_listen(c, taken, seg);
        fork(taken);
      }
      if (!listens) {
        arrive_closed(c, h, seg);
      } else if (ours || !opens) {
        arrive_listen(c, h, seg);
      } else {
        judgement_->give_up("a SYN for a listener from the peer of a connection that may be over");
      }
      return;
    }
    case TcpState::syn_sent:
      arrive_syn_sent(c, h, seg);
      return;
    case TcpState::syn_received:
      arrive_syn_received(c, h, seg);
      return;
    case TcpState::time_wait:
      arrive_time_wait(c, h, seg);
      return;
    case TcpState::established:
    case TcpState::fin_wait_1:
    case TcpState::fin_wait_2:
    case TcpState::close_wait:
    case TcpState::closing:
    case TcpState::last_ack:
      arrive_synchronized(c, h, seg);
      return;
  }
}

// RFC 9293 3.4, the four cases, with the edges of which a stack may have another idea.
Acceptable TcpEngine::acceptable(const Connection& c, const Hypothesis& h, Offset seq,
                                 Offset length) const {
  const Offset end = seq + length;
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  const bool buffer_set = owner != 0 && host_->socket(owner).receive_buffer != 0;
  const Offset unknown = buffer_set || h.edge_is_capped ? 1 << 30 : 0;
  const Offset edge_most = h.edge + (h.read - h.read_at_edge) + unknown;
  const bool resolved = !unresolved(c, h);
  if (end < h.rcv_before || end < std::min(h.ack_shown, h.rcv_nxt) || seq > edge_most) {
    return resolved ? Acceptable::no : Acceptable::maybe;
  }
  if (!resolved) return Acceptable::maybe;
  if (length == 0) {
    if (seq == h.rcv_nxt) return Acceptable::yes;
    return h.rcv_nxt < seq && seq < h.edge ? Acceptable::yes : Acceptable::maybe;
  }
  if (end <= h.rcv_nxt) return Acceptable::maybe;
  return h.rcv_nxt < h.edge && end <= h.edge ? Acceptable::yes : Acceptable::maybe;
}

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
    challenge(h);
  } else {
    owe_challenge(h, seg, Rule::tcp_unacceptable_is_acked);
  }
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
  if (fits == Acceptable::maybe) {
    Hypothesis other = h;
    other.ack_allowed = true;
    const bool old = length > 0 && seq + length <= h.rcv_nxt;
    if (!unresolved(c, h)) {
      owe_challenge(other, seg,
                    old ? Rule::tcp_old_duplicate_is_acked : Rule::tcp_unacceptable_is_acked);
    }
    fork(other);
  }
  if (seg.has(tcp_syn)) {
    challenge(h);  // RFC 5961 4.2.
    h.doubtful = true;
    if (c.orphan && h.state == TcpState::fin_wait_2) {
      Hypothesis dead = h;
      owe_reset(dead, seg, Rule::tcp_data_after_close_is_reset, false);
      dead.state = TcpState::closed;
      fork(dead);
    }
    return;
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
void TcpEngine::owe_challenge(Hypothesis& h, const TcpSegment& seg, Rule rule) {
  const bool empty = seg.sequence_length() == 0 || seg.has(tcp_syn);
  if (empty) challenge(h);
  if (!empty || challenges_ < challenges_surely_answered) owe_ack(h, rule);
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

// The fifth check. Answers whether the segment's text is looked at.
bool TcpEngine::arrive_ack(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  const Offset ack = unwrap(seg.ack, h.iss, h.nxt);
  if (ack > h.nxt) {
    spurn(h, Rule::tcp_ack_of_unsent_is_dropped);
    challenge(h);
    h.doubtful = true;
    return false;
  }
  if (ack < h.una - h.wnd_max) {
    challenge(h);  // RFC 5961 5.2.
    return false;
  }
  const Offset first = c.listener != 0 ? 1 : 0;
  if (ack < first && host_->dialect().ack_before_first_is_dropped) {
    Hypothesis dropped = h;
    challenge(dropped);
    fork(dropped);
  }
  if (ack == h.una && seg.payload.empty() && !seg.has(tcp_fin) && h.una < h.nxt) {
    ++h.duplicate_acks;
  }
  take_window(h, seg, seq, ack);
  if (ack >= h.una) {
    if (host_->dialect().ack_clears_soft_error) h.soft_error = Errno::ok;
    h.probes = 0;
    // A closed window is probed for as long as the probes are acknowledged (RFC 9293 3.8.6.1), also
    // with what is in flight when the peer took the window back.
    if (h.wnd_right <= h.una) {
      h.retries = 0;
      begin_wait(h);
    }
  }
  if (ack <= h.una) return true;
  c.longest_round_trip = std::max(c.longest_round_trip, h.waited + h.waited_more);
  h.una = ack;
  begin_wait(h);
  h.retries = 0;
  if (ack > h.resent_to) h.doublings = 0;
  h.duplicate_acks = 0;
  if (c.wants_fin && h.una > c.fin_offset()) fin_acknowledged(c, h);
  return true;
}

// RFC 9293 3.10.7.4: SND.WL1 and SND.WL2. The RFC's segment may have been cut to start at RCV.NXT,
// hence two edges.
void TcpEngine::take_window(Hypothesis& h, const TcpSegment& seg, Offset seq, Offset ack) {
  const Offset window = Offset{seg.window} << (h.scaled && !seg.has(tcp_syn) ? h.peer_scale : 0);
  const Offset right = ack + window;
  h.wnd_max = std::max(h.wnd_max, window);
  if (ack < h.una) return;
  h.wnd_right_last = right;
  const bool newer = seq > h.wl1 || (seq == h.wl1 && ack > h.wl2);
  const bool same = seq == h.wl1 && ack == h.wl2;
  const bool narrows = same && window > 0 && right < h.wnd_right;
  if (narrows && host_->dialect().same_numbers_never_narrow_window) {
    h.wnd_right_low = std::min(h.wnd_right_low, right);
  } else if (newer || (seq == h.wl1 && ack >= h.wl2)) {
    h.wnd_right = right;
    h.wnd_right_low = right;
    h.wl1 = seq;
    h.wl2 = ack;
  } else {
    // SND.WND is kept and counted from the new SND.UNA (RFC 9293 3.3.1).
    const Offset kept = ack + std::max<Offset>(h.wnd_right - h.una, 0);
    h.wnd_right = std::max({h.wnd_right, right, kept});
    h.wnd_right_low = std::min(h.wnd_right_low, right);
  }
  h.wnd_right_step = std::max(h.wnd_right_step, h.wnd_right);
}

void TcpEngine::fin_acknowledged(Connection& c, Hypothesis& h) {
  switch (h.state) {
    case TcpState::fin_wait_1:
      h.state = TcpState::fin_wait_2;
      h.state_age = 0;
      if (c.orphan && !c.lingers) end_without_fin_wait_2(h);
      break;
    case TcpState::closing:
      h.state = TcpState::time_wait;
      h.state_age = 0;
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

// The sixth to eighth check: text and FIN.
void TcpEngine::arrive_established(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  if (seg.has(tcp_urg)) h.stream_unknown = true;
  const bool takes_text = h.state == TcpState::established || h.state == TcpState::fin_wait_1 ||
                          h.state == TcpState::fin_wait_2;
  const Offset end = seq + static_cast<Offset>(seg.payload.size());
  if (!takes_text || h.peer_fin) {
    const bool across = h.peer_fin && seq < h.rcv_nxt && end > h.rcv_nxt && !seg.payload.empty();
    if (across && h.state != TcpState::time_wait && host_->dialect().text_across_fin_resets) {
      Hypothesis dead = h;
      const Errno error = h.state == TcpState::close_wait ? Errno::epipe : Errno::econnreset;
      owe_reset(dead, seg, Rule::tcp_data_after_shutdown_is_reset, true);
      reset_connection(c, dead, error, Rule::tcp_data_after_shutdown_is_reset);
      fork(dead);
    }
    if (seg.sequence_length() > 0) h.ack_allowed = true;
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
