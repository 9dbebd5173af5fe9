// send and sendto on a socket with a connection. Sources: send(2), tcp(7); docs/oracle.md for the
// order in which a state, a pending error and a shutdown answer.
#include <algorithm>

#include "oracle/spec/tcp_engine.h"

namespace lockstep::oracle {
namespace {

std::size_t send_buffer_of(const HostServices& host, const SocketModel& socket) {
  return socket.send_buffer > 0 ? static_cast<std::size_t>(socket.send_buffer)
                                : host.config().send_buffer;
}

}  // namespace

// Whether a send of one byte certainly finds room, with what Linux may charge for what is queued.
bool TcpEngine::surely_has_room(const Connection& c, const Hypothesis& h, std::size_t share) const {
  const auto queued = static_cast<std::size_t>(c.end - std::max<Offset>(h.una, 1));
  // Headers and options aside, a segment carries at least so much of what is queued.
  const std::uint32_t mtu = std::min(host_->config().mtu, least_path_mtu_);
  const auto peer = static_cast<std::size_t>(std::max<Offset>(h.peer_mss, 88));
  const std::size_t segment = std::max<std::size_t>(std::min<std::size_t>(peer, mtu), 188) - 100;
  const std::size_t pieces = c.runs.size() + 1 + queued / segment;
  const std::size_t charge = queued == 0 ? 0 : 2 * queued + 1280 * pieces;
  return charge * share < send_buffer_of(*host_, host_->socket(c.socket)) * 2;
}

void TcpEngine::accept_bytes(Connection& c, PayloadTag tag, Offset count) {
  c.runs.push_back({c.end, c.end + count, tag});
  c.end += count;
}

void TcpEngine::send_fails(Hypothesis& h) {
  const Errno due = h.error == Errno::ok ? Errno::epipe : h.error;
  const Rule rule = h.error == Errno::ok ? Rule::tcp_send_after_end : error_rule(h);
  if (check(rule, result_->error == due, h, [&] { return std::string(errno_name(due)); })) {
    if (h.error != Errno::ok) judgement_->apply(Rule::tcp_error_reported_once);
    h.error = Errno::ok;
  }
}

void TcpEngine::on_send(StreamSocket& s, Connection& c, PayloadTag tag) {
  const auto asked = static_cast<Offset>(call_->data.size());
  const auto taken = static_cast<Offset>(result_->value);
  // A smaller buffer refuses new segments, not the bytes that the last one queued has room for.
  const std::size_t buffer = send_buffer_of(*host_, host_->socket(s.id));
  const bool drained = c.runs.empty();
  c.send_buffer_most = drained ? buffer : std::max(c.send_buffer_most, buffer);
  const std::size_t most = 2 * c.send_buffer_most + 65536;
  const bool addressed =
      call_->call == Call::sendto && !std::holds_alternative<Unspecified>(call_->address);
  const bool was_writable = c.writable && c.writable_buffer == host_->socket(s.id).send_buffer;
  branch(c, [&](Hypothesis& h) {
    if (h.state == TcpState::syn_sent || h.state == TcpState::syn_received) {
      if (h.error != Errno::ok) {
        send_fails(h);
        return;
      }
      check(Rule::tcp_connecting_calls,
            result_->error == Errno::eagain || (h.write_shut && result_->error == Errno::epipe), h,
            "EAGAIN");
      return;
    }
    const bool open = h.state == TcpState::established || h.state == TcpState::close_wait;
    if (!open || h.write_shut || h.error != Errno::ok) {
      send_fails(h);
      return;
    }
    if (result_->ok()) {
      judgement_->apply(Rule::tcp_send_succeeds);
      if (addressed) judgement_->apply(Rule::tcp_sendto_ignores_address);
      if (!check(Rule::tcp_send_takes_some, taken >= (asked == 0 ? 0 : 1) && taken <= asked, h,
                 [&] { return "1.." + std::to_string(asked); })) {
        return;
      }
      const auto queued = static_cast<std::size_t>(c.end + taken - std::max<Offset>(h.una, 1));
      check(Rule::tcp_send_buffer_is_bounded, taken == 0 || queued <= most, h, "EAGAIN");
      return;
    }
    const bool may_refuse = addressed && !host_->dialect().connected_sendto_ignores_address;
    if (may_refuse && result_->error == Errno::eisconn) return;
    const Rule open_rule = addressed ? Rule::tcp_sendto_ignores_address : Rule::tcp_send_succeeds;
    if (!check(h.spurned ? h.spurn_rule : open_rule, result_->error == Errno::eagain && asked > 0,
               h, "success")) {
      return;
    }
    check(Rule::tcp_send_buffer_is_bounded, !surely_has_room(c, h, 2) && !was_writable, h,
          [&] { return "1.." + std::to_string(asked); });
  });
  if (done()) return;
  c.blocked = result_->error == Errno::eagain;
  c.writable = false;
  if (!result_->ok() || taken <= 0) return;
  accept_bytes(c, tag, taken);
  if ((call_->flags & msg_oob) != 0) c.urgent_end = c.end;
}

}  // namespace lockstep::oracle
