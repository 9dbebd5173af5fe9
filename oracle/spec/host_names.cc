// bind, getsockname and ephemeral ports of one host (semantics 3-9, 13-25).
#include <algorithm>
#include <optional>

#include "oracle/spec/host_model.h"

namespace lockstep::oracle {
namespace {

constexpr std::uint16_t first_free_port = 1024;

bool in_range(const HostConfig& config, std::uint16_t port) {
  return port >= config.ephemeral_first && port <= config.ephemeral_last;
}

std::string holder_text(const PortHolder& holder) {
  std::string out = holder.type == Type::stream ? "tcp " : "udp ";
  out += to_string(holder.local) + " held by socket " + std::to_string(holder.socket);
  if (holder.listening) out += " listening";
  if (holder.reuse_address) out += " SO_REUSEADDR";
  if (holder.reuse_port) out += " SO_REUSEPORT";
  return out;
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

template <typename Visit>
void HostModel::for_each_holder(const PortHolder& newcomer, Visit&& visit) const {
  for (SocketId id : holders_) {
    const Entry& e = entry(id);
    if (id == newcomer.socket || e.model.type != newcomer.type) continue;
    if (e.model.bound || e.model.maybe_bound) visit(holder_of(e), false);
  }
  if (newcomer.type != Type::stream) return;
  tcp_holders_.clear();
  tcp_.add_holders(tcp_holders_);
  for (const PortHolder& holder : tcp_holders_) {
    if (holder.socket != newcomer.socket) visit(holder, true);
  }
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
  if (config_->unprivileged && local.port != 0 && local.port < first_free_port) {
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
    if (holder.local.port == 0 && !in_range(*config_, local.port)) return;
    const Conflict conflict = bind_conflict(holder, newcomer);
    shared |= holder.reuse_port && newcomer.reuse_port && holder.local.port == local.port &&
              addresses_overlap(unmapped(holder.local.ip), holder.v6_only, unmapped(local.ip),
                                newcomer.v6_only);
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
  judgement_->require(Rule::port_chosen_is_in_range, in_range(*config_, local.port), [&] {
    return Violation{.allowed = std::to_string(config_->ephemeral_first) + ".." +
                                std::to_string(config_->ephemeral_last),
                     .observed = std::to_string(local.port),
                     .state = "socket " + std::to_string(s.id)};
  });
  judge_not_held(e, local);
}

// Only who held the port before this socket took it counts, and the flags may have changed since.
void HostModel::judge_not_held(const Entry& e, const Endpoint& local) {
  PortHolder newcomer = newcomer_of(e.model, local);
  const bool stream = e.model.type == Type::stream;
  const bool may_share = !stream && dialect_->udp_port_zero_may_share;
  newcomer.reuse_address = may_share && (newcomer.reuse_address || e.had_reuse_address);
  newcomer.reuse_port = may_share && (newcomer.reuse_port || e.had_reuse_port);
  std::optional<PortHolder> held;
  for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
    if (holder.socket == 0 || bind_conflict(holder, newcomer) != Conflict::yes) return;
    const Entry& other = entry(holder.socket);
    if (other.taken_at > e.taken_at) return;
    // connect may share a port that another connect chose (semantics 11).
    if (stream && !e.by_bind && (!other.by_bind || other.model.descriptors == 0)) return;
    held = holder;
  });
  judgement_->require(Rule::port_chosen_is_not_held, !held, [&] {
    return Violation{.allowed = "a port that is free",
                     .observed = to_string(local),
                     .state = holder_text(*held)};
  });
}

HostModel::Range HostModel::range_for(const PortHolder& newcomer) const {
  const int first = config_->ephemeral_first;
  const int size = config_->ephemeral_last - first + 1;
  if (size <= 0) return {.may_be_free = false, .may_be_exhausted = true};
  const bool odd = size > 1 && size % 2 == 1;
  const std::size_t skipped =
      newcomer.type == Type::stream && odd && dialect_->odd_range_loses_its_last_port ? 1 : 0;
  std::size_t count = 0;
  for_each_holder(newcomer, [&](const PortHolder&, bool) { ++count; });
  if (count + skipped < static_cast<std::size_t>(size)) return {};
  std::vector<Conflict> ports(static_cast<std::size_t>(size), Conflict::no);
  std::size_t unknown = 0;
  // Port 0 shares no TCP port whatever the flags, and a UDP port only where the stack cares to.
  PortHolder unshared = newcomer;
  unshared.reuse_address = unshared.reuse_port = false;
  for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
    PortHolder there = unshared;
    there.local.port = holder.local.port;
    Conflict conflict = bind_conflict(holder, there);
    if (conflict == Conflict::no) return;
    if (newcomer.type == Type::dgram && dialect_->udp_port_zero_may_share) {
      there.reuse_address = newcomer.reuse_address;
      there.reuse_port = newcomer.reuse_port;
      if (bind_conflict(holder, there) != Conflict::yes) conflict = Conflict::maybe;
    }
    if (holder.local.port == 0) ++unknown;
    if (!in_range(*config_, holder.local.port)) return;
    Conflict& port = ports[static_cast<std::size_t>(holder.local.port - first)];
    // connect may share a port that another connect chose, so that one is not surely taken.
    const bool by_bind = holder.socket != 0 && entry(holder.socket).by_bind;
    const bool taken = newcomer.type == Type::dgram || by_bind;
    port = std::max(port, taken ? conflict : Conflict::maybe);
  });
  const auto free =
      std::count(ports.begin(), ports.end() - static_cast<std::ptrdiff_t>(skipped), Conflict::no);
  const auto held = std::ranges::count(ports, Conflict::yes);
  return {.may_be_free = held < size,
          .may_be_exhausted = static_cast<std::size_t>(free) <= unknown};
}

bool HostModel::ephemeral_port_may_be_free(const SocketModel& socket) const {
  return range_for(newcomer_of(socket, {socket.local.ip, 0})).may_be_free;
}

bool HostModel::ephemeral_port_may_be_exhausted(const SocketModel& socket) const {
  return range_for(newcomer_of(socket, {socket.local.ip, 0})).may_be_exhausted;
}

bool HostModel::connect_port_may_be_exhausted(const SocketModel& socket) const {
  const int first = config_->ephemeral_first;
  const int size = config_->ephemeral_last - first + 1;
  if (size <= 0) return true;
  const bool odd = size > 1 && size % 2 == 1;
  const int usable = odd && dialect_->odd_range_loses_its_last_port ? size - 1 : size;
  const PortHolder newcomer = newcomer_of(socket, socket.local);
  int count = 0;
  for_each_holder(newcomer, [&](const PortHolder&, bool) { ++count; });
  if (count < usable) return false;
  std::vector<bool> held(static_cast<std::size_t>(size));
  int unknown = 0;
  for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
    if (holder.local.port == 0) ++unknown;
    if (in_range(*config_, holder.local.port)) {
      held[static_cast<std::size_t>(holder.local.port - first)] = true;
    }
  });
  return std::count(held.begin(), held.begin() + usable, false) <= unknown;
}

// listen takes the port anew, so that a former connection of the same socket counts, too.
Conflict HostModel::listen_conflict(const SocketModel& socket) const {
  Conflict worst = Conflict::no;
  const PortHolder newcomer = newcomer_of(socket, socket.local);
  for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
    // A port that nothing has shown yet may be the holder's.
    PortHolder there = newcomer;
    if (there.local.port == 0) there.local.port = holder.local.port;
    const Conflict conflict = bind_conflict(holder, there);
    // One that only became a holder, or lost a flag, since this socket's bind.
    const bool sure = newcomer.local.port != 0 && (holder.listening || holder.waiting);
    worst = std::max(worst, sure ? conflict : std::min(conflict, Conflict::maybe));
  });
  return worst;
}

}  // namespace lockstep::oracle
