// shutdown and close of a socket with a connection. Sources: RFC 9293 3.6, 3.10.4; shutdown(2),
// close(2), socket(7) SO_LINGER.
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

// The connection ends at once with a RST of its own.
void TcpEngine::abort_hypothesis(Hypothesis& h, Rule rule, bool must) {
  DueReset due;
  due.rule = rule;
  due.must = must;
  due.from_connection = true;
  due.answers_ack = true;
  due.seq = wrap(h.nxt, h.iss);
  due.ack = wrap(h.rcv_nxt, h.irs);
  h.resets.push_back(due);
  h.state = TcpState::closed;
  h.read_shut = true;
  h.write_shut = true;
  h.ack_due = false;
  h.syn_due = false;
}

void TcpEngine::close_connection(Connection& c, const SocketModel& socket) {
  bool fin = false;
  c.was_dual = is_dual(socket, c.tuple.local);
  c.reuse_address = socket.reuse_address;
  c.reuse_port = socket.reuse_port;
  c.linger2_seconds = socket.linger2_seconds;
  branch(c, [&](Hypothesis& h) {
    if (!h.alive() || h.state == TcpState::time_wait) return;
    if (h.state == TcpState::syn_sent) {
      h.state = TcpState::closed;
      h.syn_due = false;
      const bool resets = socket.linger_on && socket.linger_seconds == 0;
      hush(h, resets ? Rule::tcp_linger_only_at_close : Rule::tcp_close_opening_is_silent);
      return;
    }
    if (h.stream_unknown) {
      Hypothesis dead = h;
      abort_hypothesis(dead, Rule::tcp_close_unread_sends_rst, false);
      fork(dead);
    } else if (h.readable() > 0) {
      abort_hypothesis(h, Rule::tcp_close_unread_sends_rst, true);
      return;
    }
    const bool ended = h.state == TcpState::closing || h.state == TcpState::last_ack;
    if (socket.linger_on && socket.linger_seconds == 0) {
      if (ended) {
        Hypothesis dead = h;
        abort_hypothesis(dead, Rule::tcp_linger_zero_sends_rst, false);
        fork(dead);
      } else {
        abort_hypothesis(h, Rule::tcp_linger_zero_sends_rst, true);
        return;
      }
    }
    if (h.state == TcpState::syn_received) {
      // RFC 9293 3.10.4: a FIN, or an abort.
      // The FIN may wait for a window that has room for it beside the SYN.
      // So may a FIN of a connection that has just lost something (RFC 5681 3.1).
      const bool room = h.wnd_max > 1 && !c.syn_was_repeated;
      Hypothesis dead = h;
      abort_hypothesis(dead, Rule::tcp_close_syn_received_speaks, room);
      fork(dead);
      if (room) owe_ack(h, Rule::tcp_close_syn_received_speaks);
      h.state = TcpState::established;
    }
    if (h.state == TcpState::fin_wait_2 && c.linger2_seconds < 0) {
      end_without_fin_wait_2(h);
      return;
    }
    fin = true;
    shut_down(c, h, true, true);
  });
  if (fin) c.wants_fin = true;
}

// tcp(7): a negative TCP_LINGER2 leaves out the FIN-WAIT-2 of an orphan, with a RST.
void TcpEngine::end_without_fin_wait_2(Hypothesis& h) {
  abort_hypothesis(h, Rule::tcp_linger2_negative_resets, true);
}

void TcpEngine::shut_down(Connection& c, Hypothesis& h, bool read, bool write) {
  h.read_shut |= read;
  if (!write) return;
  h.write_shut = true;
  switch (h.state) {
    case TcpState::established:
      h.state = TcpState::fin_wait_1;
      break;
    case TcpState::close_wait:
      h.state = TcpState::last_ack;
      break;
    case TcpState::fin_wait_2:
      h.state_age = 0;
      break;
    case TcpState::closed:
    case TcpState::syn_sent:
    case TcpState::syn_received:
    case TcpState::fin_wait_1:
    case TcpState::closing:
    case TcpState::last_ack:
    case TcpState::time_wait:
      break;
  }
  visit(c, h, 6);
}

void TcpEngine::on_shutdown(StreamSocket& s, SocketModel& socket, Connection& c) {
  const bool bad = call_->how == ShutdownHow::invalid;
  const bool read = call_->how != ShutdownHow::write;
  const bool write = call_->how != ShutdownHow::read;
  bool opening = false;
  bool fin = false;
  branch(c, [&](Hypothesis& h) {
    if (bad) {
      check(Rule::tcp_shutdown_bad_how, result_->error == Errno::einval, h, "EINVAL");
      return;
    }
    if (!h.alive() || h.state == TcpState::time_wait) {
      check(Rule::tcp_shutdown_needs_connection, result_->error == Errno::enotconn, h, "ENOTCONN");
      h.read_shut |= read;
      h.write_shut |= write;
      return;
    }
    if (h.state == TcpState::syn_sent) {
      if (!check(Rule::tcp_shutdown_opening_ends, result_->ok(), h, "success")) return;
      h.state = TcpState::closed;
      h.syn_due = false;
      opening = true;
      return;
    }
    if (!check(Rule::tcp_shutdown_succeeds, result_->ok(), h, "success")) return;
    fin |= write;
    if (write && socket.linger_on && socket.linger_seconds == 0) {
      judgement_->apply(Rule::tcp_linger_only_at_close);
    }
    shut_down(c, h, read, write);
  });
  if (bad || done()) return;
  if (fin) c.wants_fin = true;
  using Phase = StreamSocket::Phase;
  if (opening) {
    // The attempt is dissolved; the next call learns of it (semantics 75).
    s.phase = Phase::unconnected;
    s.read_shut = s.write_shut = false;
    s.error.pending.become(Errno::econnreset);
    detach(s);
  } else if (s.phase == Phase::connecting) {
    const Hypothesis& h = c.hypotheses.front();
    const bool connected = h.synchronized() && h.state != TcpState::time_wait;
    s.phase = connected ? Phase::connected : Phase::disconnecting;
  }
}

}  // namespace lockstep::oracle
