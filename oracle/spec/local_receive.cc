// What AF_UNIX sockets receive. A stream runs its sends together, datagrams and records stay apart.
#include <algorithm>

#include "oracle/spec/local_model.h"

namespace lockstep::oracle {
void LocalModel::on_receive(const Turn& turn) {
  Socket& s = turn.self;
  if ((turn.call.flags & msg_oob) != 0) return judge_oob(turn);
  if (!is_dgram(s) && !s.connected) {
    Outcomes outcomes;
    outcomes.must_fail(Rule::local_recv_not_connected,
                       has_records(s) ? Errno::enotconn : Errno::einval);
    judge(outcomes, Rule::local_recv_not_connected, turn);
    return;
  }
  if (has_records(s)) return on_receive_record(turn);
  if (!s.urgent_came) return on_receive_bytes(turn);
  if (turn.result.error == Errno::econnreset) s.error.become_none();
  const bool short_of_asked =
      turn.result.ok() && turn.result.value < static_cast<std::int64_t>(turn.call.buffer.size());
  if (short_of_asked && may_wait_for_more(turn)) s.error.maybe_become(Errno::ok);
}

// MSG_WAITALL or SO_RCVLOWAT: a receive that waits for more and does not get it may use up the
// error beside the data.
bool LocalModel::may_wait_for_more(const Turn& turn) {
  return (turn.call.flags & msg_waitall) != 0 || turn.model.receive_low_water > turn.result.value;
}

void LocalModel::judge_oob(const Turn& turn) {
  const Socket& s = turn.self;
  if (s.urgent_came) return;
  Outcomes outcomes;
  const bool records = has_records(s);
  outcomes.must_fail(Rule::local_recv_oob, records ? Errno::eopnotsupp : Errno::einval);
  if (records && !is_dgram(s) && !s.connected) {
    outcomes.must_fail(Rule::local_recv_not_connected, Errno::enotconn);
  }
  judge(outcomes, Rule::local_recv_oob, turn);
}

// Whether the pending error is what comes now; true when the answer was judged by it.
bool LocalModel::judge_reset(const Turn& turn) {
  Socket& s = turn.self;
  if (!s.error.may_be_some()) return false;
  const bool seen = turn.result.error == Errno::econnreset;
  judgement_->require(Rule::local_recv_reset, seen || s.error.may_be_none(), [&] {
    return Violation{.allowed = s.error.text(),
                     .observed = received_text(turn.call, turn.result),
                     .state = describe(s.id)};
  });
  s.error.become_none();
  return seen;
}

// Nothing waits, and no error.
void LocalModel::judge_nothing(const Turn& turn) {
  const Socket& s = turn.self;
  const SyscallResult& result = turn.result;
  const auto violation = [&](std::string allowed) {
    return Violation{.allowed = std::move(allowed),
                     .observed = received_text(turn.call, result),
                     .state = describe(s.id)};
  };
  if (result.error == Errno::econnreset) {
    judgement_->require(Rule::local_error_needs_cause, false,
                        [&] { return violation("no error"); });
    return;
  }
  if (!is_dgram(s) && s.read_shut) {
    const bool holds = result.ok() && result.value == 0 && !result.truncated;
    if (judgement_->require(Rule::local_recv_end, holds, [&] { return violation("0"); }) &&
        turn.call.call == Call::recvfrom) {
      judge_sender_name(turn, 0);
    }
    return;
  }
  judgement_->require(Rule::local_recv_empty, result.error == Errno::eagain,
                      [&] { return violation("EAGAIN"); });
}

// `sender` 0: none, so that no name is due.
void LocalModel::judge_sender_name(const Turn& turn, SocketId sender) {
  const SocketAddress& seen = turn.result.address;
  const bool holds =
      sender == 0 ? std::holds_alternative<Unspecified>(seen) : fits_name(at(sender), seen);
  judgement_->require(Rule::local_recv_names_the_sender, holds, [&] {
    return Violation{.allowed = sender == 0 ? "no name" : name_text(at(sender)),
                     .observed = received_text(turn.call, turn.result),
                     .state = describe(turn.self.id)};
  });
}

// Whether the buffer holds the next `size` bytes of the queue.
bool LocalModel::bytes_match(const Socket& s, const Syscall& call, std::size_t size) {
  std::size_t done = 0;
  for (const Message& message : s.queue) {
    if (done == size) break;
    const std::size_t part = std::min<std::size_t>(size - done, message.size - message.read);
    const PayloadTag tag{message.tag.key, message.tag.offset + message.read};
    if (!payload_matches(tag, call.buffer.subspan(done, part))) return false;
    done += part;
  }
  return done == size;
}

void LocalModel::on_receive_bytes(const Turn& turn) {
  Socket& s = turn.self;
  const SyscallResult& result = turn.result;
  std::size_t waiting = 0;
  for (const Message& message : s.queue) waiting += message.size - message.read;
  if (waiting == 0) {
    if (!judge_reset(turn)) judge_nothing(turn);
    return;
  }
  const std::size_t due = std::min(waiting, turn.call.buffer.size());
  const auto violation = [&] {
    return Violation{.allowed = std::to_string(due) + " bytes",
                     .observed = received_text(turn.call, result),
                     .state = describe(s.id)};
  };
  const bool taken = result.ok() && (result.value > 0 || due == 0);
  if (!judgement_->require(Rule::local_recv_queued, taken, violation)) return;
  const bool whole = result.value == static_cast<std::int64_t>(due) && !result.truncated;
  if (!judgement_->require(Rule::local_stream_coalesces, whole, violation)) return;
  judgement_->require(Rule::local_stream_bytes, bytes_match(s, turn.call, due), violation);
  if (due < turn.call.buffer.size() && may_wait_for_more(turn)) s.error.maybe_become(Errno::ok);
  if (due == 0) return;
  if (turn.call.call == Call::recvfrom) judge_sender_name(turn, s.queue.front().sender);
  if ((turn.call.flags & msg_peek) != 0) return;
  for (std::size_t left = due; left > 0;) {
    Message& message = s.queue.front();
    const std::size_t part = std::min<std::size_t>(left, message.size - message.read);
    message.read += static_cast<std::uint32_t>(part);
    at(message.sender).unread -= part;
    left -= part;
    if (message.read < message.size) break;
    release(message);
    s.queue.erase(s.queue.begin());
  }
}

void LocalModel::on_receive_record(const Turn& turn) {
  Socket& s = turn.self;
  const SyscallResult& result = turn.result;
  if (judge_reset(turn)) return;
  if (s.queue.empty()) return judge_nothing(turn);
  const Message& first = s.queue.front();
  const std::size_t room = turn.call.buffer.size();
  const std::size_t copied = std::min<std::size_t>(first.size, room);
  const auto violation = [&] {
    return Violation{.allowed = std::to_string(first.size) + " bytes from socket " +
                                std::to_string(first.sender),
                     .observed = received_text(turn.call, result),
                     .state = describe(s.id)};
  };
  if (!judgement_->require(Rule::local_recv_queued, result.ok(), violation)) return;
  const bool all = (turn.call.flags & msg_trunc) != 0;
  const auto value = static_cast<std::int64_t>(all ? first.size : copied);
  const bool cut = first.size > room;
  const auto seen = static_cast<std::size_t>(
      std::clamp<std::int64_t>(result.value, 0, static_cast<std::int64_t>(room)));
  if (!bytes_match(s, turn.call, std::min(seen, copied))) {
    // Those of another one, or nobody's.
    const bool later = std::ranges::any_of(s.queue, [&](const Message& message) {
      return message.size >= seen && payload_matches(message.tag, turn.call.buffer.first(seen));
    });
    const Rule rule = later ? Rule::local_recv_in_order : Rule::local_boundaries_are_kept;
    judgement_->require(rule, false, violation);
    return;
  }
  judgement_->apply(Rule::local_recv_in_order);
  const bool fits = result.value == value && result.truncated == cut;
  const Rule rule = cut ? Rule::local_recv_truncates : Rule::local_boundaries_are_kept;
  if (!judgement_->require(rule, fits, violation)) return;
  if (turn.call.call == Call::recvfrom) judge_sender_name(turn, first.sender);
  if ((turn.call.flags & msg_peek) != 0) return;
  at(first.sender).unread -= first.size;
  s.queue.front().read = first.size;
  release(first);
  s.queue.erase(s.queue.begin());
}

}  // namespace lockstep::oracle
