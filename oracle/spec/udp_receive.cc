// What a UDP receive may return: the oldest datagram that is certainly queued, or one before it
// that may be.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {
namespace {

bool bytes_match(const QueuedDatagram& datagram, const Syscall& call) {
  const std::size_t copied = std::min(datagram.payload.size(), call.buffer.size());
  return std::ranges::equal(datagram.payload.bytes().first(copied), call.buffer.first(copied));
}

bool length_matches(const QueuedDatagram& datagram, const Syscall& call,
                    const SyscallResult& result) {
  const std::size_t whole = datagram.payload.size();
  const std::size_t room = call.buffer.size();
  const std::size_t expected = (call.flags & msg_trunc) != 0 ? whole : std::min(whole, room);
  return result.value == static_cast<std::int64_t>(expected) && result.truncated == (whole > room);
}

bool source_matches(const QueuedDatagram& datagram, const Syscall& call,
                    const SyscallResult& result) {
  if (call.call != Call::recvfrom) return true;
  const auto* seen = std::get_if<Endpoint>(&result.address);
  if (seen == nullptr) return false;
  const Endpoint source = unmapped(*seen);
  if (datagram.source.port != 0 && source.port != datagram.source.port) return false;
  return datagram.source.ip.is_unspecified() || source.ip == datagram.source.ip;
}

bool matches(const QueuedDatagram& datagram, const Syscall& call, const SyscallResult& result) {
  return length_matches(datagram, call, result) && source_matches(datagram, call, result) &&
         bytes_match(datagram, call);
}

// The rule that says whose a datagram is.
Rule demux_rule(const QueuedDatagram& datagram) {
  return datagram.choice == Demux::last_bound ? Rule::udp_demux_last_bound
                                              : Rule::udp_demux_best_match;
}

std::string datagram_text(const QueuedDatagram& datagram) {
  return std::to_string(datagram.payload.size()) + " bytes from " + to_string(datagram.source);
}

}  // namespace

void UdpModel::on_receive(const SocketModel& socket, const Syscall& call,
                          const SyscallResult& result) {
  Socket& s = state(socket);
  if (!result.ok()) {
    const bool refuses_oob = (call.flags & msg_oob) != 0 &&
                             (result.error == Errno::eopnotsupp || result.error == Errno::einval);
    if (!refuses_oob) on_receive_error(socket, result.error);
    return;
  }
  judgement_->require(Rule::udp_error_is_reported_once, s.error.may_be_none(), [&] {
    return Violation{.allowed = s.error.text(),
                     .observed = received_text(call, result),
                     .state = describe(socket.id)};
  });
  s.error.become_none();
  const std::size_t certain = s.queue.first_certain();
  for (std::size_t i = 0; i < s.queue.size() && i <= certain; ++i) {
    if (matches(s.queue.at(i), call, result)) return take(socket, i, call, result);
  }
  blame_receive(socket, call, result);
}

void UdpModel::on_receive_error(const SocketModel& socket, Errno error) {
  Socket& s = state(socket);
  judgement_->apply(Rule::udp_recv_no_other_error);
  if (s.error.may_be(error) && s.error.may_be_some()) {
    judgement_->apply(Rule::udp_error_is_reported_once);
    s.error.become_none();
    return;
  }
  const auto observed = [&](std::string allowed) {
    return Violation{.allowed = std::move(allowed),
                     .observed = std::string(errno_name(error)),
                     .state = describe(socket.id)};
  };
  if (error != Errno::eagain) {
    const Rule rule =
        error == Errno::econnrefused ? Rule::udp_error_needs_icmp : Rule::udp_recv_no_other_error;
    judgement_->require(rule, false, [&] { return observed("a datagram or EAGAIN"); });
    return;
  }
  judgement_->require(Rule::udp_error_is_reported_once, s.error.may_be_none(),
                      [&] { return observed(s.error.text()); });
  const std::size_t certain = s.queue.first_certain();
  Rule rule = Rule::udp_recv_queued_is_returned;
  if (certain < s.queue.size() && s.queue.at(certain).choice != Demux::sole) {
    rule = demux_rule(s.queue.at(certain));
  }
  judgement_->require(rule, certain == s.queue.size(),
                      [&] { return observed(datagram_text(s.queue.at(certain))); });
  judgement_->apply(Rule::udp_recv_empty_is_eagain);
  s.queue.clear();
  s.maybe_damaged = false;
  s.error.become_none();
}

// Entry `index` was returned: those before it were never there. Where a later entry looks the same,
// it may have been that one, and then those up to it were never there either.
void UdpModel::take(const SocketModel& socket, std::size_t index, const Syscall& call,
                    const SyscallResult& result) {
  Socket& s = state(socket);
  for (Rule rule :
       {Rule::udp_boundaries_are_kept, Rule::udp_recv_in_order, Rule::udp_recv_truncates}) {
    judgement_->apply(rule);
  }
  if (call.call == Call::recvfrom) judgement_->apply(Rule::udp_recv_names_the_sender);
  if (s.queue.at(index).choice != Demux::sole) {
    judgement_->apply(demux_rule(s.queue.at(index)));
  }
  const std::size_t certain = s.queue.first_certain();
  const bool peek = (call.flags & msg_peek) != 0;
  bool ambiguous = false;
  std::size_t least = s.queue.at(index).payload.size();
  if (!s.queue.at(index).certain) {
    for (std::size_t i = index + 1; i < s.queue.size() && i <= certain; ++i) {
      if (!matches(s.queue.at(i), call, result)) continue;
      ambiguous = true;
      least = std::min(least, s.queue.at(i).payload.size());
      if (!peek) s.queue.make_uncertain(i);
    }
  }
  const QueuedDatagram& taken = s.queue.at(index);
  const std::uint64_t stood_before = s.bytes_taken - taken.taken_before;
  const std::size_t size = taken.payload.size();
  // Linux takes one that comes to an empty queue whatever its size, and charges for its bytes and
  // more.
  if (stood_before > 0 && !ambiguous) {
    judgement_->require(Rule::udp_buffer_is_bounded, stood_before + size <= taken.limit, [&] {
      return Violation{.allowed = "at most " + std::to_string(taken.limit) + " bytes in the queue",
                       .observed = received_text(call, result) + " that came after " +
                                   std::to_string(stood_before) + " others",
                       .state = describe(socket.id)};
    });
  }
  if (!peek) s.bytes_taken += least;
  s.queue.pop(peek ? index : index + 1);
  if (peek && !ambiguous && !s.queue.empty()) s.queue.make_certain(0);
}

void UdpModel::blame_receive(const SocketModel& socket, const Syscall& call,
                             const SyscallResult& result) {
  Socket& s = state(socket);
  const DatagramQueue& queue = s.queue;
  const std::size_t first = queue.first_certain();
  Rule rule = Rule::udp_boundaries_are_kept;
  for (std::size_t i = 0; i < queue.size() && rule == Rule::udp_boundaries_are_kept; ++i) {
    const QueuedDatagram& d = queue.at(i);
    if (matches(d, call, result)) rule = Rule::udp_recv_in_order;
    if (i > first || !bytes_match(d, call)) continue;
    if (!length_matches(d, call, result))
      rule = Rule::udp_recv_truncates;
    else if (!source_matches(d, call, result))
      rule = Rule::udp_recv_names_the_sender;
  }
  if (rule == Rule::udp_boundaries_are_kept) {
    if (const auto owner = owner_rule(s, call, result)) {
      rule = *owner;
    } else if (queue.empty() && result.value == 0) {
      rule = Rule::udp_recv_empty_is_eagain;
    }
  }
  judgement_->require(rule, false, [&] {
    std::string allowed = first < queue.size() ? datagram_text(queue.at(first)) : "EAGAIN";
    for (std::size_t i = 0; i < first && i < 4; ++i) {
      allowed += " or " + datagram_text(queue.at(i));
    }
    return Violation{.allowed = std::move(allowed),
                     .observed = received_text(call, result),
                     .state = describe(socket.id)};
  });
}

// The rule by which what was received belongs to another socket, if one waits for it.
std::optional<Rule> UdpModel::owner_rule(const Socket& socket, const Syscall& call,
                                         const SyscallResult& result) const {
  for (std::size_t slot = 0; slot < used_; ++slot) {
    const Socket& other = sockets_[slot];
    if (!other.open || other.id == socket.id) continue;
    for (std::size_t i = 0; i < other.queue.size(); ++i) {
      if (matches(other.queue.at(i), call, result)) return demux_rule(other.queue.at(i));
    }
  }
  return std::nullopt;
}

}  // namespace lockstep::oracle
