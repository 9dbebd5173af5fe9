// bind and getsockname of one host (semantics 3-7, 9, 13-25).
#include <algorithm>

#include "oracle/spec/host_model.h"

namespace lockstep::oracle {
namespace {

bool is_privileged(const HostConfig& config, std::uint16_t port) {
  constexpr std::uint16_t first_free_port = 1024;
  return config.unprivileged && port != 0 && port < first_free_port;
}

}  // namespace

PortHolder HostModel::holder_of(const Entry& e) const {
  const SocketModel& s = e.model;
  PortHolder holder{.socket = s.id,
                    .type = s.type,
                    .local = s.local,
                    .reuse_address = s.reuse_address,
                    .reuse_port = s.reuse_port,
                    .listening = e.listening,
                    .v6_only = s.v6_only};
  // A TCP port that connect or a listener's child took is given back when the connection ends,
  // which TcpModel knows about.
  holder.maybe = !s.bound || (s.type == Type::stream && !s.port_chosen && !e.listening);
  if (!s.bound) holder.local.port = 0;
  holder.was_dual = s.domain == Domain::inet6 && !s.address_chosen && !s.v6_only &&
                    !s.local.ip.is_v4() && !s.local.ip.is_unspecified();
  holder.source_unseen = s.type == Type::dgram && !s.address_chosen && udp_.source_unseen(s);
  holder.maybe_wildcard = e.maybe_wildcard;
  holder.reuse_address_cleared = e.had_reuse_address && !s.reuse_address;
  holder.reuse_port_cleared = e.had_reuse_port && !s.reuse_port;
  return holder;
}

PortHolder HostModel::newcomer_of(const SocketModel& s, const Endpoint& local) const {
  return {.socket = s.id,
          .type = s.type,
          .local = local,
          .reuse_address = s.reuse_address,
          .reuse_port = s.reuse_port,
          .v6_only = s.v6_only};
}

void HostModel::note_holder(Entry& e) {
  if (e.holds) return;
  e.holds = true;
  holders_.push_back(e.model.id);
}

void HostModel::note_port_taken(Entry& e) {
  e.taken_at = ++last_taken_;
  e.had_reuse_address = e.model.reuse_address;
  e.had_reuse_port = e.model.reuse_port;
}

void HostModel::on_bind(Entry& e, const Syscall& call, const SyscallResult& result) {
  Outcomes outcomes;
  Endpoint local;
  const SocketModel& s = e.model;
  if (s.bound || s.maybe_bound) {
    const bool may_be_free = !s.bound || (s.type == Type::stream && !s.port_chosen && !e.listening);
    if (may_be_free) {
      outcomes.may_fail(Rule::bind_once, Errno::einval);
    } else {
      outcomes.must_fail(Rule::bind_once, Errno::einval);
    }
  }
  if (judge_bind_address(outcomes, e, call.address, local)) judge_conflicts(outcomes, e, local);
  outcomes.judge(*judgement_, Rule::bind_otherwise_succeeds, result.error, [&] {
    std::string state = "bind of socket " + std::to_string(s.id) + " to " + to_string(call.address);
    if (s.reuse_address) state += " SO_REUSEADDR";
    if (s.reuse_port) state += " SO_REUSEPORT";
    const PortHolder newcomer = newcomer_of(s, local);
    for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
      if (bind_conflict(holder, newcomer) != Conflict::no) {
        state += "; " + holder_text(holder);
      }
    });
    return state;
  });
  if (result.ok()) return follow_bind(e, local);
  // An address that a former bind named and a disconnect, or a connection's end, left is lost when
  // a bind finds no port.
  if (result.error == Errno::eaddrinuse) {
    e.model.local.ip = IpAddress::any(family_of(s.domain));
    e.model.address_chosen = false;
    e.model.mapped_wildcard = false;
  }
}

// What the address itself forbids. False when it names no address to weigh against others.
bool HostModel::judge_bind_address(Outcomes& outcomes, const Entry& e, const SocketAddress& address,
                                   Endpoint& local) const {
  const bool v4_socket = e.model.domain == Domain::inet;
  local = {IpAddress::any(v4_socket ? IpFamily::v4 : IpFamily::v6), 0};
  const auto* endpoint = std::get_if<Endpoint>(&address);
  if (endpoint == nullptr) {
    // AF_UNSPEC with INADDR_ANY passes for AF_INET on Linux (bind(2), ip(7)).
    const bool unspecified = std::holds_alternative<Unspecified>(address);
    for (Errno error : {Errno::eafnosupport, Errno::einval}) {
      if (unspecified) {
        outcomes.may_fail(Rule::bind_wrong_family, error);
      } else {
        outcomes.must_fail(Rule::bind_wrong_family, error);
      }
    }
    return unspecified;
  }
  local = unmapped(*endpoint);
  if (endpoint->ip.is_v4() != v4_socket) {
    outcomes.must_fail(Rule::bind_wrong_family, Errno::eafnosupport);
    outcomes.also(Rule::bind_wrong_family, Errno::einval);
    return false;
  }
  if (endpoint->ip.is_v4_mapped() && e.model.v6_only) {
    outcomes.must_fail(Rule::bind_mapped_on_v6only, Errno::einval);
    outcomes.also(Rule::bind_mapped_on_v6only, Errno::eaddrnotavail);
    if (is_privileged(*config_, endpoint->port)) {
      outcomes.also(Rule::bind_mapped_on_v6only, Errno::eacces);
    }
    return false;
  }
  const IpAddress& ip = local.ip;
  const bool group = ip.is_multicast() || ip.is_broadcast() ||
                     (ip.is_v4() && (ip.low & 0xff) == 0xff && !is_local(ip));
  const bool unsupported =
      endpoint->ip.is_v4_mapped() && !traits_->features.has(Feature::dual_stack);
  if (group || unsupported) {
    outcomes.may_fail(Rule::bind_needs_local_address, Errno::eaddrnotavail);
    outcomes.may_fail(Rule::bind_needs_local_address, Errno::einval);
  } else if (!ip.is_unspecified() && !is_local(ip)) {
    outcomes.must_fail(Rule::bind_needs_local_address, Errno::eaddrnotavail);
    // A link-local address without a scope is malformed (ipv6(7)).
    if (!ip.is_v4()) outcomes.also(Rule::bind_needs_local_address, Errno::einval);
  } else {
    outcomes.never(Rule::bind_needs_local_address, Errno::eaddrnotavail);
  }
  if (is_privileged(*config_, local.port)) {
    outcomes.must_fail(Rule::bind_privileged_port, Errno::eacces);
  } else {
    outcomes.never(Rule::bind_privileged_port, Errno::eacces);
  }
  return true;
}

void HostModel::judge_conflicts(Outcomes& outcomes, const Entry& e, const Endpoint& local) const {
  const PortHolder newcomer = newcomer_of(e.model, local);
  if (local.port == 0) {
    const Range range = range_for(newcomer);
    constexpr Rule rule = Rule::bind_range_exhausted;
    if (!range.may_be_free) return outcomes.must_fail(rule, Errno::eaddrinuse);
    if (range.may_be_exhausted) return outcomes.may_fail(rule, Errno::eaddrinuse);
    return outcomes.never(rule, Errno::eaddrinuse);
  }
  Conflict worst = Conflict::no;
  Rule rule = e.model.type == Type::stream ? Rule::bind_tcp_overlap : Rule::bind_udp_overlap;
  const Rule own_rule = rule;
  bool shared = false;  // With a holder by SO_REUSEPORT.
  for_each_holder(newcomer, [&](const PortHolder& holder, bool of_connection) {
    if (holder.local.port == 0 && !is_ephemeral(local.port)) return;
    const Conflict conflict = bind_conflict(holder, newcomer);
    shared |= share_by_reuse_port(holder, newcomer);
    if (conflict > worst) {
      worst = conflict;
      rule = of_connection ? Rule::bind_connection_holds_port : own_rule;
    }
  });
  if (shared && dialect_->first_reuse_port_decides) {
    worst = std::min(worst, Conflict::maybe);
  }
  if (worst == Conflict::yes) return outcomes.must_fail(rule, Errno::eaddrinuse);
  if (worst == Conflict::maybe) return outcomes.may_fail(rule, Errno::eaddrinuse);
  outcomes.excludes(Rule::bind_free_port_is_free, Errno::eaddrinuse);
}

void HostModel::follow_bind(Entry& e, const Endpoint& local) {
  SocketModel& s = e.model;
  s.bound = true;
  s.maybe_bound = false;
  s.local = local;
  s.address_chosen = !local.ip.is_unspecified();
  s.mapped_wildcard = s.domain == Domain::inet6 && local.ip.is_v4() && local.ip.is_unspecified();
  s.port_chosen = local.port != 0;
  s.local_known = s.port_chosen;
  e.by_bind = true;
  e.of_wildcard = false;
  // Linux makes a socket that is bound to one IPv6 address IPv6-only.
  if (s.address_chosen && !local.ip.is_v4()) e.options.forget(OptionName::ipv6_v6only);
  if (s.type == Type::dgram) udp_.on_bound(s);
  note_holder(e);
}

void HostModel::on_getsockname(Entry& e, const SyscallResult& result) {
  const auto* seen = std::get_if<Endpoint>(&result.address);
  const SocketModel& s = e.model;
  const bool answers = result.ok() && seen != nullptr;
  const Rule rule = s.bound ? Rule::name_is_the_bound_address : Rule::name_of_unbound_is_wildcard;
  const bool unbound = !s.bound && !(s.maybe_bound && answers && seen->port != 0);
  const bool holds = answers && (!unbound || (seen->port == 0 && unmapped(seen->ip) == s.local.ip));
  if (!judgement_->require(rule, holds, [&] {
        return Violation{
            .allowed = to_string(s.local),
            .observed = answers ? to_string(*seen) : std::string(errno_name(result.error)),
            .state = "socket " + std::to_string(s.id)};
      })) {
    return;
  }
  if (unbound) {
    e.model.maybe_bound = false;
    return;
  }
  judge_name(e, unmapped(*seen));
}

void HostModel::judge_name(Entry& e, const Endpoint& seen) {
  SocketModel& s = e.model;
  const bool stream = s.type == Type::stream;
  // A connection's ends move with each attempt; those of a hidden loopback cannot be followed.
  const bool moves = stream && !s.port_chosen && !e.listening &&
                     (e.disconnected || !traits_->features.has(Feature::loopback_shown));
  const bool port_fits = moves || (s.local.port == 0 ? seen.port != 0 : seen.port == s.local.port);
  const bool source_unseen = !stream && udp_.source_unseen(s);
  bool ip_fits = seen.ip == s.local.ip;
  if (stream && !s.address_chosen && !e.listening) {
    ip_fits = ip_fits || seen.ip.is_unspecified() || is_local(seen.ip);
  } else if (source_unseen && !s.address_chosen) {
    ip_fits = is_local(seen.ip);
  }
  Rule rule = Rule::name_is_the_bound_address;
  if (!ip_fits && stream && !s.address_chosen) rule = Rule::name_is_local;
  if (!stream && !s.address_chosen && udp_.is_connected(s)) {
    rule = Rule::udp_connect_names_the_route;
  }
  judgement_->require(rule, port_fits && ip_fits, [&] {
    return Violation{.allowed = source_unseen ? "an address of the host" : to_string(s.local),
                     .observed = to_string(seen),
                     .state = "socket " + std::to_string(s.id)};
  });
  if (port_fits && ip_fits && seen.port != 0 && seen != s.local) learn_local(s, seen);
}

void HostModel::learn_local(SocketModel& s, const Endpoint& seen) {
  const Endpoint local = unmapped(seen);
  Entry& e = entry(s.id);
  const bool same = (!s.port_chosen || local.port == s.local.port) &&
                    (!s.address_chosen || local.ip == s.local.ip);
  judgement_->require(Rule::name_is_the_bound_address, same, [&] {
    return Violation{.allowed = to_string(s.local),
                     .observed = to_string(local),
                     .state = "socket " + std::to_string(s.id)};
  });
  const bool own = s.address_chosen || local.ip.is_unspecified() || is_local(local.ip);
  judgement_->require(Rule::name_is_local, own, [&] {
    return Violation{.allowed = "an address of the host",
                     .observed = to_string(local),
                     .state = "socket " + std::to_string(s.id)};
  });
  const bool fresh = !s.port_chosen && local.port != s.local.port;
  s.bound = true;
  s.maybe_bound = false;
  s.local_known = true;
  if (!s.address_chosen) s.local.ip = local.ip;
  e.maybe_wildcard = false;
  s.local.port = local.port;
  note_holder(e);
  if (!fresh) return;
  judgement_->require(Rule::port_chosen_is_in_range, is_ephemeral(local.port), [&] {
    return Violation{.allowed = std::to_string(config_->ephemeral_first) + ".." +
                                std::to_string(config_->ephemeral_last),
                     .observed = std::to_string(local.port),
                     .state = "socket " + std::to_string(s.id)};
  });
  judge_not_held(e, local);
}

}  // namespace lockstep::oracle
