// Segments that arrive: which connection they belong to, and whether their numbers are acceptable.
// What each state makes of them stands in the other tcp_arrive_*.cc. RFC 9293 3.10.7.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

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

// Whether a connection of this host with itself ended in this step. While the call that it answered
// still runs, what arrives for it is put aside, and thrown away with it (Linux).
bool TcpEngine::ends_within_step(const FourTuple& tuple) const {
  if (exact_clock() || !host_->is_local(tuple.peer.ip)) return false;
  const auto ends = [](const Hypothesis& h) { return h.ended_by_text; };
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    if (c.in_use && c.tuple_known && c.tuple == tuple && std::ranges::any_of(c.hypotheses, ends)) {
      return true;
    }
  }
  return false;
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
  if (contest_of(tuple) != nullptr) {
    judgement_->give_up("a segment for one of two connections of which one is there");
  } else if (c != nullptr && opens && may_be_over(*c)) {
    open_contest(tuple, seg);
    c = find_for_tuple(tuple, true);
  }
  if (c == nullptr) {
    const bool busy = ends_within_step(tuple);
    c = &make_connection_for(tuple, opens);
    c->former_ends = busy;
    c->iss_floor = floor;
  }
  ++c->arrivals;
  if (!seg.has(tcp_rst)) c->refusal = reset_for(seg, Rule::tcp_closed_answers_reset, true);
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
  if (expires_amid_step(c, h)) {
    Hypothesis over = h;
    expire(over);
    arrive(c, over, seg);
    fork(over);
  }
  if (h.soft_error != Errno::ok && seg.has(tcp_ack) && host_->dialect().ack_clears_soft_error) {
    // One that acknowledges nothing new does so, too, but not when its text is taken in a hurry.
    Hypothesis forgets = h;
    forgets.soft_error = Errno::ok;
    arrive(c, forgets, seg);
    fork(forgets);
  }
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
      }  // Else the SYN is for the listener, as open_contest() saw to.
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
  // Linux goes by the window that it showed last (tcp_sequence), whatever the buffer is by now.
  const bool buffer_set = exact_clock() && owner != 0 && host_->socket(owner).receive_buffer != 0;
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

}  // namespace lockstep::oracle
