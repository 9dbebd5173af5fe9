// What AF_UNIX sockets send: whether a send may fail, how much it takes, whose queue it is put in.
#include <algorithm>

#include "oracle/spec/local_model.h"

namespace lockstep::oracle {
namespace {

// Of the datagrams that wait at a socket (/proc/sys/net/unix/max_dgram_qlen), ports set this.
constexpr std::size_t max_dgram_qlen = 10;

// unix(7): what SO_SNDBUF reads, less this, is the longest datagram.
constexpr std::uint64_t datagram_overhead = 32;
// What a piece of a send may count for beside its bytes: as much again, and headers.
constexpr std::uint64_t piece_headers = 1280;
constexpr std::uint64_t least_send_buffer = 4608;   // socket(7) SO_SNDBUF, as it reads.
constexpr std::int32_t sure_buffer_most = 100'000;  // Beyond, what is set may be cut.

}  // namespace

// socket(7): twice what was asked for.
std::uint64_t LocalModel::send_buffer(const SocketModel& socket) const {
  if (socket.send_buffer > sure_buffer_most) return 0;
  const std::uint64_t asked = socket.send_buffer != 0
                                  ? static_cast<std::uint64_t>(socket.send_buffer)
                                  : host_->config().send_buffer;
  return std::max(2 * asked, least_send_buffer);
}

// A stream's send is put in pieces of up to half the buffer.
std::uint32_t LocalModel::overhead_of(const SocketModel& socket, std::uint64_t size) const {
  const std::uint64_t piece = std::max(send_buffer(socket), least_send_buffer) / 2 - 64;
  const std::uint64_t pieces = size / std::min<std::uint64_t>(piece, 32'768) + 1;
  return static_cast<std::uint32_t>(size + pieces * piece_headers);
}

bool LocalModel::queue_is_full(const Socket& sender, const Socket& receiver) const {
  return receiver.id != sender.id && receiver.peer != sender.id &&
         receiver.queue.size() > max_dgram_qlen;
}

void LocalModel::on_send(const Turn& turn, PayloadTag tag) {
  Socket& s = turn.self;
  Outcomes outcomes;
  Target target{.id = s.peer};
  if (is_dgram(s)) {
    judge_send_dgram(outcomes, turn, target);
  } else if (has_records(s)) {
    judge_send_record(outcomes, turn);
  } else {
    judge_send_stream(outcomes, turn);
  }
  if (!judge(outcomes, Rule::local_send_otherwise_succeeds, turn)) return;
  const Errno error = turn.result.error;
  if (error != Errno::ok) {
    // A pending error is answered before a send looks at anything but its own arguments.
    if (error == Errno::econnreset) s.error.become_none();
    const bool to_peer = target.id == s.peer && s.peer != 0 && !at(s.peer).open;
    if (is_dgram(s) && error == Errno::econnrefused && to_peer) leave_peer(s);
    return;
  }
  if (s.error.may_be_some() && has_records(s)) s.error.become_none();
  judge_taken(turn);
  if (target.id == 0) return judgement_->give_up("sent to a name that was not seen");
  follow_send(turn, tag, target.id);
}

void LocalModel::judge_send_stream(Outcomes& outcomes, const Turn& turn) const {
  const Socket& s = turn.self;
  const bool oob = (turn.call.flags & msg_oob) != 0;
  const std::size_t size = turn.call.data.size();
  if (oob && size == 0) outcomes.must_fail(Rule::local_send_oob, Errno::eopnotsupp);
  const bool addressed =
      turn.call.call == Call::sendto && !std::holds_alternative<Unspecified>(turn.call.address);
  if (addressed) {
    outcomes.must_fail(Rule::local_send_address_on_stream,
                       s.connected ? Errno::eisconn : Errno::eopnotsupp);
    return;
  }
  if (!s.connected) return outcomes.must_fail(Rule::local_send_not_connected, Errno::enotconn);
  if (s.write_shut) {
    outcomes.must_fail(Rule::local_send_shut, Errno::epipe);
  } else if (at(s.peer).read_shut && size > 0) {
    outcomes.must_fail(Rule::local_send_peer_reads_no_more, Errno::epipe);
  }
  if (size > 0) judge_room(outcomes, turn);
}

// unix(7): an address is ignored on a connected seqpacket socket.
void LocalModel::judge_send_record(Outcomes& outcomes, const Turn& turn) const {
  const Socket& s = turn.self;
  if ((turn.call.flags & msg_oob) != 0) {
    outcomes.must_fail(Rule::local_send_oob, Errno::eopnotsupp);
  }
  if (!s.connected) return outcomes.must_fail(Rule::local_send_not_connected, Errno::enotconn);
  judge_size(outcomes, turn);
  // An error that waits comes before everything but the arguments of the call.
  if (!s.error.may_be_none()) {
    return outcomes.must_fail(Rule::local_recv_reset, Errno::econnreset);
  }
  if (s.error.may_be_some()) outcomes.may_fail(Rule::local_recv_reset, Errno::econnreset);
  if (s.write_shut) {
    outcomes.must_fail(Rule::local_send_shut, Errno::epipe);
  } else if (at(s.peer).read_shut) {
    outcomes.must_fail(Rule::local_send_peer_reads_no_more, Errno::epipe);
  }
  judge_room(outcomes, turn);
}

void LocalModel::judge_send_dgram(Outcomes& outcomes, const Turn& turn, Target& target) const {
  const Socket& s = turn.self;
  if ((turn.call.flags & msg_oob) != 0) {
    outcomes.must_fail(Rule::local_send_oob, Errno::eopnotsupp);
  }
  if (!s.error.may_be_none()) outcomes.must_fail(Rule::local_recv_reset, Errno::econnreset);
  judge_size(outcomes, turn);
  if (s.write_shut) outcomes.must_fail(Rule::local_send_shut, Errno::epipe);
  judge_room(outcomes, turn);
  const bool addressed =
      turn.call.call == Call::sendto && !std::holds_alternative<Unspecified>(turn.call.address);
  if (addressed) {
    target = find_target(outcomes, s, turn.call.address);
  } else if (s.peer == 0) {
    outcomes.must_fail(Rule::local_send_not_connected, Errno::enotconn);
  } else if (!at(s.peer).open) {
    outcomes.must_fail(Rule::local_dgram_peer_gone, Errno::econnrefused);
    return;
  }
  if (target.unsure) {
    for (const Errno error : {Errno::eperm, Errno::epipe, Errno::eagain}) {
      outcomes.may_fail(Rule::local_send_otherwise_succeeds, error);
    }
  }
  if (target.id == 0) return;
  const Socket& receiver = at(target.id);
  if (receiver.peer != 0 && receiver.peer != s.id) {
    outcomes.must_fail(Rule::local_dgram_third_party, Errno::eperm);
  }
  if (receiver.read_shut) {
    outcomes.must_fail(Rule::local_send_peer_reads_no_more, Errno::epipe);
  }
  if (queue_is_full(s, receiver)) {
    outcomes.must_fail(Rule::local_dgram_queue_limit, Errno::eagain);
  }
}

void LocalModel::judge_size(Outcomes& outcomes, const Turn& turn) const {
  const std::uint64_t buffer = send_buffer(turn.model);
  const std::size_t size = turn.call.data.size();
  if (buffer == 0) {
    if (size > sure_buffer_most) outcomes.may_fail(Rule::local_send_too_long, Errno::emsgsize);
  } else if (size > buffer - datagram_overhead) {
    outcomes.must_fail(Rule::local_send_too_long, Errno::emsgsize);
  } else {
    outcomes.excludes(Rule::local_send_too_long, Errno::emsgsize);
  }
}

// unix(7) SO_SNDBUF: a send is refused once what was not received fills the buffer.
void LocalModel::judge_room(Outcomes& outcomes, const Turn& turn) const {
  const Socket& s = turn.self;
  const std::uint64_t buffer = send_buffer(turn.model);
  if (buffer == 0 || s.urgent_sent) {
    outcomes.may_fail(Rule::local_send_full, Errno::eagain);
  } else if (s.unread >= buffer) {
    outcomes.must_fail(Rule::local_send_bounded, Errno::eagain);
  } else if (s.charged >= buffer) {
    outcomes.may_fail(Rule::local_send_full, Errno::eagain);
  }
}

void LocalModel::judge_taken(const Turn& turn) {
  const Socket& s = turn.self;
  const auto size = static_cast<std::int64_t>(turn.call.data.size());
  const std::int64_t taken = turn.result.value;
  const std::uint64_t buffer = send_buffer(turn.model);
  const auto violation = [&](std::string allowed) {
    return Violation{
        .allowed = std::move(allowed), .observed = std::to_string(taken), .state = describe(s.id)};
  };
  const bool may_be_cut = !has_records(s) && size > 0 &&
                          (buffer == 0 || s.urgent_sent ||
                           s.charged + static_cast<std::uint64_t>(size) +
                                   overhead_of(turn.model, turn.call.data.size()) >=
                               buffer);
  const bool holds = taken == size || (may_be_cut && taken > 0 && taken < size);
  if (may_be_cut) judgement_->apply(Rule::local_send_full);
  if (!judgement_->require(Rule::local_send_takes_all, holds, [&] {
        return violation(may_be_cut ? "1 to " + std::to_string(size) : std::to_string(size));
      })) {
    return;
  }
  if (has_records(s) || buffer == 0 || s.urgent_sent || size == 0) return;
  // The last piece may start when one byte is free.
  const std::uint64_t after = s.unread + static_cast<std::uint64_t>(taken);
  judgement_->require(Rule::local_send_bounded, after <= buffer + buffer / 2, [&] {
    return violation("no more than " + std::to_string(buffer + buffer / 2) + " unread in all");
  });
}

void LocalModel::follow_send(const Turn& turn, PayloadTag tag, SocketId to) {
  Socket& s = turn.self;
  Socket& receiver = at(to);
  const auto size = static_cast<std::uint32_t>(turn.result.value);
  if (!has_records(s)) {
    if (size == 0) return;
    if ((turn.call.flags & msg_oob) != 0) {
      receiver.urgent_came = s.urgent_sent = true;
      drop_queue(receiver);
    }
    if (receiver.urgent_came) return;
  }
  Message message{.sender = s.id, .tag = tag, .size = size};
  message.overhead = overhead_of(turn.model, size);
  s.unread += size;
  s.charged += size + message.overhead;
  receiver.queue.push_back(message);
}

}  // namespace lockstep::oracle
