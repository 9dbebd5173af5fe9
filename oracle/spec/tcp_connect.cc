// connect and the dissolving of connections. Sources: connect(2), tcp(7); RFC 9293 3.10.1;
// docs/oracle.md for the order of the errors of repeated calls.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {

using Phase = StreamSocket::Phase;

void TcpEngine::on_connect(StreamSocket& s, SocketModel& socket) {
  if (std::holds_alternative<Unspecified>(call_->address)) {
    disconnect(s, socket);
    return;
  }
  if (s.listening) {
    require(Rule::tcp_listener_calls, result_->error == Errno::eisconn, "EISCONN", &s);
    return;
  }
  Connection* c = connection_of(s);
  if (s.phase == Phase::connected) {
    require(Rule::tcp_connect_progress, result_->error == Errno::eisconn, "EISCONN", &s);
  } else if (s.phase == Phase::connecting && c != nullptr) {
    repeat_connect(s, *c);
  } else if (s.phase == Phase::disconnecting && result_->error == Errno::einval) {
    judgement_->apply(Rule::tcp_connect_progress);  // Linux: shut down before it was connected.
  } else if (std::holds_alternative<UnixPath>(call_->address)) {
    // Only now is the address looked at (Linux, inet_stream_connect).
    require(Rule::tcp_connect_addresses,
            result_->error == Errno::eafnosupport || result_->error == Errno::einval,
            "EAFNOSUPPORT", &s);
  } else {
    start_connect(s, socket);
  }
}

// A call on a socket whose connect has begun.
void TcpEngine::repeat_connect(StreamSocket& s, Connection& c) {
  branch(c, [&](Hypothesis& h) {
    switch (h.state) {
      case TcpState::syn_sent:
      case TcpState::syn_received:
        check(Rule::tcp_connect_progress, result_->error == Errno::ealready, h, "EALREADY");
        break;
      case TcpState::closed:
      case TcpState::time_wait:
        check(
            Rule::tcp_connect_error_once,
            result_->error == (h.error == Errno::ok ? Errno::econnaborted : h.error), h, [&] {
              return std::string(errno_name(h.error == Errno::ok ? Errno::econnaborted : h.error));
            });
        break;
      case TcpState::established:
      case TcpState::fin_wait_1:
      case TcpState::fin_wait_2:
      case TcpState::close_wait:
      case TcpState::closing:
      case TcpState::last_ack:
        check(Rule::tcp_connect_progress, result_->ok(), h, "0");
        break;
    }
  });
  if (result_->ok()) {
    s.phase = Phase::connected;
  } else if (result_->error != Errno::ealready) {
    s.error.pending.become_none();
    s.phase = Phase::unconnected;
    s.read_shut = s.write_shut = false;  // Linux: tcp_disconnect.
    detach(s);
  }
}

void TcpEngine::judge_destination(Outcomes& out, const SocketModel& socket,
                                  const Endpoint& to) const {
  const bool mapped = to.ip.is_v4_mapped();
  if (to.ip.is_v4() != (socket.domain == Domain::inet)) {
    out.must_fail(Rule::tcp_connect_addresses, Errno::eafnosupport);
    out.also(Rule::tcp_connect_addresses, Errno::einval);
  }
  if (mapped && (socket.v6_only || !host_->traits().features.has(Feature::dual_stack))) {
    out.must_fail(Rule::tcp_connect_addresses, Errno::enetunreach);
    out.also(Rule::tcp_connect_addresses, Errno::eafnosupport);
  }
  const IpAddress ip = unmapped(to.ip);
  if (ip.is_multicast() || ip.is_broadcast()) {
    out.must_fail(Rule::tcp_connect_addresses, Errno::enetunreach);
  }
  if (to.port == 0) out.may_fail(Rule::tcp_connect_addresses, Errno::econnrefused);
  if (socket.mapped_wildcard && !ip.is_v4() && !ip.is_unspecified()) {
    out.must_fail(Rule::tcp_connect_addresses, Errno::eafnosupport);
    for (Errno error : {Errno::einval, Errno::enetunreach, Errno::eaddrnotavail}) {
      out.also(Rule::tcp_connect_addresses, error);
    }
  } else if (socket.bound && !socket.local.ip.is_unspecified()) {
    // A source that does not fit the destination; who refuses so is free in the name.
    const bool family = socket.local.ip.family != ip.family;
    if (family || (socket.local.ip.is_loopback() && !host_->is_local(ip))) {
      for (Errno error :
           {Errno::einval, Errno::enetunreach, Errno::eaddrnotavail, Errno::eafnosupport}) {
        out.may_fail(Rule::tcp_connect_addresses, error);
      }
    }
  }
  bool reachable = ip.is_unspecified() || host_->is_local(ip);
  for (const IpAddress& own : host_->config().addresses) reachable |= own.family == ip.family;
  if (!reachable) {
    out.may_fail(Rule::tcp_connect_addresses, Errno::enetunreach);
    out.may_fail(Rule::tcp_connect_addresses, Errno::eaddrnotavail);
  }
}

void TcpEngine::start_connect(StreamSocket& s, SocketModel& socket) {
  Endpoint to = std::get<Endpoint>(call_->address);
  Outcomes out;
  judge_destination(out, socket, to);
  to = unmapped(to);
  if (to.ip.is_unspecified()) {
    // INADDR_ANY is the address that a socket of IPv4 is bound to, else the loopback (Linux): of
    // IPv4 also for an IPv6 socket that is bound to a mapped address.
    const bool bound = socket.bound && socket.address_chosen && !socket.local.ip.is_unspecified();
    const bool mapped = socket.mapped_wildcard || (bound && socket.local.ip.is_v4());
    to.ip = bound && to.ip.is_v4() ? socket.local.ip
                                   : IpAddress::loopback(mapped ? IpFamily::v4 : to.ip.family);
  }
  // A port that the stack chose ends with the connection, so that connect chooses another.
  const bool has_port = socket.bound && (socket.port_chosen || !s.had_connection);
  const bool crowded = std::ranges::any_of(connections_, [&](const Connection& other) {
    return other.in_use && other.tuple.peer == to && other.may_be_alive();
  });
  if (!has_port && host_->connect_port_may_be_exhausted(socket, crowded)) {
    out.may_fail(Rule::tcp_connect_exhausted, Errno::eaddrnotavail);
  } else if (!has_port && host_->connect_port_may_be_exhausted(socket, true)) {
    out.excludes(Rule::port_connect_shares, Errno::eaddrnotavail);
  }
  if (has_port && socket.local_known) {
    for (std::size_t i = 0; i < used_; ++i) {
      const Connection& other = connections_[i];
      if (!other.in_use || !other.tuple_known || other.tuple.peer != to ||
          other.tuple.local.port != socket.local.port || !other.may_be_alive()) {
        continue;
      }
      const bool same = other.tuple.local.ip == socket.local.ip;
      // An address that bind did not name may be chosen anew.
      if (!same && socket.address_chosen) continue;
      if (same && socket.address_chosen && other.surely_alive()) {
        out.must_fail(Rule::tcp_connect_tuple_taken, Errno::eaddrnotavail);
      } else {
        out.may_fail(Rule::tcp_connect_tuple_taken, Errno::eaddrnotavail);
      }
    }
  }
  out.never(Rule::tcp_connect_tuple_taken, Errno::eaddrnotavail);
  const bool local = host_->is_local(to.ip);
  const bool begun = result_->error == Errno::einprogress || (local && result_->ok()) ||
                     (local && result_->error == Errno::econnrefused);
  const Errno answer = begun ? Errno::ok : result_->error;
  if (result_->ok() && !local && !out.fails()) {
    require(Rule::tcp_connect_progress, false, "EINPROGRESS", &s);
    return;
  }
  if (!out.judge(*judgement_, Rule::tcp_connect_progress, answer, [&] { return describe(s.id); })) {
    return;
  }
  if (begun) open_connection(s, socket, to);
}

void TcpEngine::open_connection(StreamSocket& s, SocketModel& socket, const Endpoint& to) {
  if (host_->is_local(to.ip) && !host_->traits().features.has(Feature::loopback_shown)) {
    judgement_->give_up("the port does not show loopback packets");
    return;
  }
  if (s.connection >= 0) detach(s);
  // A port that the kernel chose is given back when a connection ends; one chosen for this attempt
  // shows in the SYN.
  const bool port_known =
      socket.bound && socket.local_known && (socket.port_chosen || !s.had_connection);
  const bool ip_known = socket.bound && socket.address_chosen && !socket.local.ip.is_unspecified();
  Connection& c = make_connection({{ip_known ? socket.local.ip : IpAddress::any(to.ip.family),
                                    port_known ? socket.local.port : std::uint16_t{0}},
                                   to});
  c.tuple_known = port_known && ip_known;
  s.had_connection = true;
  c.socket = socket.id;
  Hypothesis& h = c.hypotheses.front();
  h.state = TcpState::syn_sent;
  h.read_shut = s.read_shut;
  h.write_shut = s.write_shut;
  h.syn_due = true;
  h.syn_rule = Rule::tcp_connect_sends_syn;
  visit(c, h, 0);
  add_soft_errors(c, s.error.soft);
  s.error.soft.become_none();
  s.connection = static_cast<std::int32_t>(&c - connections_.data());
  s.phase = result_->ok() ? Phase::connected : Phase::connecting;
  s.error.pending.become_none();  // An attempt that begins forgets how the last ended (Linux).
  if (result_->error == Errno::econnrefused) {
    // Refused within the call: the socket may connect again, the packets are yet to be seen.
    s.phase = Phase::unconnected;
    detach(s);
  }
}

// A new connection that has the soft error of what its socket was before.
void TcpEngine::add_soft_errors(Connection& c, const PendingError& soft) {
  const Hypothesis fresh = c.hypotheses.front();
  c.hypotheses.clear();
  soft.for_each([&](Errno error) {
    c.hypotheses.push_back(fresh);
    c.hypotheses.back().soft_error = error;
  });
}

// connect(AF_UNSPEC): dissolves whatever there is.
void TcpEngine::disconnect(StreamSocket& s, SocketModel&) {
  if (!require(Rule::tcp_disconnect_succeeds, result_->ok(), "success", &s)) return;
  if (s.listening) {
    stop_listening(s, Rule::tcp_disconnect_resets);
    return;
  }
  s.read_shut = s.write_shut = false;
  s.had_connection = true;
  Connection* c = connection_of(s);
  if (c == nullptr) return;
  PendingError error = PendingError::without_candidates();
  branch(*c, [&](Hypothesis& h) {
    // What had ended keeps its own error; what was alive is reset (Linux).
    error.maybe_become(h.error);
    if (h.alive() && h.state != TcpState::time_wait) {
      error.maybe_become(Errno::econnreset);
      const bool need = h.state != TcpState::closing && h.state != TcpState::last_ack &&
                        h.state != TcpState::syn_sent;
      if (need || h.synchronized()) {
        abort_hypothesis(h, Rule::tcp_disconnect_resets, need);
      } else {
        h.state = TcpState::closed;
        h.syn_due = false;
      }
    }
  });
  s.phase = Phase::unconnected;
  s.read_shut = false;
  s.write_shut = false;
  s.error.pending = error;
  detach(s);
}

}  // namespace lockstep::oracle
