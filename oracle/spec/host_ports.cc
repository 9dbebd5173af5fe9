// Ephemeral ports of one host, and what listen finds on its port (semantics 7, 8, 11, 19).
#include <algorithm>
#include <optional>

#include "oracle/spec/host_model.h"

namespace lockstep::oracle {

bool HostModel::is_ephemeral(std::uint16_t port) const {
  return port >= config_->ephemeral_first && port <= config_->ephemeral_last;
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
  if (!held && stream && !e.by_bind && dialect_->connect_avoids_bound_ports) {
    judge_shared_by_connect(e, local);
  }
  judgement_->require(Rule::port_chosen_is_not_held, !held, [&] {
    return Violation{.allowed = "a port that is free",
                     .observed = to_string(local),
                     .state = holder_text(*held)};
  });
}

// The port that connect chose is none that bind took before, wherever that lies.
void HostModel::judge_shared_by_connect(const Entry& e, const Endpoint& local) {
  std::optional<PortHolder> bound;
  for (SocketId id : holders_) {
    const Entry& other = entry(id);
    const SocketModel& s = other.model;
    if (id == e.model.id || s.type != Type::stream || !s.bound || other.taken_at > e.taken_at ||
        s.local.port != local.port || !other.by_bind) {
      continue;
    }
    // A port that bind chose by itself is given back when the connection ends.
    if (s.port_chosen || other.listening) bound = holder_of(other);
  }
  judgement_->require(Rule::port_connect_shares, !bound, [&] {
    return Violation{.allowed = "a port that no bind took",
                     .observed = to_string(local),
                     .state = holder_text(*bound)};
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
    // Who looks for a free port may pass over one that the other family holds.
    const bool across = holder.local.ip.family != newcomer.local.ip.family;
    if (conflict == Conflict::no && across) conflict = Conflict::maybe;
    if (conflict == Conflict::no) return;
    if (newcomer.type == Type::dgram && dialect_->udp_port_zero_may_share) {
      there.reuse_address = newcomer.reuse_address;
      there.reuse_port = newcomer.reuse_port;
      if (bind_conflict(holder, there) != Conflict::yes) conflict = Conflict::maybe;
    }
    if (holder.local.port == 0) ++unknown;
    if (!is_ephemeral(holder.local.port)) return;
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

bool HostModel::connect_port_may_be_exhausted(const SocketModel& socket, bool crowded) const {
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
  for_each_holder(newcomer, [&](const PortHolder& holder, bool of_connection) {
    const bool by_connect =
        !of_connection && !entry(holder.socket).by_bind && entry(holder.socket).parent == 0;
    if (by_connect && !crowded) return;
    if (holder.local.port == 0) ++unknown;
    if (is_ephemeral(holder.local.port)) {
      held[static_cast<std::size_t>(holder.local.port - first)] = true;
    }
  });
  return std::count(held.begin(), held.begin() + usable, false) <= unknown;
}

// listen takes the port anew, so that a former connection of the same socket counts, too.
Conflict HostModel::listen_conflict(const SocketModel& socket) const {
  Conflict worst = Conflict::no;
  bool shared = false;  // With a holder by SO_REUSEPORT, as for bind.
  const PortHolder newcomer = newcomer_of(socket, socket.local);
  for_each_holder(newcomer, [&](const PortHolder& holder, bool) {
    // A port that nothing has shown yet may be the holder's.
    PortHolder there = newcomer;
    if (there.local.port == 0) there.local.port = holder.local.port;
    const Conflict conflict = bind_conflict(holder, there);
    // One that only became a holder, or lost a flag, since this socket's bind.
    const bool sure = newcomer.local.port != 0 && (holder.listening || holder.waiting);
    worst = std::max(worst, sure ? conflict : std::min(conflict, Conflict::maybe));
    shared |= share_by_reuse_port(holder, newcomer);
  });
  const bool decided = shared && dialect_->first_reuse_port_decides;
  return decided ? std::min(worst, Conflict::maybe) : worst;
}

}  // namespace lockstep::oracle
