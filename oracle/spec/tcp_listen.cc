// listen, accept, and what becomes of a listener's children. Sources: listen(2), accept(2); RFC
// 9293 3.10.2, 3.10.4; docs/oracle.md for the length of the queue.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

void TcpEngine::on_listen(StreamSocket& s, SocketModel& socket) {
  Outcomes out;
  if (s.connection >= 0 || s.phase != StreamSocket::Phase::unconnected) {
    out.must_fail(Rule::tcp_listen_connected, Errno::einval);
  }
  if (!s.listening) {
    // A port that the stack chose ends with the connection, so that listen chooses another.
    const bool has_port = socket.bound && (socket.port_chosen || !s.had_connection);
    if (has_port && host_->listen_conflicts(socket)) {
      out.must_fail(Rule::tcp_listen_one_listener, Errno::eaddrinuse);
    } else if (!has_port && host_->ephemeral_port_may_be_exhausted(socket)) {
      if (socket.bound || host_->ephemeral_port_may_be_free(socket)) {
        out.may_fail(Rule::tcp_listen_exhausted, Errno::eaddrinuse);
      } else {
        out.must_fail(Rule::tcp_listen_exhausted, Errno::eaddrinuse);
      }
    }
  }
  // One that stopped listening takes its port anew, which its living children may hold (Linux).
  for (std::size_t i = 0; !s.listening && socket.port_chosen && i < used_; ++i) {
    const Connection& child = connections_[i];
    if (child.in_use && child.listener == s.id && child.may_be_alive()) {
      out.may_fail(Rule::tcp_listen_one_listener, Errno::eaddrinuse);
    }
  }
  out.never(Rule::tcp_listen_connected, Errno::einval);
  out.never(Rule::tcp_listen_one_listener, Errno::eaddrinuse);
  if (!out.judge(*judgement_, Rule::tcp_listen_succeeds, result_->error,
                 [&] { return describe(s.id); })) {
    return;
  }
  if (!result_->ok()) return;
  const std::uint32_t cap = host_->config().default_backlog;
  const auto asked = static_cast<std::uint32_t>(call_->backlog);
  s.backlog = std::min(asked, cap);
  s.listening = true;
}

// The listener is closed or shut: children in its queue are reset, embryonic ones forgotten.
void TcpEngine::stop_listening(StreamSocket& s, Rule rule) {
  s.listening = false;
  s.read_shut = s.write_shut = false;  // Linux: tcp_disconnect.
  s.had_connection = true;             // As a connection's end, this one's gives back its port.
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use || c.listener != s.id || c.accepted) continue;
    branch(c, [&](Hypothesis& h) {
      h.queued = false;
      if (h.synchronized()) {
        abort_hypothesis(h, rule, true);
      } else {
        h.state = TcpState::closed;
        h.syn_due = false;
      }
    });
    c.orphan = true;
    c.accepted = true;
  }
}

bool TcpEngine::covers(const SocketModel& listener, const Endpoint& local) const {
  if (!listener.local_known || listener.local.port != local.port || local.port == 0) return false;
  if (listener.local.ip == local.ip) return true;
  if (!listener.local.ip.is_unspecified()) return false;
  if (listener.local.ip.family == local.ip.family) return true;
  return !listener.local.ip.is_v4() && !listener.v6_only &&
         host_->traits().features.has(Feature::dual_stack);
}

// The listener that a segment to `local` is for. `shared`: another one may take it as well.
StreamSocket* TcpEngine::find_listener(const Endpoint& local, bool& shared) {
  StreamSocket* best = nullptr;
  bool best_exact = false;
  shared = false;
  for (std::size_t i = 0; i < streams_used_; ++i) {
    StreamSocket& s = streams_[i];
    if (!s.listening) continue;
    const SocketModel& socket = host_->socket(s.id);
    if (!covers(socket, local)) continue;
    const bool exact = !socket.local.ip.is_unspecified();
    if (best != nullptr && exact == best_exact) shared = true;
    if (best == nullptr || (exact && !best_exact)) {
      if (best != nullptr && exact) shared = false;
      best = &s;
      best_exact = exact;
    }
  }
  return best;
}

// The listener whose port the kernel chose, and which did not show yet, that may be the one.
// `shared`: there are several.
StreamSocket* TcpEngine::find_maybe_listener(const Endpoint& local, bool& shared) {
  shared = false;
  const HostConfig& config = host_->config();
  if (local.port < config.ephemeral_first || local.port > config.ephemeral_last) return nullptr;
  StreamSocket* found = nullptr;
  for (std::size_t i = 0; i < streams_used_; ++i) {
    StreamSocket& s = streams_[i];
    if (!s.listening || host_->socket(s.id).local_known) continue;
    shared = found != nullptr;
    found = &s;
  }
  return found;
}

TcpEngine::Room TcpEngine::room_of(SocketId listener, const Connection* except) const {
  Room room;
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    if (!c.in_use || c.listener != listener || c.accepted || &c == except) continue;
    bool always = true;
    bool ever = false;
    bool embryonic = false;
    for (const Hypothesis& h : c.hypotheses) {
      always &= h.queued;
      ever |= h.queued;
      embryonic |= h.state == TcpState::syn_received;
    }
    room.queued_least += always ? 1 : 0;
    room.queued_most += ever ? 1 : 0;
    room.embryonic_most += embryonic ? 1 : 0;
  }
  return room;
}

void TcpEngine::poll_listener(StreamSocket& s) {
  const Room room = room_of(s.id, nullptr);
  const auto revents = static_cast<PollEvents>(result_->value);
  const PollEvents asked = call_->events;
  const PollEvents must = room.queued_least > 0 ? poll_in & asked : 0;
  const PollEvents may = room.queued_most > 0 ? poll_in & asked : 0;
  require(
      Rule::tcp_poll_listener, revents == must || revents == may,
      [&] { return poll_events_text(must); }, &s);
}

SocketId TcpEngine::on_accept(SocketModel& listener, const SyscallResult& result) {
  if (done()) return 0;
  ++events_;
  Syscall call;
  call.call = Call::accept;
  call_ = &call;
  result_ = &result;
  packet_ = nullptr;
  StreamSocket& s = stream(listener.id);
  SocketId child = 0;
  Connection* oldest = nullptr;  // The child that has been in the queue longest, for sure.
  std::uint64_t oldest_at = 0;
  Connection* found = nullptr;
  std::uint64_t found_at = 0;
  const auto* peer = std::get_if<Endpoint>(&result.address);
  for (std::size_t i = 0; i < used_; ++i) {
    Connection& c = connections_[i];
    if (!c.in_use || c.accepted || c.listener != listener.id) continue;
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
    bool always = true;
    for (const Hypothesis& h : c.hypotheses) {
      always &= h.queued;
      if (!h.queued) continue;
      first = std::min(first, h.queued_at);
      last = std::max(last, h.queued_at);
    }
    if (always && (oldest == nullptr || last < oldest_at)) {
      oldest = &c;
      oldest_at = last;
    }
    const bool named = peer != nullptr && unmapped(*peer) == c.tuple.peer;
    if (last != 0 && named && (found == nullptr || first < found_at)) {
      found = &c;
      found_at = first;
    }
  }
  if (!s.listening) {
    require(Rule::tcp_accept_needs_listener, result.error == Errno::einval, "EINVAL", &s);
  } else if (!result.ok()) {
    require(
        Rule::tcp_accept_queued_is_returned, oldest == nullptr,
        [&] { return "the connection of " + to_string(oldest->tuple.peer); }, &s);
    require(Rule::tcp_accept_empty_is_eagain, result.error == Errno::eagain, "EAGAIN", &s);
    for (std::size_t i = 0; i < used_ && !done(); ++i) {
      Connection& c = connections_[i];
      if (!c.in_use || c.accepted || c.listener != listener.id) continue;
      branch(c, [&](Hypothesis& h) {
        check(Rule::tcp_accept_queued_is_returned, !h.queued, h, "a connection");
      });
    }
  } else if (require(Rule::tcp_accept_only_established, found != nullptr,
                     oldest == nullptr ? "EAGAIN" : "a connection in the queue", &s) &&
             require(
                 Rule::tcp_accept_in_order,
                 oldest == nullptr || oldest == found || found_at < oldest_at,
                 [&] { return "the connection of " + to_string(oldest->tuple.peer); }, &s)) {
    branch(*found, [&](Hypothesis& h) {
      check(Rule::tcp_accept_only_established, h.queued, h, "EAGAIN");
      h.queued = false;
    });
    found->accepted = true;
    child = found->socket;
    StreamSocket& accepted = stream(child);
    accepted.phase = StreamSocket::Phase::connected;
    accepted.had_connection = true;
    accepted.connection = static_cast<std::int32_t>(found - connections_.data());
  }
  call_ = nullptr;
  result_ = nullptr;
  return child;
}

}  // namespace lockstep::oracle
