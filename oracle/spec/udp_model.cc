#include "oracle/spec/udp_model.h"

#include "oracle/spec/bind_rules.h"

namespace lockstep::oracle {

void UdpModel::reset() {
  for (std::size_t i = 0; i < used_; ++i) sockets_[i].queue.clear();
  used_ = 0;
  slot_by_id_.clear();
  owed_.clear();
  owed_icmp_.clear();
  path_mtus_.clear();
  next_order_ = 0;
}

const UdpModel::Socket* UdpModel::find(SocketId id) const {
  if (id >= slot_by_id_.size() || slot_by_id_[id] == 0) return nullptr;
  return &sockets_[slot_by_id_[id] - 1];
}

void UdpModel::on_socket(const SocketModel& socket) {
  std::size_t slot = 0;
  while (slot < used_ && sockets_[slot].open) ++slot;
  if (slot == sockets_.size()) sockets_.emplace_back();
  if (slot == used_) ++used_;
  Socket& s = sockets_[slot];
  DatagramQueue queue = std::move(s.queue);
  queue.clear();
  s = Socket{.id = socket.id, .open = true};
  s.queue = std::move(queue);
  if (slot_by_id_.size() <= socket.id) slot_by_id_.resize(socket.id + 1);
  slot_by_id_[socket.id] = static_cast<std::uint32_t>(slot + 1);
}

void UdpModel::on_bound(const SocketModel& socket) {
  Socket& s = state(socket);
  s.order = ++next_order_;
  s.order_known = true;
}

void UdpModel::on_close(const SocketModel& socket) {
  Socket& s = state(socket);
  s.open = false;
  s.queue.clear();
  slot_by_id_[socket.id] = 0;
}

void UdpModel::on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
                       PayloadTag tag) {
  visit(socket, call.call);
  switch (call.call) {
    case Call::connect:
      return on_connect(socket, call, result);
    case Call::send:
    case Call::sendto:
      return on_send(socket, call, result, tag);
    case Call::recv:
    case Call::recvfrom:
      return on_receive(socket, call, result);
    case Call::shutdown:
      return on_shutdown(socket, call, result);
    case Call::getpeername:
      return on_getpeername(socket, result);
    case Call::poll:
      return on_poll(socket, call, result);
    case Call::getsockopt:
      return on_getsockopt(socket, call, result);
    case Call::siocinq:
    case Call::siocoutq:
      return on_queue_size(socket, call, result);
    case Call::listen:
    case Call::accept: {
      Outcomes outcomes;
      outcomes.must_fail(Rule::dgram_has_no_connections, Errno::eopnotsupp);
      outcomes.judge(*judgement_, Rule::dgram_has_no_connections, result.error,
                     [&] { return describe(socket.id); });
      return;
    }
    case Call::socket:
    case Call::bind:
    case Call::close:
    case Call::dup:
    case Call::getsockname:
    case Call::setsockopt:
      return;
  }
}

// Counts (state, call) pairs. They take the last quarter of the numbers; TCP has the others.
void UdpModel::visit(const SocketModel& socket, Call call) const {
  constexpr std::uint32_t first_pair = 3072;
  constexpr std::uint32_t call_count = static_cast<std::uint32_t>(Call::siocoutq) + 1;
  const Socket& s = state(socket);
  const std::uint32_t phase = (socket.bound ? 1u : 0u) | (s.connected ? 2u : 0u) |
                              (s.queue.empty() ? 0u : 4u) | (s.error.may_be_some() ? 8u : 0u) |
                              (s.read_shut || s.write_shut ? 16u : 0u);
  judgement_->visit(first_pair + phase * call_count + static_cast<std::uint32_t>(call));
}

void UdpModel::on_connect(SocketModel& socket, const Syscall& call, const SyscallResult& result) {
  const auto* to = std::get_if<Endpoint>(&call.address);
  Outcomes outcomes;
  Target target;
  judge_family(outcomes, socket, call.address);
  if (to != nullptr) {
    target = resolve(socket, unmapped(*to));
    judge_route(outcomes, socket, target);
    judge_autobind(outcomes, socket);
  }
  if (!outcomes.judge(*judgement_, Rule::udp_connect_otherwise_succeeds, result.error,
                      [&] { return describe(socket.id); })) {
    return;
  }
  if (to != nullptr) {
    follow_autobind(socket, result);
    if (result.ok()) {
      follow_connect(socket, target);
    } else {
      Socket& s = state(socket);
      s.misdirected = s.misdirected || (s.connected && host_->dialect().failed_connect_misdirects);
    }
  } else if (result.ok()) {
    on_disconnect(socket);
  }
}

// connect(2): a wildcard local address becomes the route's source; one that is there stays.
void UdpModel::follow_connect(SocketModel& socket, const Target& target) {
  Socket& s = state(socket);
  const bool again = s.connected;
  s.connected = true;
  s.former_peer.reset();
  s.peer = target.to;
  s.misdirected = false;
  s.peer_unsure = target.unsure;
  s.had_v4_source = s.had_v4_source || target.to.ip.is_v4();
  // Of two that are connected to one peer from one address, the last to connect receives.
  s.order = ++next_order_;
  s.order_known = s.order_known && !again;
  if (!socket.local.ip.is_unspecified()) return;
  // Connected anew, the socket keeps the source of the first route, not seen yet.
  if (!target.unsure && !again) socket.local.ip = route_source(target.to.ip);
  if (socket.local.ip.is_unspecified()) socket.local_known = false;
  // Whether the stack files the socket anew among its equals cannot be told.
  s.order_known = false;
}

// A port that the kernel chose is released, an address that bind() did not name is forgotten. On a
// socket that was not connected a stack may leave all as it was.
void UdpModel::on_disconnect(SocketModel& socket) {
  Socket& s = state(socket);
  const bool was_connected = s.connected;
  s.connected = false;
  s.misdirected = false;
  s.peer_unsure = false;
  if (was_connected && socket.domain == Domain::inet6 &&
      host_->dialect().ipv6_disconnect_keeps_peer_address) {
    s.former_peer = s.peer.ip;
  }
  s.peer = {};
  const IpFamily family = socket.domain == Domain::inet ? IpFamily::v4 : IpFamily::v6;
  if (!socket.address_chosen && !socket.mapped_wildcard) {
    socket.local.ip = IpAddress::any(family);
  }
  if (!socket.port_chosen) {
    socket.maybe_bound = socket.maybe_bound || (!was_connected && socket.bound);
    socket.bound = false;
    socket.local.port = 0;
  }
  socket.local_known = socket.local.port != 0 || !socket.bound;
  s.order = ++next_order_;
  s.order_known = false;
}

void UdpModel::on_getpeername(const SocketModel& socket, const SyscallResult& result) {
  const Socket& s = state(socket);
  if (s.peer_unsure) return;
  const bool named = s.connected && s.peer.port != 0;
  const auto* seen = std::get_if<Endpoint>(&result.address);
  const bool holds = named ? result.ok() && seen != nullptr && unmapped(*seen) == s.peer
                           : result.error == Errno::enotconn;
  judgement_->require(Rule::udp_peer_name, holds, [&] {
    return Violation{
        .allowed = named ? to_string(s.peer) : "ENOTCONN",
        .observed = result.ok() ? to_string(result.address) : std::string(errno_name(result.error)),
        .state = describe(socket.id)};
  });
}

void UdpModel::on_shutdown(const SocketModel& socket, const Syscall& call,
                           const SyscallResult& result) {
  Socket& s = state(socket);
  Outcomes outcomes;
  if (call.how == ShutdownHow::invalid) {
    outcomes.must_fail(Rule::udp_shutdown_bad_how, Errno::einval);
  }
  if (!s.connected) outcomes.must_fail(Rule::udp_shutdown_needs_peer, Errno::enotconn);
  outcomes.judge(*judgement_, Rule::udp_shutdown_needs_peer, result.error,
                 [&] { return describe(socket.id); });
  // It takes effect even where it answers ENOTCONN.
  if (call.how == ShutdownHow::read || call.how == ShutdownHow::both) s.read_shut = true;
  if (call.how == ShutdownHow::write || call.how == ShutdownHow::both) s.write_shut = true;
}

void UdpModel::on_poll(const SocketModel& socket, const Syscall& call,
                       const SyscallResult& result) {
  Socket& s = state(socket);
  const auto seen = static_cast<PollEvents>(result.value);
  const PollEvents filter = call.events | poll_err | poll_hup;
  PollEvents must = poll_out;
  PollEvents may = poll_out;
  if (s.read_shut) must |= poll_in | poll_rdhup;
  if (s.read_shut && s.write_shut) must |= poll_hup;
  if (s.queue.first_certain() < s.queue.size()) must |= poll_in;
  if (!s.queue.empty() || s.maybe_damaged) may |= poll_in;
  if (!s.error.may_be_none()) must |= poll_err;
  if (s.error.may_be_some() || s.error_queue) may |= poll_err;
  must &= filter;
  may = (may | must) & filter;
  judgement_->require(Rule::udp_poll, (seen & must) == must && (seen & ~may) == 0, [&] {
    std::string allowed = poll_events_text(must);
    if (may != must) allowed += " to " + poll_events_text(may);
    return Violation{.allowed = std::move(allowed),
                     .observed = poll_events_text(seen),
                     .state = describe(socket.id)};
  });
  // What was seen settles what could not be told before.
  if (!s.read_shut && (call.events & poll_in) != 0 && (seen & poll_in) == 0) {
    s.queue.clear();
    s.maybe_damaged = false;
  }
  if ((seen & poll_err) == 0) s.error.become_none();
  if ((seen & poll_err) != 0 && !s.error_queue) s.error.become_some();
}

void UdpModel::on_getsockopt(const SocketModel& socket, const Syscall& call,
                             const SyscallResult& result) {
  Socket& s = state(socket);
  const auto seen = static_cast<Errno>(result.option_value.value);
  if (call.option == OptionName::so_acceptconn) {
    judgement_->require(Rule::dgram_has_no_connections,
                        result.ok() && result.option_value.value == 0, [&] {
                          return Violation{.allowed = "0",
                                           .observed = std::to_string(result.option_value.value),
                                           .state = describe(socket.id)};
                        });
    return;
  }
  const Rule rule =
      s.error.may_be_some() ? Rule::udp_error_is_reported_once : Rule::udp_error_needs_icmp;
  judgement_->require(rule, result.ok() && s.error.may_be(seen), [&] {
    return Violation{.allowed = s.error.text(),
                     .observed = std::string(errno_name(seen)),
                     .state = describe(socket.id)};
  });
  s.error.become_none();
}

void UdpModel::on_queue_size(const SocketModel& socket, const Syscall& call,
                             const SyscallResult& result) {
  const Socket& s = state(socket);
  bool holds = false;
  std::string allowed;
  const auto allow = [&](std::size_t size) {
    holds = holds || result.value == static_cast<std::int64_t>(size);
  };
  const bool in = call.call == Call::siocinq;
  const std::size_t certain = s.queue.first_certain();
  if (in) {
    for (std::size_t i = 0; i < s.queue.size() && i <= certain; ++i) {
      allow(s.queue.at(i).payload.size());
    }
  }
  if (!in || certain == s.queue.size()) allow(0);
  judgement_->require(Rule::udp_queue_size, result.ok() && holds, [&] {
    return Violation{.allowed = in && !s.queue.empty() ? "the size of a datagram that waits" : "0",
                     .observed = result.ok() ? std::to_string(result.value)
                                             : std::string(errno_name(result.error)),
                     .state = describe(socket.id)};
  });
}

void UdpModel::on_step_end() {
  for (const Owed& owed : owed_) {
    judgement_->require(Rule::udp_send_one_datagram_leaves, owed.left > 0 || owed.optional, [&] {
      return Violation{.allowed = "a datagram of " + std::to_string(owed.size) + " bytes to " +
                                  to_string(owed.destination),
                       .observed = "none in this step",
                       .state = describe(owed.socket)};
    });
  }
  for (const OwedIcmp& owed : owed_icmp_) {
    judgement_->require(Rule::udp_icmp_closed_port, owed.left || owed.optional, [&] {
      return Violation{.allowed = "an ICMP port unreachable to " + to_string(owed.destination) +
                                  " about " + to_string(owed.quoted.peer),
                       .observed = "none in this step",
                       .state = "no socket takes datagrams to " + to_string(owed.quoted.peer)};
    });
  }
  owed_.clear();
  owed_icmp_.clear();
}

std::string UdpModel::describe(SocketId id) const {
  const Socket* s = find(id);
  if (s == nullptr) return "a closed udp socket";
  const SocketModel& socket = host_->socket(id);
  std::string out = "udp socket " + std::to_string(id);
  if (socket.bound) out += " bound to " + to_string(socket.local);
  if (s->connected) out += " connected to " + to_string(s->peer);
  if (s->read_shut) out += " SHUT_RD";
  if (s->write_shut) out += " SHUT_WR";
  if (s->error.may_be_some()) out += " pending " + s->error.text();
  if (!s->queue.empty()) {
    out += " queued";
    for (std::size_t i = 0; i < s->queue.size() && i < 8; ++i) {
      const QueuedDatagram& d = s->queue.at(i);
      out += " " + std::to_string(d.payload.size()) + (d.certain ? "" : "?") + " from " +
             to_string(d.source);
    }
  }
  return out;
}

}  // namespace lockstep::oracle
