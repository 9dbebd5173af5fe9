// What a UDP send or connect may answer, and what it then owes to the wire.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {
namespace {

constexpr std::size_t udp_header = 8;
constexpr std::size_t ipv4_header = 20;
constexpr std::size_t ipv6_header = 40;
constexpr std::size_t most_v4 = 65535 - ipv4_header - udp_header;
constexpr std::size_t most_v6 = 65535 - udp_header;
static_assert(most_v4 == 65507);

// IP_PMTUDISC_DO and IP_PMTUDISC_PROBE forbid fragments (ip(7)).
constexpr std::int32_t pmtu_do = 2;
constexpr std::int32_t pmtu_probe = 3;

}  // namespace

// Semantics 148: the wildcard as a destination means this host.
UdpModel::Target UdpModel::resolve(const SocketModel& socket, const Endpoint& to) const {
  Target target{.to = to};
  if (to.ip.is_unspecified()) {
    // `::` on a socket that has an IPv4 address means IPv4's loopback.
    const bool bound_v4 = socket.local.ip.is_v4() && !socket.local.ip.is_unspecified();
    const bool v4 =
        to.ip.is_v4() || socket.mapped_wildcard || (bound_v4 && socket.domain == Domain::inet6);
    target.to.ip = IpAddress::loopback(v4 ? IpFamily::v4 : IpFamily::v6);
    if (to.ip.is_v4() && bound_v4 && host_->is_local(socket.local.ip)) {
      target.to.ip = socket.local.ip;
    }
  }
  // Linux keeps some of an IPv4 association after it is dissolved.
  target.unsure = socket.domain == Domain::inet6 && !target.to.ip.is_v4() &&
                  !socket.local.ip.is_v4() && state(socket).had_v4_source;
  // The wildcard means the socket's own address, which was chosen and not seen yet.
  const bool unseen = state(socket).connected && socket.local.ip.is_unspecified();
  if (unseen && to.ip.is_unspecified() && to.ip.is_v4()) target.unsure = true;
  const IpAddress& ip = target.to.ip;
  target.multicast = ip.is_multicast();
  target.broadcast = ip.is_broadcast();
  target.local = host_->is_local(ip);
  // The prefix length is not part of a host's configuration, so x.x.x.255 may be its broadcast.
  target.maybe_broadcast = !target.local && ip.is_v4() && (ip.low & 0xff) == 0xff;
  target.reachable =
      target.local || std::ranges::any_of(host_->config().addresses, [&](const IpAddress& own) {
        return own.family == ip.family && !own.is_loopback();
      });
  return target;
}

void UdpModel::judge_family(Outcomes& outcomes, const SocketModel& socket,
                            const SocketAddress& to) const {
  constexpr Rule rule = Rule::udp_wrong_family;
  const auto* endpoint = std::get_if<Endpoint>(&to);
  if (endpoint == nullptr) {
    if (!std::holds_alternative<UnixPath>(to)) return;
    outcomes.must_fail(rule, Errno::eafnosupport);
    outcomes.also(rule, Errno::einval);
    return;
  }
  if (socket.domain == Domain::inet) {
    if (!endpoint->ip.is_v4()) outcomes.must_fail(rule, Errno::eafnosupport);
    return;
  }
  const bool to_v4 = unmapped(endpoint->ip).is_v4();
  const bool any = endpoint->ip.is_unspecified();
  const bool has_one = !socket.local.ip.is_unspecified();
  const bool crosses = has_one && !any && socket.local.ip.is_v4() != to_v4;
  const bool of_v4 = socket.mapped_wildcard && !to_v4 && !any;
  if ((to_v4 && socket.v6_only) || (crosses && socket.address_chosen) || of_v4) {
    outcomes.must_fail(rule, Errno::enetunreach);
    outcomes.also(rule, Errno::eafnosupport);
    outcomes.also(rule, Errno::einval);
  } else if (crosses || state(socket).had_v4_source || endpoint->ip.is_v4() ||
             (to_v4 && !host_->traits().features.has(Feature::dual_stack))) {
    // Linux takes a sockaddr_in on a dual-stack socket too; others need not.
    outcomes.may_fail(rule, Errno::eafnosupport);
    outcomes.may_fail(rule, Errno::einval);
    outcomes.may_fail(rule, Errno::enetunreach);
  }
}

void UdpModel::judge_route(Outcomes& outcomes, const SocketModel& socket,
                           const Target& target) const {
  if ((target.broadcast || target.maybe_broadcast) && !socket.broadcast) {
    if (target.broadcast) {
      outcomes.must_fail(Rule::udp_send_broadcast_needs_option, Errno::eacces);
    } else {
      outcomes.may_fail(Rule::udp_send_broadcast_needs_option, Errno::eacces);
    }
  } else {
    outcomes.never(Rule::udp_send_broadcast_needs_option, Errno::eacces);
  }
  const bool group = target.multicast || target.broadcast || target.maybe_broadcast;
  if (!target.reachable || group) {
    outcomes.may_fail(Rule::udp_unreachable_network, Errno::enetunreach);
    outcomes.may_fail(Rule::udp_unreachable_network, Errno::eaddrnotavail);
    outcomes.may_fail(Rule::udp_unreachable_network, Errno::ehostunreach);
    if (group) outcomes.may_fail(Rule::udp_unreachable_network, Errno::einval);
  }
  // From loopback a broadcast stays on the loopback link.
  if (!socket.local.ip.is_loopback() || target.local || group) return;
  if (may_leave_home(socket.local.ip)) {
    outcomes.may_fail(Rule::udp_loopback_stays_inside, Errno::einval);
    outcomes.may_fail(Rule::udp_loopback_stays_inside, Errno::enetunreach);
    outcomes.may_fail(Rule::udp_loopback_stays_inside, Errno::eaddrnotavail);
    return;
  }
  outcomes.must_fail(Rule::udp_loopback_stays_inside, Errno::einval);
  outcomes.also(Rule::udp_loopback_stays_inside, Errno::enetunreach);
  outcomes.also(Rule::udp_loopback_stays_inside, Errno::eaddrnotavail);
}

bool UdpModel::may_leave_home(const IpAddress& source) const {
  return !source.is_v4() && host_->dialect().ipv6_loopback_may_leave;
}

void UdpModel::judge_autobind(Outcomes& outcomes, const SocketModel& socket) const {
  if (socket.bound) return outcomes.never(Rule::udp_port_range_exhausted, Errno::eagain);
  const bool free = host_->ephemeral_port_may_be_free(socket);
  const bool exhausted = host_->ephemeral_port_may_be_exhausted(socket);
  if (!free && !socket.maybe_bound) {
    outcomes.must_fail(Rule::udp_port_range_exhausted, Errno::eagain);
  } else if (exhausted) {
    outcomes.may_fail(Rule::udp_port_range_exhausted, Errno::eagain);
  } else {
    outcomes.never(Rule::udp_port_range_exhausted, Errno::eagain);
  }
}

bool UdpModel::may_fragment(const SocketModel& socket) const {
  const SocketOptions& options = host_->options(socket.id);
  if (!options.was_set(OptionName::ip_mtu_discover)) return false;
  if (!options.is_known(OptionName::ip_mtu_discover)) return true;
  const std::int32_t mode = options.value(OptionName::ip_mtu_discover).value;
  return mode != pmtu_do && mode != pmtu_probe;
}

void UdpModel::judge_size(Outcomes& outcomes, const SocketModel& socket, const Target* target,
                          std::size_t size) const {
  constexpr Rule rule = Rule::udp_send_too_long;
  const bool v4 = target != nullptr ? target->to.ip.is_v4() : socket.domain == Domain::inet;
  if (size > (v4 ? most_v4 : most_v6)) return outcomes.must_fail(rule, Errno::emsgsize);
  if (target == nullptr) return;
  const std::size_t whole = size + udp_header + (v4 ? ipv4_header : ipv6_header);
  const HostConfig& config = host_->config();
  const bool over_loopback = target->local || socket.local.ip.is_loopback();
  const bool may_leave = !target->local && may_leave_home(socket.local.ip);
  if (over_loopback && may_leave && whole > config.mtu) {
    outcomes.may_fail(rule, Errno::emsgsize);
    return;
  }
  if (whole > (over_loopback ? config.loopback_mtu : config.mtu)) {
    if (may_fragment(socket)) return outcomes.may_fail(rule, Errno::emsgsize);
    return outcomes.must_fail(rule, Errno::emsgsize);
  }
  for (const PathMtu& path : path_mtus_) {
    if (path.destination == target->to.ip && whole > path.mtu) {
      return outcomes.may_fail(rule, Errno::emsgsize);
    }
  }
  outcomes.never(rule, Errno::emsgsize);
}

// A call that sends or connects binds a socket that has no port, even when it then fails.
void UdpModel::follow_autobind(SocketModel& socket, const SyscallResult& result) {
  if (socket.bound) return;
  if (!result.ok()) {
    socket.maybe_bound = true;
    return;
  }
  socket.bound = true;
  socket.maybe_bound = false;
  socket.local_known = false;
  socket.local.port = 0;
  on_bound(socket);
}

// The address that a datagram to `to` leaves from; unspecified when the stack may choose.
IpAddress UdpModel::route_source(const IpAddress& to) const {
  if (to.is_loopback()) return IpAddress::loopback(to.family);
  if (host_->is_local(to)) return to;
  IpAddress only = IpAddress::any(to.family);
  for (const IpAddress& own : host_->config().addresses) {
    if (own.family != to.family || own.is_loopback()) continue;
    if (!only.is_unspecified()) return IpAddress::any(to.family);
    only = own;
  }
  return only;
}

void UdpModel::judge_send(Outcomes& outcomes, const SocketModel& socket, const Syscall& call,
                          const Target* target) const {
  const Socket& s = *find(socket.id);
  const bool named = call.call == Call::sendto && std::holds_alternative<Endpoint>(call.address);
  if (call.call == Call::sendto) judge_family(outcomes, socket, call.address);
  if ((call.flags & msg_oob) != 0) {
    // Linux ignores the flag where both ends are IPv6.
    if (socket.domain == Domain::inet) {
      outcomes.must_fail(Rule::udp_send_oob, Errno::eopnotsupp);
    } else {
      outcomes.may_fail(Rule::udp_send_oob, Errno::eopnotsupp);
    }
  }
  if (s.write_shut) outcomes.must_fail(Rule::udp_send_after_shutdown, Errno::epipe);
  if (!s.write_shut) outcomes.never(Rule::udp_send_after_shutdown, Errno::epipe);
  judge_size(outcomes, socket, target, call.data.size());
  judge_autobind(outcomes, socket);
  if (target == nullptr) {
    if (!outcomes.fails()) {
      outcomes.must_fail(Rule::udp_send_needs_destination, Errno::edestaddrreq);
    } else {
      outcomes.also(Rule::udp_send_needs_destination, Errno::edestaddrreq);
    }
    return;
  }
  outcomes.never(Rule::udp_send_needs_destination, Errno::edestaddrreq);
  judge_route(outcomes, socket, *target);
  if (target->to.port != 0) return;
  if (named) return outcomes.must_fail(Rule::udp_send_port_zero, Errno::einval);
  outcomes.may_fail(Rule::udp_send_port_zero, Errno::einval);
  outcomes.may_fail(Rule::udp_send_port_zero, Errno::edestaddrreq);
}

void UdpModel::on_send(SocketModel& socket, const Syscall& call, const SyscallResult& result,
                       PayloadTag tag) {
  Socket& s = state(socket);
  const auto* named = call.call == Call::sendto ? std::get_if<Endpoint>(&call.address) : nullptr;
  const bool foreign = call.call == Call::sendto && std::holds_alternative<UnixPath>(call.address);
  std::optional<Target> target;
  if (named != nullptr) {
    target = resolve(socket, unmapped(*named));
  } else if (s.connected && !foreign) {
    target = resolve(socket, s.peer);
  }
  Outcomes outcomes;
  judge_send(outcomes, socket, call, target ? &*target : nullptr);
  follow_autobind(socket, result);
  // IP_RECVERR asks for the stack's own errors, too (ip(7)).
  const bool own_error = result.error == Errno::emsgsize;
  s.error_queue |= own_error && host_->options(socket.id).was_set(OptionName::ip_recverr);
  // A pending error is answered in place of the send, which is lost.
  if (!result.ok() && s.error.may_be(result.error) && s.error.may_be_some()) {
    judgement_->apply(Rule::udp_error_is_reported_once);
    if (!outcomes.allows(result.error)) s.error.become_none();
    s.error.maybe_become(Errno::ok);  // It may have been the one that waited, or the send's own.
    return;
  }
  outcomes.never(Rule::udp_error_needs_icmp, Errno::econnrefused);
  if (result.ok() && !outcomes.fails()) {
    judgement_->require(Rule::udp_error_is_reported_once, s.error.may_be_none(), [&] {
      return Violation{.allowed = s.error.text(),
                       .observed = result.ok() ? "success" : std::string(errno_name(result.error)),
                       .state = describe(socket.id)};
    });
  }
  if (!outcomes.judge(*judgement_, Rule::udp_send_otherwise_succeeds, result.error,
                      [&] { return describe(socket.id); }) ||
      !result.ok()) {
    return;
  }
  s.error.become_none();
  const auto size = static_cast<std::int64_t>(call.data.size());
  judgement_->require(Rule::udp_send_takes_all, result.value == size, [&] {
    return Violation{.allowed = std::to_string(size),
                     .observed = std::to_string(result.value),
                     .state = describe(socket.id)};
  });
  owe(socket, *target, call, tag);
}

void UdpModel::owe(const SocketModel& socket, const Target& target, const Syscall& call,
                   PayloadTag tag) {
  const bool group = target.multicast || target.broadcast || target.maybe_broadcast;
  const bool shown = host_->traits().features.has(Feature::loopback_shown);
  const bool named = call.call == Call::sendto && std::holds_alternative<Endpoint>(call.address);
  const Socket& s = state(socket);
  const bool astray = target.unsure || (!named && (s.misdirected || s.peer_unsure));
  Endpoint source = socket.local;
  const bool other_family = source.ip.family != target.to.ip.family;
  if (source.ip.is_multicast() || source.ip.is_broadcast() || other_family) {
    source.ip = IpAddress::any(target.to.ip.family);
  }
  if (group && (!shown || host_->traits().clock == PortClock::elapsing)) {
    arrive_at_many(source, target.to, Slice::copy_of(call.data), false);
  }
  if (target.local && !shown) {
    if (source.ip.is_unspecified() && !state(socket).connected) {
      source.ip = route_source(target.to.ip);
    }
    const Slice payload = Slice::copy_of(call.data);
    arrive(source, target.to, payload, slot_by_id_[socket.id] - 1, !astray);
    return;
  }
  owed_.push_back(
      {.socket = socket.id,
       .source = source,
       .destination = target.to,
       .tag = tag,
       .size = static_cast<std::uint32_t>(call.data.size()),
       .most = static_cast<std::uint8_t>(group ? 2 : 1),
       .optional = target.multicast || !target.reachable || may_fragment(socket) || astray,
       .any_destination = astray});
}

}  // namespace lockstep::oracle
