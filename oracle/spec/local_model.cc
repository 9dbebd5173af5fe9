#include "oracle/spec/local_model.h"

#include <algorithm>

namespace lockstep::oracle {

void LocalModel::reset() {
  sockets_.clear();
  files_.clear();
}

LocalModel::Socket& LocalModel::make(SocketId id, Type type) {
  if (id >= sockets_.size()) sockets_.resize(id + 1);
  Socket& s = sockets_[id];
  s = Socket{};
  s.id = id;
  s.type = type;
  s.open = true;
  return s;
}

void LocalModel::on_socket(const SocketModel& socket) { make(socket.id, socket.type); }

void LocalModel::on_call(const SocketModel& socket, const Syscall& call,
                         const SyscallResult& result, PayloadTag tag) {
  if (!knows(socket.id)) return;
  const Turn turn{at(socket.id), socket, call, result};
  visit(turn.self, call.call);
  switch (call.call) {
    case Call::bind:
      return on_bind(turn);
    case Call::listen:
      return on_listen(turn);
    case Call::connect:
      return is_dgram(turn.self) ? on_connect_dgram(turn) : on_connect(turn);
    case Call::send:
    case Call::sendto:
      return on_send(turn, tag);
    case Call::recv:
    case Call::recvfrom:
      return on_receive(turn);
    case Call::shutdown:
      return on_shutdown(turn);
    case Call::getsockname:
      return on_getsockname(turn);
    case Call::getpeername:
      return on_getpeername(turn);
    case Call::poll:
      return on_poll(turn);
    case Call::getsockopt:
      return on_getsockopt(turn);
    case Call::siocinq:
    case Call::siocoutq:
      return on_queue_size(turn);
    case Call::socket:
    case Call::accept:
    case Call::close:
    case Call::dup:
    case Call::setsockopt:
      return;
  }
}

bool LocalModel::judge(const Outcomes& outcomes, Rule otherwise, const Turn& turn) {
  return outcomes.judge(*judgement_, otherwise, turn.result.error,
                        [&] { return describe(turn.self.id); });
}

// Counts (state, call) pairs, among those of UDP.
void LocalModel::visit(const Socket& s, Call call) const {
  constexpr std::uint32_t first_pair = 3072 + 640;
  const std::uint32_t phase = (s.connected ? 1u : 0u) | (s.queue.empty() ? 0u : 2u) |
                              (s.read_shut || s.write_shut ? 4u : 0u) | (s.listening ? 8u : 0u);
  judgement_->visit(first_pair + phase * 20 + static_cast<std::uint32_t>(call));
}

// What its send counts for is given back when the last byte was received or dropped.
void LocalModel::release(const Message& message) {
  Socket& sender = at(message.sender);
  sender.unread -= message.size - message.read;
  sender.charged -= message.size + message.overhead;
}

void LocalModel::drop_queue(Socket& s) {
  for (const Message& message : s.queue) release(message);
  s.queue.clear();
}

// A datagram socket whose peer changes. Its peer hears of what it will never receive.
void LocalModel::leave_peer(Socket& s) {
  if (s.peer == 0) return;
  Socket& peer = at(s.peer);
  s.peer = 0;
  s.connected = false;
  if (s.queue.empty()) return;
  judgement_->apply(Rule::local_dgram_leaving_drops);
  drop_queue(s);
  if (peer.open && peer.peer == s.id) peer.error.become(Errno::econnreset);
}

// unix(7) ECONNRESET. Whether a record of no bytes counts as unread is the stack's to say.
void LocalModel::end_connection(Socket& s, bool unaccepted) {
  Socket& peer = at(s.peer);
  if (!peer.open) return;
  peer.read_shut = peer.write_shut = true;
  const bool unread = std::ranges::any_of(s.queue, [](const Message& m) { return m.size > 0; });
  if (unread || unaccepted) {
    peer.error.become(Errno::econnreset);
  } else if (!s.queue.empty() || s.urgent_came) {
    peer.error.maybe_become(Errno::econnreset);
  }
}

void LocalModel::on_close(SocketId id) {
  if (!knows(id)) return;
  Socket& s = at(id);
  s.open = false;
  if (s.owns_name) files_.orphan(id);
  s.owns_name = false;
  if (s.connected && !is_dgram(s)) end_connection(s, false);
  for (const SocketId child : s.pending) {
    at(child).open = false;
    end_connection(at(child), true);
    drop_queue(at(child));
  }
  s.pending.clear();
  drop_queue(s);
}

void LocalModel::on_shutdown(const Turn& turn) {
  Socket& s = turn.self;
  const ShutdownHow how = turn.call.how;
  Outcomes outcomes;
  if (how == ShutdownHow::invalid) outcomes.must_fail(Rule::local_shutdown, Errno::einval);
  if (!judge(outcomes, Rule::local_shutdown, turn) || !turn.result.ok()) return;
  const bool reading = how != ShutdownHow::write;
  const bool writing = how != ShutdownHow::read;
  s.read_shut = s.read_shut || reading;
  s.write_shut = s.write_shut || writing;
  if (is_dgram(s) || !s.connected) return;
  Socket& peer = at(s.peer);
  peer.write_shut = peer.write_shut || reading;
  peer.read_shut = peer.read_shut || writing;
}

void LocalModel::on_getsockopt(const Turn& turn) {
  Socket& s = turn.self;
  const std::int32_t value = turn.result.option_value.value;
  if (turn.call.option == OptionName::so_acceptconn) {
    const Rule rule = is_dgram(s) ? Rule::dgram_has_no_connections : Rule::local_accepting;
    judgement_->require(rule, turn.result.ok() && value == (s.listening ? 1 : 0), [&] {
      return Violation{.allowed = s.listening ? "1" : "0",
                       .observed = std::to_string(value),
                       .state = describe(s.id)};
    });
    return;
  }
  const auto seen = static_cast<Errno>(value);
  const Rule rule = s.error.may_be_some() ? Rule::local_recv_reset : Rule::local_error_needs_cause;
  judgement_->require(rule, turn.result.ok() && s.error.may_be(seen), [&] {
    return Violation{.allowed = s.error.text(),
                     .observed = std::string(errno_name(seen)),
                     .state = describe(s.id)};
  });
  s.error.become_none();
}

void LocalModel::on_queue_size(const Turn& turn) {
  const Socket& s = turn.self;
  const SyscallResult& result = turn.result;
  const auto violation = [&](std::string allowed) {
    return Violation{.allowed = std::move(allowed),
                     .observed = result.ok() ? std::to_string(result.value)
                                             : std::string(errno_name(result.error)),
                     .state = describe(s.id)};
  };
  if (turn.call.call == Call::siocoutq) {
    if (s.urgent_sent) return;
    const auto least = static_cast<std::int64_t>(s.unread);
    const auto most = static_cast<std::int64_t>(s.charged);
    const bool holds = result.ok() && result.value >= least && result.value <= most &&
                       (result.value == 0) == (most == 0);
    judgement_->require(Rule::local_unread_size, holds, [&] {
      return violation(std::to_string(least) + " to " + std::to_string(most));
    });
    return;
  }
  if (s.urgent_came) return;
  if (s.listening) {
    judgement_->require(Rule::local_queue_size, result.error == Errno::einval,
                        [&] { return violation("EINVAL"); });
    return;
  }
  std::int64_t waiting = 0;
  for (const Message& message : s.queue) {
    waiting += message.size - message.read;
    if (is_dgram(s)) break;
  }
  judgement_->require(Rule::local_queue_size, result.ok() && result.value == waiting,
                      [&] { return violation(std::to_string(waiting)); });
}

std::string LocalModel::describe(SocketId id) const {
  if (!knows(id) || !at(id).open) return "a closed unix socket";
  const Socket& s = at(id);
  constexpr std::string_view types[] = {"stream", "dgram", "seqpacket"};
  std::string out = "unix " + std::string(types[static_cast<std::size_t>(s.type)]) + " socket " +
                    std::to_string(id);
  if (s.named || s.namesake != 0) out += " bound to " + name_text(s);
  if (s.listening) {
    out += " listening, " + std::to_string(s.pending.size()) + " of " + std::to_string(s.backlog) +
           " + 1 waiting";
  }
  if (s.connected) out += " connected to socket " + std::to_string(s.peer);
  if (s.read_shut) out += " SHUT_RD";
  if (s.write_shut) out += " SHUT_WR";
  if (s.error.may_be_some()) out += " pending " + s.error.text();
  if (s.unread > 0) out += " sent and unread " + std::to_string(s.unread);
  if (!s.queue.empty()) {
    out += " queued";
    for (std::size_t i = 0; i < s.queue.size() && i < 8; ++i) {
      const Message& message = s.queue[i];
      out += " " + std::to_string(message.size - message.read) + " from socket " +
             std::to_string(message.sender);
    }
  }
  return out;
}

}  // namespace lockstep::oracle
