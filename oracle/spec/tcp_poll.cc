// poll, getpeername and the queue sizes of a socket with a connection. Sources: poll(2),
// getpeername(2), tcp(7) SIOCINQ and SIOCOUTQ.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

bool opening(const Hypothesis& h) {
  return h.state == TcpState::syn_sent || h.state == TcpState::syn_received;
}

// Linux detaches a connection in TIME-WAIT from its socket.
bool gone_for_calls(const Hypothesis& h) {
  return h.state == TcpState::closed || h.state == TcpState::time_wait;
}

}  // namespace

void TcpEngine::on_poll(Connection& c) {
  const auto revents = static_cast<PollEvents>(result_->value);
  const PollEvents asked = call_->events | poll_err | poll_hup;
  branch(c, [&](Hypothesis& h) {
    PollEvents must = 0;
    PollEvents may = 0;
    if ((h.read_shut && h.write_shut) || gone_for_calls(h)) must |= poll_hup;
    if (h.read_shut) must |= poll_in | poll_rdhup;
    if (h.error != Errno::ok) must |= poll_err;
    if (stream(c.socket).errors_queued) may |= poll_err;
    if (!opening(h)) {
      // The byte that the stream leaves out does not count.
      const Offset low = std::max<Offset>(1, host_->socket(c.socket).receive_low_water) +
                         (at_urgent_hole(c, h) ? 1 : 0);
      if (h.readable() >= low && !h.stream_unknown) {
        must |= poll_in;
      } else if (h.readable() > 0) {
        may |= poll_in;
      }
      if (h.write_shut || (surely_has_room(c, h, 4) && !c.blocked)) {
        must |= poll_out;
      } else if (!c.blocked) {
        may |= poll_out;
      }
    }
    if (h.stream_unknown) {
      may |= poll_pri | poll_in;
    } else if (h.urgent == Urgent::arrived && !opening(h)) {
      must |= poll_pri;
    }
    Rule rule = opening(h) ? Rule::tcp_poll_opening : Rule::tcp_poll_open;
    if (h.peer_fin) rule = Rule::tcp_poll_ended;
    if (gone_for_calls(h)) rule = Rule::tcp_poll_gone;
    const PollEvents pri = (asked & poll_pri) & ~may;
    if (h.urgent == Urgent::arrived && pri != 0) judgement_->apply(Rule::tcp_poll_urgent);
    if (((revents ^ must) & pri) != 0) rule = Rule::tcp_poll_urgent;
    if (((revents ^ must) & poll_err) != 0) rule = Rule::tcp_poll_error;
    if ((must & poll_err) != 0) judgement_->apply(Rule::tcp_poll_error);
    const PollEvents missing = (must & asked) & ~revents;
    const PollEvents wrong = revents & ~((must | may) & asked);
    check(rule, missing == 0 && wrong == 0, h, [&] { return poll_events_text(must & asked); });
  });
  c.writable = (revents & poll_out) != 0;
  c.writable_buffer = host_->socket(c.socket).send_buffer;
}

void TcpEngine::on_getpeername(Connection& c) {
  branch(c, [&](Hypothesis& h) {
    const bool named =
        !gone_for_calls(h) && h.state != TcpState::syn_sent && c.tuple.peer.port != 0;
    const auto* peer = std::get_if<Endpoint>(&result_->address);
    const bool right = named ? result_->ok() && peer != nullptr && unmapped(*peer) == c.tuple.peer
                             : result_->error == Errno::enotconn;
    check(Rule::tcp_peer_name, right, h,
          [&] { return named ? to_string(c.tuple.peer) : std::string("ENOTCONN"); });
  });
}

void TcpEngine::on_queue_sizes(Connection& c) {
  const Offset value = result_->value;
  branch(c, [&](Hypothesis& h) {
    if (call_->call == Call::siocinq) {
      // An attempt that was refused has no stream: its numbers never began.
      Offset readable = opening(h) ? 0 : std::max<Offset>(0, h.readable());
      const bool marked = h.urgent != Urgent::none && h.urgent_at < h.rcv_nxt && !urgent_inline(c);
      if (marked) readable = std::min(readable, h.urgent_at - h.read);  // Up to the urgent byte.
      check(marked ? Rule::tcp_urgent_stream_stops : Rule::tcp_queue_sizes,
            result_->ok() && (value == readable || h.stream_unknown), h,
            [&] { return std::to_string(readable); });
      return;
    }
    const Offset unacked = opening(h) ? 0 : c.end - std::max<Offset>(h.una, 1);
    const bool fin = h.write_shut;  // Linux counts the FIN until it is acknowledged.
    const bool right = gone_for_calls(h) ? value >= 0 && value <= c.end
                                         : value == unacked || (fin && value == unacked + 1);
    check(Rule::tcp_queue_sizes, result_->ok() && right, h,
          [&] { return std::to_string(unacked); });
  });
}

}  // namespace lockstep::oracle
