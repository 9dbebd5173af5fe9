// Segments that arrive in TIME-WAIT, and ICMP errors. RFC 9293 3.10.7.4, 3.9.2.2; RFC 6191;
// RFC 1122 4.2.3.9; docs/oracle.md for what Linux does.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// Whether the SYN takes the place of a connection in TIME-WAIT (RFC 6191 2), which then is over.
// `floor`: the number that the new connection's initial one must exceed.
bool TcpEngine::gives_way(Connection& c, const TcpSegment& seg,
                          std::optional<std::uint32_t>& floor) {
  if (find_listeners(c.tuple.local).first == nullptr) return false;
  bool over = false;
  Offset above = 0;
  std::uint32_t highest = 0;
  for (const Hypothesis& h : c.hypotheses) {
    if (h.state == TcpState::closed) {
      over = true;
      continue;
    }
    if (h.state != TcpState::time_wait) return false;
    above = unwrap(seg.seq, h.irs, h.rcv_nxt) - h.rcv_nxt;
    highest = wrap(h.nxt - 1, h.iss);
  }
  // As far below as above counts as above. At the edge itself the SYN is above the largest number
  // used, as RFC 6191 asks, but not above RCV.NXT, as Linux does.
  constexpr Offset half = Offset{1} << 31;
  const bool higher = above > 0 || above == -half;
  if (!higher && !over && host_->dialect().time_wait_keeps_syn_at_edge) return false;
  if (!higher && !over && above < 0) return false;
  if (!higher) {
    if (above == 0 && !host_->dialect().time_wait_keeps_syn_at_edge) {
      judgement_->give_up("a SYN at the edge of a connection in TIME-WAIT");
    }
    return false;
  }
  judgement_->apply(Rule::tcp_time_wait_gives_way);
  if (!over) floor = highest;
  branch(c, [](Hypothesis& h) { h.state = TcpState::closed; });
  return true;
}

void TcpEngine::arrive_time_wait(Connection& c, Hypothesis& h, const TcpSegment& seg) {
  const Offset seq = unwrap(seg.seq, h.irs, h.rcv_nxt);
  if (seg.has(tcp_rst)) {
    const Acceptable fits = acceptable(c, h, seq, static_cast<Offset>(seg.sequence_length()));
    h.ack_allowed = true;
    if (fits == Acceptable::no) return;
    // RFC 1337 would keep it; Linux does not by default.
    if (seq != h.rcv_nxt) fork(h);
    h.state = TcpState::closed;
    return;
  }
  if (seg.has(tcp_syn) && !seg.has(tcp_ack)) {
    const bool listened = find_listeners(c.tuple.local).first != nullptr;
    const bool at_edge = seq == h.rcv_nxt && host_->dialect().time_wait_keeps_syn_at_edge;
    if (seq < h.rcv_nxt || (at_edge && listened)) {
      owe_challenge(h, Rule::tcp_time_wait_gives_way);
      return;
    }
    // Nobody listens for the new connection: the SYN is reset or acknowledged.
    Hypothesis over = h;
    over.state = TcpState::closed;
    owe_reset(over, seg, Rule::tcp_closed_answers_reset, false);
    fork(over);
    h.ack_allowed = true;
    return;
  }
  if (seg.sequence_length() > 0 || seq != h.rcv_nxt) {
    if (seg.sequence_length() == 0 || seg.has(tcp_syn)) {
      owe_challenge(h, Rule::tcp_time_wait_acks);
    } else {
      owe_ack(h, Rule::tcp_time_wait_acks);
    }
    if (!seg.has(tcp_ack)) fork(h);  // It need not start the 2 MSL anew; Linux lets an ACK do so.
    h.state_age = 0;
  } else {
    h.ack_allowed = true;
  }
}

// Smaller segments are asked for. What quotes none in flight is not believed (RFC 5927 4.1), nor is
// a size that no link of the family has.
void TcpEngine::note_path_mtu(Connection& c, std::uint32_t mtu, const Quote& quote) {
  const std::uint32_t least = c.tuple.peer.ip.is_v4() ? 68 : 1280;
  const SocketId owner = c.socket != 0 ? c.socket : c.listener;
  if (mtu < least || owner == 0 || host_->socket(owner).path_mtu_set) return;
  for (const Hypothesis& h : c.hypotheses) {
    const Offset seq = unwrap(quote.tcp_seq.value_or(h.iss), h.iss, h.nxt);
    if (!h.synchronized() || h.una == h.nxt || seq < h.una || seq > h.nxt) return;
  }
  judgement_->apply(Rule::tcp_packet_too_big_lowers_segments);
  c.path_mtu = c.path_mtu == 0 ? mtu : std::min(c.path_mtu, mtu);
}

// RFC 6069: who hears that the peer cannot be reached sends again sooner, and gives up if that was
// the last time. Linux does so before it notes the error, which is told after the one of giving up
// (tcp_ld_RTO_revert).
void TcpEngine::fork_hastened(Connection& c, const Hypothesis& h, IcmpKind kind, Errno error) {
  if (kind != IcmpKind::net_unreachable && kind != IcmpKind::host_unreachable) return;
  if (exact_clock() || !may_give_up(c, h)) return;
  Hypothesis dead = h;
  time_out(c, dead);
  dead.soft_error = error;
  fork(dead);
}

// What an error does to a listener's handshake, of which nobody can be told: nothing, or it is
// forgotten in silence.
void TcpEngine::arrive_icmp_in_handshake(const Connection& c, Hypothesis& h, IcmpKind kind,
                                         bool quotes_syn) {
  const bool soft = kind == IcmpKind::net_unreachable || kind == IcmpKind::host_unreachable ||
                    kind == IcmpKind::time_exceeded;
  judgement_->apply(Rule::tcp_icmp_is_soft);
  if (!host_->dialect().soft_errors_end_handshakes_of_ipv4) {
    if (soft || kind == IcmpKind::other) return;
    fork(h);  // RFC 1122 4.2.3.9: SHOULD.
  } else {
    // Linux believes what quotes the SYN|ACK itself (tcp_req_err).
    if (!quotes_syn) return;
    if (kind == IcmpKind::other) {
      fork(h);
    } else if (soft != c.tuple.peer.ip.is_v4()) {
      return;
    }
  }
  h.state = TcpState::closed;
  h.syn_due = false;
}

void TcpEngine::on_icmp(const Packet& packet, const IcmpMessage& icmp) {
  const std::optional<Quote> quote = decode_quote(icmp);
  if (!quote || quote->protocol != protocol_tcp || !host_->is_local(packet.destination)) return;
  Connection* c = find_for_tuple(quote->sender, true);
  if (c == nullptr) return;
  if (icmp.kind == IcmpKind::packet_too_big) {
    note_path_mtu(*c, icmp.mtu, *quote);
    return;
  }
  Errno error = Errno::ok;
  if (icmp.kind == IcmpKind::port_unreachable) error = Errno::econnrefused;
  if (icmp.kind == IcmpKind::host_unreachable) error = Errno::ehostunreach;
  if (icmp.kind == IcmpKind::net_unreachable) error = Errno::enetunreach;
  if (icmp.kind == IcmpKind::time_exceeded) error = Errno::ehostunreach;
  // What has no kind of its own may be a parameter problem, or nothing to TCP.
  const bool vague = icmp.kind == IcmpKind::other;
  if (vague) error = Errno::eproto;
  branch(*c, [&](Hypothesis& h) {
    const Offset seq = unwrap(quote->tcp_seq.value_or(h.iss), h.iss, h.nxt);
    if (!h.iss_known || seq < h.una || seq > h.nxt) return;
    if (error == Errno::ok) return;
    if (h.state == TcpState::syn_received && c->listener != 0) {
      arrive_icmp_in_handshake(*c, h, icmp.kind, seq == 0);
      return;
    }
    // Linux ends a simultaneous open as well.
    const bool crossed = h.state == TcpState::syn_received;
    if (h.state == TcpState::syn_sent || crossed) {
      if (c->socket != 0 && host_->dialect().refused_attempt_keeps_poll_err) {
        stream(c->socket).errors_queued = true;
      }
      // Linux gives up at once (semantics 50); RFC 1122 4.2.3.9 makes some of these soft.
      const bool hard = icmp.kind != IcmpKind::time_exceeded && !vague && !crossed;
      if (!hard) fork(h);
      reset_connection(*c, h, error, Rule::tcp_icmp_is_soft);
    } else if (h.synchronized()) {
      // The socket has let go of a connection in TIME-WAIT, which itself has nobody to tell.
      if (h.state == TcpState::time_wait) return;
      if (vague) fork(h);
      judgement_->apply(Rule::tcp_icmp_is_soft);
      fork_hastened(*c, h, icmp.kind, error);
      if (c->socket == 0 || !host_->socket(c->socket).all_errors_asked) {
        h.soft_error = error;
        return;
      }
      // ip(7): who asked for every error of IPv4 is told at once.
      if (c->tuple.peer.ip.is_v4()) {
        h.error = error;
        h.error_rule = Rule::tcp_icmp_is_soft;
      } else {
        h.soft_error = error;
      }
      if (host_->dialect().refused_attempt_keeps_poll_err) stream(c->socket).errors_queued = true;
    }
  });
}

}  // namespace lockstep::oracle
