// UDP on the wire: to which sockets an arrival goes, what may leave, and ICMP errors both ways.
#include <algorithm>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {
namespace {

// Past this many datagrams that may have been dropped the oracle stops following.
constexpr std::size_t most_uncertain = 4096;

// Scores of a match; only their order matters (semantics 26).
constexpr int score_family = 1;     // An IPv4 socket before a dual-stack one.
constexpr int score_address = 2;    // Bound to the address, not the wildcard.
constexpr int score_peer = 4;       // Connected to the sender's address ...
constexpr int score_peer_port = 8;  // ... and port.

bool in_range(const HostConfig& config, std::uint16_t port) {
  return port >= config.ephemeral_first && port <= config.ephemeral_last;
}

bool wildcard_takes(const SocketModel& socket, const IpAddress& to) {
  if (socket.local.ip.is_v4()) return to.is_v4();
  return !to.is_v4() || !socket.v6_only;
}

}  // namespace

void UdpModel::on_arrived(const Packet& packet) {
  if (const IcmpMessage* icmp = packet.icmp()) return on_icmp_arrived(packet, *icmp);
  const UdpDatagram* datagram = packet.udp();
  if (datagram == nullptr) return;
  // A packet from a source that nobody can have is dropped (RFC 1122 3.2.1.3, ip(7)).
  if (packet.source.is_multicast() || packet.source.is_broadcast()) return;
  if (packet.source.is_unspecified()) return;
  arrive({packet.source, datagram->source_port}, {packet.destination, datagram->destination_port},
         datagram->payload, std::nullopt, true);
}

// `sure`: it does arrive. `hidden_sender`: the slot of the socket that sent it over a loopback that
// is not shown.
void UdpModel::arrive(const Endpoint& source, const Endpoint& destination, const Slice& payload,
                      std::optional<std::size_t> hidden_sender, bool sure) {
  const bool local = host_->is_local(destination.ip);
  const bool maybe_group = destination.ip.is_v4() && (destination.ip.low & 0xff) == 0xff && !local;
  if (destination.ip.is_multicast() || maybe_group) {
    return arrive_at_many(source, destination, payload, sure && destination.ip.is_broadcast());
  }
  if (!local) return;
  gather(source, destination);
  if (candidates_.empty()) return refuse(source, destination, hidden_sender, !sure);
  std::size_t best = 0;
  const bool one = only_best(best);
  Demux choice = outdone_ ? Demux::best_match : Demux::sole;
  if (candidates_.size() > 1) choice = Demux::last_bound;
  if (one) return enqueue(best, source, destination, payload, sure, choice);
  for (const Candidate& c : candidates_) {
    enqueue(c.slot, source, destination, payload, false, choice);
  }
  if (std::ranges::none_of(candidates_, &Candidate::sure)) {
    refuse(source, destination, hidden_sender, true);
  }
}

// Fills candidates_ with the sockets that may be meant; those that a better one certainly outdoes
// are left out.
void UdpModel::gather(const Endpoint& source, const Endpoint& destination) {
  candidates_.clear();
  outdone_ = false;
  int best_sure = -1;
  for (std::size_t slot = 0; slot < used_; ++slot) {
    const Socket& s = sockets_[slot];
    if (!s.open) continue;
    const SocketModel& socket = host_->socket(s.id);
    Candidate c{.slot = slot, .score = 0, .sure = true};
    if (!socket.bound || socket.local.port == 0) {
      if (!socket.bound && !socket.maybe_bound) continue;
      if (!in_range(host_->config(), destination.port)) continue;
      c.sure = false;
    } else if (socket.local.port != destination.port) {
      continue;
    }
    if (socket.local.ip.is_unspecified()) {
      if (!wildcard_takes(socket, destination.ip)) continue;
      if (s.connected) {  // Its address was chosen and not seen yet; if it takes this, it is this
                          // one.
        c.sure = false;
        c.score += score_address;
      }
    } else if (socket.local.ip == destination.ip) {
      c.score += score_address;
    } else {
      continue;
    }
    if (s.former_peer && !source.ip.is_v4() && *s.former_peer != source.ip) c.sure = false;
    if (s.connected && s.peer_unsure) {
      c.sure = false;
    } else if (s.connected) {
      if (source.ip.is_unspecified()) {
        c.sure = false;
      } else if (s.peer.ip != source.ip) {
        continue;
      }
      if (source.port == 0) c.sure = false;
      if (source.port != 0 && s.peer.port != 0 && s.peer.port != source.port) continue;
      c.score += score_peer + (s.peer.port != 0 ? score_peer_port : 0);
    }
    if (socket.domain == Domain::inet) c.score += score_family;
    if (c.sure) best_sure = std::max(best_sure, c.score);
    candidates_.push_back(c);
  }
  const auto best = std::ranges::find_if(
      candidates_, [&](const Candidate& c) { return c.sure && c.score == best_sure; });
  if (best == candidates_.end()) return;
  const Candidate winner = *best;
  outdone_ = std::erase_if(candidates_, [&](const Candidate& c) {
               return c.score < best_sure && !may_be_asked_first(c, winner);
             }) > 0;
}

// Whether a socket of a group may take what a better match is for (dialect). One that was connected
// when the other was in its group already makes Linux compare all of the group.
bool UdpModel::may_be_asked_first(const Candidate& c, const Candidate& best) const {
  const Socket& asked = sockets_[c.slot];
  const Socket& better = sockets_[best.slot];
  const SocketModel& one = host_->socket(asked.id);
  const SocketModel& other = host_->socket(better.id);
  if (!host_->dialect().reuse_port_may_outdo_peer) return false;
  if (!one.reuse_port || asked.connected) return false;
  if (!better.connected || better.peer.port != 0) return false;
  if (one.local.ip != other.local.ip) return false;
  const bool one_group = one.domain == other.domain && other.reuse_port;
  return !one_group || better.order < asked.order;
}

// Whether it is certain which candidate receives; `best` is its slot.
bool UdpModel::only_best(std::size_t& best) const {
  best = candidates_.front().slot;
  if (candidates_.size() == 1) return candidates_.front().sure;
  for (const Candidate& c : candidates_) {
    const Socket& s = sockets_[c.slot];
    if (!c.sure || c.score != candidates_.front().score || !s.order_known ||
        host_->socket(s.id).reuse_port) {
      return false;
    }
    if (s.order > sockets_[best].order) best = c.slot;
  }
  return true;
}

// Linux charges each datagram more than its bytes, releases what was read late, and takes one that
// comes to an empty queue whatever its size; within these bounds it is kept for certain.
void UdpModel::enqueue(std::size_t slot, const Endpoint& source, const Endpoint& destination,
                       const Slice& payload, bool sure, Demux choice) {
  Socket& s = sockets_[slot];
  const SocketModel& socket = host_->socket(s.id);
  const std::size_t capacity = socket.receive_buffer > 0
                                   ? static_cast<std::size_t>(socket.receive_buffer)
                                   : host_->config().receive_buffer;
  const std::size_t charge = s.queue.charge() + DatagramQueue::charge_of(payload.size());
  const bool fits = !s.maybe_damaged && (charge <= capacity / 4 * 3 ||
                                         (s.queue.empty() && payload.size() <= capacity / 2));
  if (!fits) judgement_->apply(Rule::udp_full_buffer_drops_newest);
  if (s.queue.size() >= most_uncertain) {
    return judgement_->give_up("more datagrams queued than the oracle follows");
  }
  s.queue.push({.payload = payload,
                .source = source,
                .destination = destination,
                .certain = sure && fits,
                .choice = choice,
                .limit = 2 * capacity,
                .taken_before = s.bytes_taken});
}

void UdpModel::on_dropped() {
  if (!host_->dialect().poll_counts_damaged_datagrams) return;
  for (std::size_t slot = 0; slot < used_; ++slot) {
    Socket& s = sockets_[slot];
    s.maybe_damaged = s.maybe_damaged || (s.open && host_->socket(s.id).bound);
  }
}

// Multicast and broadcast go to every socket of the port that is bound to the wildcard or to that
// very address. Who joined a group is not followed, so a multicast may also go to none.
void UdpModel::arrive_at_many(const Endpoint& source, const Endpoint& destination,
                              const Slice& payload, bool sure) {
  for (std::size_t slot = 0; slot < used_; ++slot) {
    const Socket& s = sockets_[slot];
    if (!s.open) continue;
    const SocketModel& socket = host_->socket(s.id);
    if (!socket.bound || (socket.local.port != 0 && socket.local.port != destination.port)) {
      continue;
    }
    const IpAddress& at = socket.local.ip;
    const bool takes =
        at.is_unspecified() ? wildcard_takes(socket, destination.ip) : at == destination.ip;
    if (!takes || (s.connected && s.peer.ip != source.ip)) continue;
    if (s.connected && s.peer.port != 0 && source.port != 0 && s.peer.port != source.port) continue;
    const bool certain = sure && socket.local.port != 0 && !s.connected;
    enqueue(slot, source, destination, payload, certain, Demux::sole);
  }
}

void UdpModel::refuse(const Endpoint& source, const Endpoint& destination,
                      std::optional<std::size_t> hidden_sender, bool optional) {
  if (!host_->traits().features.has(Feature::icmp)) optional = true;
  if (!hidden_sender) {
    owed_icmp_.push_back({.source = destination.ip,
                          .destination = source.ip,
                          .quoted = {.local = source, .peer = destination},
                          .optional = optional});
    return;
  }
  Socket& sender = sockets_[*hidden_sender];
  // Sockets that may share the sender's port and peer may be taken for it.
  for (std::size_t slot = 0; slot < used_; ++slot) {
    Socket& other = sockets_[slot];
    if (!other.open || slot == *hidden_sender || other.peer != destination) continue;
    const std::uint16_t port = host_->socket(other.id).local.port;
    const bool same = port == 0 || source.port == 0 || port == source.port;
    if (other.connected && same) other.error.maybe_become(Errno::econnrefused);
  }
  if (!sender.connected && !sender.error_queue) return;
  const bool is_its_own = host_->socket(sender.id).local.ip == source.ip;
  const bool certain = !optional && sender.connected && sender.peer == destination && is_its_own;
  if (certain) {
    sender.error.become(Errno::econnrefused);
  } else {
    sender.error.maybe_become(Errno::econnrefused);
  }
}

void UdpModel::on_icmp_arrived(const Packet& packet, const IcmpMessage& icmp) {
  if (!host_->is_local(packet.destination)) return;
  // About a broadcast or a multicast there is no error (RFC 1122 3.2.2), and from one nothing
  // comes.
  if (packet.source.is_multicast() || packet.source.is_broadcast()) return;
  const auto quote = decode_quote(icmp);
  if (!quote) return;
  if (icmp.kind == IcmpKind::packet_too_big) {
    path_mtus_.push_back({quote->sender.peer.ip, icmp.mtu});
  }
  if (quote->protocol != protocol_udp) return;
  const bool heeded = host_->traits().features.has(Feature::icmp);
  gather(quote->sender.peer, quote->sender.local);
  for (const Candidate& c : candidates_) {
    Socket& s = sockets_[c.slot];
    const bool queued = host_->options(s.id).was_set(OptionName::ip_recverr);
    if (!s.connected && !queued) continue;
    s.error_queue = s.error_queue || queued;
    const bool certain = heeded && c.sure && candidates_.size() == 1 && s.connected;
    switch (icmp.kind) {
      case IcmpKind::port_unreachable:
        if (certain) {
          s.error.become(Errno::econnrefused);
        } else {
          s.error.maybe_become(Errno::econnrefused);
        }
        break;
      case IcmpKind::packet_too_big:
        s.error.maybe_become(Errno::emsgsize);
        break;
      case IcmpKind::net_unreachable:
      case IcmpKind::host_unreachable:
      case IcmpKind::time_exceeded:
        // Soft: ignored, unless every error was asked for.
        if (!queued) break;
        s.error.maybe_become(Errno::ehostunreach);
        s.error.maybe_become(Errno::enetunreach);
        break;
      case IcmpKind::other:
        for (Errno error :
             {Errno::ehostunreach, Errno::enetunreach, Errno::eacces, Errno::enoprotoopt,
              Errno::eopnotsupp, Errno::econnrefused, Errno::eproto}) {
          s.error.maybe_become(error);
        }
        break;
    }
  }
}

void UdpModel::on_left(const Packet& packet) {
  if (const UdpDatagram* datagram = packet.udp()) return on_datagram_left(packet, *datagram);
  if (const IcmpMessage* icmp = packet.icmp()) on_icmp_left(packet, *icmp);
}

void UdpModel::on_icmp_left(const Packet& packet, const IcmpMessage& icmp) {
  const auto quote = decode_quote(icmp);
  if (!quote || quote->protocol != protocol_udp) return;
  for (OwedIcmp& owed : owed_icmp_) {
    if (owed.left || icmp.kind != IcmpKind::port_unreachable || quote->sender != owed.quoted ||
        packet.destination != owed.destination || packet.source != owed.source) {
      continue;
    }
    owed.left = true;
    return judgement_->apply(Rule::udp_icmp_from_nowhere);
  }
  judgement_->require(Rule::udp_icmp_from_nowhere, false, [&] {
    return Violation{.allowed = "no ICMP error, or the one port unreachable that is owed",
                     .observed = to_string(packet),
                     .state = std::to_string(owed_icmp_.size()) + " owed in this step"};
  });
}

void UdpModel::on_datagram_left(const Packet& packet, const UdpDatagram& datagram) {
  const Endpoint source{packet.source, datagram.source_port};
  const Endpoint destination{packet.destination, datagram.destination_port};
  const Owed* near = nullptr;  // The same destination, yet something else is wrong.
  bool source_wrong = false;
  for (Owed& owed : owed_) {
    if (owed.left == owed.most) continue;
    if (owed.destination != destination && !owed.any_destination) continue;
    near = &owed;
    if (owed.size != datagram.payload.size() ||
        !payload_matches(owed.tag, datagram.payload.bytes())) {
      continue;
    }
    SocketModel& socket = host_->socket(owed.socket);
    const bool address_fits = owed.source.ip.is_unspecified()
                                  ? host_->is_local(source.ip) || socket.descriptors == 0
                                  : source.ip == owed.source.ip;
    // A broadcast from loopback stays on the loopback link.
    const bool to_many = destination.ip.is_broadcast() || destination.ip.is_multicast();
    const bool leaves_home = source.ip.is_loopback() && !host_->is_local(destination.ip) &&
                             !to_many && !owed.any_destination && !may_leave_home(source.ip);
    if (!address_fits || leaves_home || source.port == 0 ||
        (owed.source.port != 0 && owed.source.port != source.port)) {
      source_wrong = true;
      continue;
    }
    ++owed.left;
    judgement_->apply(Rule::udp_send_source_is_the_sockets);
    judgement_->apply(Rule::udp_nothing_from_nowhere);
    const bool unknown = socket.bound && socket.local.port == 0;
    if (unknown) host_->learn_local(socket, {socket.local.ip, source.port});
    const Socket* s = find(owed.socket);
    if (s != nullptr && s->connected && socket.local.ip.is_unspecified()) {
      host_->learn_local(socket, source);
    }
    return;
  }
  Rule rule = Rule::udp_nothing_from_nowhere;
  if (near != nullptr) rule = Rule::udp_send_one_datagram_leaves;
  if (source_wrong) rule = Rule::udp_send_source_is_the_sockets;
  judgement_->require(rule, false, [&] {
    Violation v{.allowed = "no datagram", .observed = to_string(packet)};
    if (near != nullptr) {
      v.allowed = std::to_string(near->size) + " bytes from " + to_string(near->source) + " to " +
                  to_string(near->destination);
      v.state = describe(near->socket);
    }
    return v;
  });
}

}  // namespace lockstep::oracle
