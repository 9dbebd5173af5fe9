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
    SocketModel fresh = socket;  // As it stands once it gave back what a connection left.
    if (!socket.address_chosen && !socket.mapped_wildcard) {
      fresh.local.ip = IpAddress::any(family_of(socket.domain));
    }
    const Conflict conflict = has_port ? host_->listen_conflict(fresh) : Conflict::no;
    if (conflict == Conflict::yes) {
      out.must_fail(Rule::tcp_listen_one_listener, Errno::eaddrinuse);
    } else if (conflict == Conflict::maybe) {
      out.may_fail(Rule::tcp_listen_one_listener, Errno::eaddrinuse);
    } else if (!has_port && host_->ephemeral_port_may_be_exhausted(fresh)) {
      if (socket.bound || host_->ephemeral_port_may_be_free(fresh)) {
        out.may_fail(Rule::tcp_listen_exhausted, Errno::eaddrinuse);
      } else {
        out.must_fail(Rule::tcp_listen_exhausted, Errno::eaddrinuse);
      }
    }
  }
  // One that stopped listening takes its port anew, which its living children may hold (Linux).
  for (std::size_t i = 0; !s.listening && socket.port_chosen && i < used_; ++i) {
    const Connection& child = connections_[i];
    if (child.in_use && child.child_of(s.id) && child.may_be_alive()) {
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
    if (!c.in_use || !c.child_of(s.id) || c.accepted) continue;
    if (c.rival != 0) {
      judgement_->give_up("a listener of a group ends while a connection may be its");
      return;
    }
    branch(c, [&](Hypothesis& h) {
      h.queued = false;
      if (h.state == TcpState::time_wait) return;
      if (h.synchronized()) {
        // Of one that both ends closed there is no more to reset.
        const bool ended = h.state == TcpState::closing || h.state == TcpState::last_ack;
        abort_hypothesis(h, rule, !ended);
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

// The listener that a segment to `local` is for; of a SO_REUSEPORT group any one may take it.
TcpEngine::Listeners TcpEngine::find_listeners(const Endpoint& local) {
  Listeners found;
  bool found_exact = false;
  for (std::size_t i = 0; i < streams_used_; ++i) {
    StreamSocket& s = streams_[i];
    if (!s.listening) continue;
    const SocketModel& socket = host_->socket(s.id);
    if (!covers(socket, local)) continue;
    const bool exact = !socket.local.ip.is_unspecified();
    if (found.first == nullptr || (exact && !found_exact)) {
      found = {.first = &s};
      found_exact = exact;
    } else if (exact == found_exact) {
      found.more = found.rival != nullptr;
      found.rival = &s;
    }
  }
  return found;
}

// Whether children of the two listeners differ in what the rules of a connection look at.
bool TcpEngine::children_differ(SocketId a, SocketId b) const {
  const SocketModel& left = host_->socket(a);
  const SocketModel& right = host_->socket(b);
  const StreamSocket* one = find_stream(a);
  const StreamSocket* other = find_stream(b);
  if (one != nullptr && other != nullptr &&
      (one->read_shut != other->read_shut || one->write_shut != other->write_shut)) {
    return true;
  }
  return left.receive_buffer != right.receive_buffer || left.send_buffer != right.send_buffer ||
         left.receive_low_water != right.receive_low_water ||
         left.user_timeout_ms != right.user_timeout_ms || left.keepalive != right.keepalive ||
         left.oob_inline != right.oob_inline || left.linger_on != right.linger_on ||
         left.linger_seconds != right.linger_seconds;
}

// Whether the queue of the child's listener, which may be either of two, is full.
TcpEngine::Fullness TcpEngine::fullness_of(const Connection& c, bool with_embryos) const {
  Fullness fullness{.surely = true, .maybe = false};
  for (SocketId id : {c.listener, c.rival}) {
    const StreamSocket* listener = id == 0 ? nullptr : find_stream(id);
    if (listener == nullptr) {
      fullness.surely &= id == 0 && c.listener != 0;
      continue;
    }
    const Room room = room_of(id, &c);
    fullness.surely &= room.queued_least > listener->backlog;
    fullness.maybe |= room.queued_most > listener->backlog;
    // listen(2): connections that are not established do not count for the queue, but Linux allows
    // no more of them either (inet_csk_reqsk_queue_is_full).
    fullness.maybe |= with_embryos && room.embryonic_most > listener->backlog;
  }
  return fullness;
}

// The child is one of this listener for sure.
void TcpEngine::settle_listener(Connection& c, SocketId listener) {
  if (c.rival == 0) return;
  if (c.listener != listener) host_->adopt_child(c.socket, host_->socket(listener));
  c.listener = listener;
  c.rival = 0;
  learn_listener_port(c);
}

// The child shows the port of its listener, which the kernel chose.
void TcpEngine::learn_listener_port(Connection& c) {
  if (!c.maybe_listener || c.rival != 0 || !c.syn_was_sent || done()) return;
  c.maybe_listener = false;
  SocketModel& listener = host_->socket(c.listener);
  host_->learn_local(listener, {listener.local.ip, c.tuple.local.port});
}

// Listeners whose port the kernel chose, and which did not show yet, so that it may be this one.
TcpEngine::Listeners TcpEngine::find_maybe_listeners(const Endpoint& local) {
  const HostConfig& config = host_->config();
  Listeners found;
  if (local.port < config.ephemeral_first || local.port > config.ephemeral_last) return found;
  for (std::size_t i = 0; i < streams_used_; ++i) {
    StreamSocket& s = streams_[i];
    if (!s.listening || host_->socket(s.id).local_known) continue;
    if (found.first == nullptr) {
      found.first = &s;
    } else {
      found.more = found.rival != nullptr;
      found.rival = &s;
    }
  }
  return found;
}

TcpEngine::Room TcpEngine::room_of(SocketId listener, const Connection* except) const {
  Room room;
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    if (!c.in_use || !c.child_of(listener) || c.accepted || &c == except) continue;
    bool always = c.rival == 0;
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
    if (!c.in_use || c.accepted || !c.child_of(listener.id)) continue;
    std::uint64_t first = ~std::uint64_t{0};
    std::uint64_t last = 0;
    bool always = c.rival == 0;
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
      if (!c.in_use || c.accepted || !c.child_of(listener.id)) continue;
      if (c.rival != 0) {
        // In the queue, but not in this one.
        const bool queued = std::ranges::all_of(c.hypotheses, &Hypothesis::queued);
        if (queued) settle_listener(c, c.listener == listener.id ? c.rival : c.listener);
        continue;
      }
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
    settle_listener(*found, listener.id);
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
