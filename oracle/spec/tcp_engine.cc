// Storage of connections and hypotheses, and the dispatch of calls.
#include "oracle/spec/tcp_engine.h"

#include <algorithm>

namespace lockstep::oracle {

void TcpEngine::reset() {
  for (std::size_t i = 0; i < used_; ++i) free_connection(connections_[i]);
  used_ = 0;
  contests_ = 0;
  touched_.clear();
  streams_used_ = 0;
  std::ranges::fill(stream_by_id_, 0u);
  events_ = 0;
  challenges_ = 0;
  challenge_ticks_ = 0;
  ticked_ = false;
  step_ticks_ = 0;
  least_path_mtu_ = 0xffff'ffff;
  forks_.clear();
  refuted_.reset();
}

StreamSocket& TcpEngine::stream(SocketId id) {
  if (id >= stream_by_id_.size()) stream_by_id_.resize(id + 1, 0u);
  if (stream_by_id_[id] == 0) {
    if (streams_used_ == streams_.size()) streams_.emplace_back();
    streams_[streams_used_] = StreamSocket();
    streams_[streams_used_].id = id;
    stream_by_id_[id] = static_cast<std::uint32_t>(++streams_used_);
  }
  return streams_[stream_by_id_[id] - 1];
}

const StreamSocket* TcpEngine::find_stream(SocketId id) const {
  if (id >= stream_by_id_.size() || stream_by_id_[id] == 0) return nullptr;
  return &streams_[stream_by_id_[id] - 1];
}

Connection* TcpEngine::connection_of(const StreamSocket& s) {
  return s.connection < 0 ? nullptr : &connections_[static_cast<std::size_t>(s.connection)];
}

Connection& TcpEngine::make_connection(const FourTuple& tuple) {
  std::size_t slot = 0;
  while (slot < used_ && connections_[slot].in_use) ++slot;
  if (slot == used_) {
    ++used_;
    if (slot == connections_.size()) connections_.emplace_back();
  }
  Connection& c = connections_[slot];
  c.in_use = true;
  touch(c);
  c.tuple = tuple;
  c.hypotheses.resize(1);
  return c;
}

// Empties the connection for its next use. The capacity of its vectors stays.
void TcpEngine::free_connection(Connection& c) {
  if (c.contested) --contests_;
  std::vector<Run> runs = std::move(c.runs);
  std::vector<Hypothesis> hypotheses = std::move(c.hypotheses);
  std::vector<Offset> piece_ends = std::move(c.piece_ends);
  runs.clear();
  piece_ends.clear();
  if (hypotheses.size() > 1) hypotheses.resize(1);
  for (Hypothesis& h : hypotheses) {
    Copies copies = std::move(h.copies);
    std::vector<Offset> fins = std::move(h.fins);
    std::vector<DueReset> resets = std::move(h.resets);
    copies.clear();
    fins.clear();
    resets.clear();
    h = Hypothesis();
    h.copies = std::move(copies);
    h.fins = std::move(fins);
    h.resets = std::move(resets);
  }
  c = Connection();
  c.runs = std::move(runs);
  c.piece_ends = std::move(piece_ends);
  c.hypotheses = std::move(hypotheses);
}

// The socket has no connection any more; the connection lives on without it while it must.
void TcpEngine::detach(StreamSocket& s) {
  if (Connection* c = connection_of(s)) {
    if (host_->dialect().disconnect_keeps_soft_error) {
      s.error.soft = PendingError::without_candidates();
      for (const Hypothesis& h : c->hypotheses) s.error.soft.maybe_become(h.soft_error);
    }
    c->orphan = true;
    c->user_timeout_ms = host_->socket(c->socket).user_timeout_ms;
    c->socket = 0;
  }
  s.connection = -1;
}

void TcpEngine::visit(const Connection&, const Hypothesis& h, int event) {
  judgement_->visit(static_cast<std::uint32_t>(h.state) * 32 + static_cast<std::uint32_t>(event));
}

void TcpEngine::settle_hypotheses(Connection& c, std::size_t kept) {
  if (kept == c.hypotheses.size() && forks_.empty() && kept == 1) return;
  c.hypotheses.resize(kept);
  for (Hypothesis& h : forks_) c.hypotheses.push_back(std::move(h));
  forks_.clear();
  std::size_t distinct = 0;
  for (std::size_t i = 0; i < c.hypotheses.size(); ++i) {
    bool seen = false;
    for (std::size_t j = 0; j < distinct && !seen; ++j) {
      seen = c.hypotheses[i] == c.hypotheses[j];
    }
    if (seen) continue;
    if (distinct != i) std::swap(c.hypotheses[distinct], c.hypotheses[i]);
    ++distinct;
  }
  c.hypotheses.resize(distinct);
  if (distinct > hypotheses_max) {
    judgement_->give_up("a TCP connection has more than 32 hypotheses");
    c.hypotheses.resize(hypotheses_max);
  }
}

void TcpEngine::refute(Rule rule, const Hypothesis& h, std::string allowed) {
  refuted_.emplace();
  refuted_->rule = rule;
  refuted_->allowed = std::move(allowed);
  refuted_->observed = observed();
  refuted_->state = current_ == nullptr ? std::string() : describe(*current_, h);
}

void TcpEngine::blame(Violation violation) {
  const Rule rule = violation.rule;
  judgement_->require(rule, false, [&] { return std::move(violation); });
}

void TcpEngine::on_socket(SocketModel& socket) { stream(socket.id); }

void TcpEngine::on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
                        PayloadTag tag) {
  if (done()) return;
  ++events_;
  call_ = &call;
  result_ = &result;
  packet_ = nullptr;
  StreamSocket& s = stream(socket.id);
  Connection* c = connection_of(s);
  if (c != nullptr) visit(*c, c->hypotheses.front(), 8 + static_cast<int>(call.call) % 24);
  switch (call.call) {
    case Call::listen:
      on_listen(s, socket);
      break;
    case Call::connect:
      on_connect(s, socket);
      break;
    case Call::getsockopt:
      on_get_error(s);
      break;
    case Call::send:
    case Call::sendto:
      c == nullptr ? idle_send(s) : on_send(s, *c, tag);
      break;
    case Call::recv:
    case Call::recvfrom:
      c == nullptr ? idle_receive(s) : on_receive(*c);
      break;
    case Call::shutdown:
      c == nullptr ? idle_shutdown(s, socket) : on_shutdown(s, socket, *c);
      break;
    case Call::poll:
      c == nullptr ? idle_poll(s) : on_poll(*c);
      break;
    case Call::getpeername:
    case Call::siocinq:
    case Call::siocoutq:
      if (c == nullptr) {
        idle_call(s, socket);
      } else if (call.call == Call::getpeername) {
        on_getpeername(*c);
      } else {
        on_queue_sizes(*c);
      }
      break;
    case Call::socket:
    case Call::bind:
    case Call::accept:
    case Call::close:
    case Call::dup:
    case Call::getsockname:
    case Call::setsockopt:
      break;
  }
  call_ = nullptr;
  result_ = nullptr;
}

void TcpEngine::on_close(SocketModel& socket) {
  if (done()) return;
  ++events_;
  StreamSocket& s = stream(socket.id);
  if (s.listening) {
    stop_listening(s, Rule::tcp_close_listener_resets_children);
  } else if (Connection* c = connection_of(s)) {
    close_connection(*c, socket);
  }
  detach(s);
}

bool TcpEngine::desynchronised() const {
  for (std::size_t i = 0; i < used_; ++i) {
    for (const Hypothesis& h : connections_[i].hypotheses) {
      if (connections_[i].in_use && h.doubtful) return true;
    }
  }
  return false;
}

// Whether the address of the connection took the place of a dual-stack wildcard.
bool TcpEngine::is_dual(const SocketModel& socket, const Endpoint& local) {
  return socket.domain == Domain::inet6 && !socket.address_chosen && !socket.v6_only &&
         !local.ip.is_v4();
}

void TcpEngine::add_holders(std::vector<PortHolder>& out) const {
  for (std::size_t i = 0; i < used_; ++i) {
    const Connection& c = connections_[i];
    if (!c.in_use || !c.tuple_known || !c.may_be_alive()) continue;
    PortHolder holder;
    const bool was_dual =
        c.was_dual || (c.listener != 0 && is_dual(host_->socket(c.listener), c.tuple.local));
    holder.was_dual = was_dual;
    if (c.reached_time_wait) {
      // Its former socket holds nothing any more and may bind anew, to another port (Linux).
      holder.local = c.tuple.local;
      holder.waiting = true;
      holder.reuse_address = c.reuse_address;
      holder.reuse_port = c.reuse_port;
      holder.maybe = !c.surely_waits();
      out.push_back(holder);
    }
    holder = PortHolder();
    holder.was_dual = was_dual;
    const SocketId owner = c.socket != 0 ? c.socket : c.listener;
    if (c.socket != 0 && c.listener == 0) continue;  // The socket itself holds its end.
    if (c.surely_waits()) continue;
    holder.socket = c.socket;
    holder.local = c.tuple.local;
    holder.maybe = !c.surely_alive() || owner == 0;
    for (const Hypothesis& h : c.hypotheses) {
      // An embryonic child is an entry of its listener's, which holds the port for both.
      if (h.state == TcpState::syn_received) holder.maybe = true;
    }
    if (owner != 0) {
      const SocketModel& socket = host_->socket(owner);
      holder.reuse_address = socket.reuse_address;
      holder.reuse_port = socket.reuse_port;
    }
    out.push_back(holder);
  }
}

}  // namespace lockstep::oracle
