// Texts for people: what a connection looks like to the oracle, and what was observed.
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

std::string_view state_name(TcpState state) {
  switch (state) {
    case TcpState::closed:
      return "CLOSED";
    case TcpState::syn_sent:
      return "SYN_SENT";
    case TcpState::syn_received:
      return "SYN_RECEIVED";
    case TcpState::established:
      return "ESTABLISHED";
    case TcpState::fin_wait_1:
      return "FIN_WAIT_1";
    case TcpState::fin_wait_2:
      return "FIN_WAIT_2";
    case TcpState::close_wait:
      return "CLOSE_WAIT";
    case TcpState::closing:
      return "CLOSING";
    case TcpState::last_ack:
      return "LAST_ACK";
    case TcpState::time_wait:
      return "TIME_WAIT";
  }
  return "?";
}

}  // namespace

std::string TcpEngine::describe(const Connection& c, const Hypothesis& h) const {
  std::string out = to_string(c.tuple.local) + " > " + to_string(c.tuple.peer) + " ";
  out += state_name(h.state);
  if (h.iss_known) {
    out += " snd_una=" + std::to_string(wrap(h.una, h.iss)) +
           " snd_nxt=" + std::to_string(wrap(h.nxt, h.iss)) +
           " send_end=" + std::to_string(wrap(c.end, h.iss));
  }
  if (h.rcv_nxt > 0) {
    out += " rcv_nxt=" + std::to_string(wrap(h.rcv_nxt, h.irs)) +
           " edge=" + std::to_string(wrap(h.edge, h.irs)) +
           " readable=" + std::to_string(h.readable());
  }
  if (h.urgent != Urgent::none) {
    constexpr std::string_view names[] = {"none", "awaited", "arrived", "taken"};
    out += " urgent_" + std::string(names[static_cast<std::size_t>(h.urgent)]) + "=" +
           std::to_string(wrap(h.urgent_at, h.irs));
  }
  if (h.peer_fin) out += " peer_fin";
  if (c.wants_fin) out += " fin_asked";
  if (h.queued) out += " queued";
  if (c.orphan) out += " orphan";
  if (h.retries > 0) out += " retries=" + std::to_string(h.retries);
  if (h.error != Errno::ok) out += " error=" + std::string(errno_name(h.error));
  if (c.hypotheses.size() > 1) {
    out += " (one of " + std::to_string(c.hypotheses.size()) + " hypotheses)";
  }
  return out;
}

std::string TcpEngine::describe(SocketId socket) const {
  const StreamSocket* s = find_stream(socket);
  if (s == nullptr) return "not a stream socket";
  if (s->listening) {
    const Room room = room_of(socket, nullptr);
    return "LISTEN " + to_string(host_->socket(socket).local) +
           " backlog=" + std::to_string(s->backlog) + " queued=" + std::to_string(room.queued_most);
  }
  if (s->connection < 0) {
    return s->error.may_answer(Errno::ok) ? "no connection"
                                          : "no connection, error=" + s->error.text();
  }
  const Connection& c = connections_[static_cast<std::size_t>(s->connection)];
  return c.hypotheses.empty() ? "no hypothesis left" : describe(c, c.hypotheses.front());
}

std::string TcpEngine::observed() const {
  if (packet_ != nullptr) return to_string(*packet_);
  if (call_ == nullptr || result_ == nullptr) return "nothing of the kind";
  std::string out(call_name(call_->call));
  out += " -> ";
  if (!result_->ok()) return out + std::string(errno_name(result_->error));
  if (call_->call == Call::poll) {
    return out + poll_events_text(static_cast<PollEvents>(result_->value));
  }
  if (call_->call == Call::getsockopt) {
    if (call_->option != OptionName::so_error) {
      return out + std::to_string(result_->option_value.value);
    }
    return out + std::string(errno_name(static_cast<Errno>(result_->option_value.value)));
  }
  if (std::holds_alternative<Endpoint>(result_->address)) {
    return out + to_string(result_->address);
  }
  return out + std::to_string(result_->value);
}

}  // namespace lockstep::oracle
