// Which socket a packet belongs to.
#include "stack/api/hash.h"
#include "stack/kernel/kernel.h"
#include "stack/kernel/tcp_settings.h"
#include "stack/tcp/no_connection.h"
#include "stack/tcp/segment_arrives.h"
#include "stack/tcp/user_calls.h"

namespace lockstep {

void Kernel::arrive(const Packet& packet) {
  if (const TcpSegment* segment = packet.tcp()) {
    arrive_tcp(packet, *segment);
  } else if (const UdpDatagram* datagram = packet.udp()) {
    arrive_udp(packet, *datagram);
  } else if (const IcmpMessage* icmp = packet.icmp()) {
    arrive_icmp(packet, *icmp);
  }
}

// One bound to the address comes before the wildcard, and an IPv4 socket's wildcard before those of
// both families.
Slot Kernel::find_receiver(Type type, const FourTuple& tuple) const {
  const IpFamily family = tuple.local.ip.family;
  const PortKey key = PortKey::of(type, tuple.local.port);
  Slot slot = choose_receiver(ports_.receivers(key, tuple.local.ip), tuple);
  if (slot == no_slot) slot = choose_receiver(ports_.receivers(key, IpAddress::any(family)), tuple);
  if (slot != no_slot || family == IpFamily::v6) return slot;
  return choose_receiver(ports_.receivers(key, IpAddress::any(IpFamily::v6)), tuple);
}

// Of those bound alike the last, an IPv4 socket before an IPv6 one and one that was connected to
// the sender before others; or its SO_REUSEPORT group's by flow (socket(7)).
Slot Kernel::choose_receiver(const std::vector<Slot>* receivers, const FourTuple& tuple) const {
  if (receivers == nullptr) return no_slot;
  const bool v4 = tuple.local.ip.is_v4();
  Slot last = no_slot;
  for (std::size_t i = receivers->size(); i-- > 0;) {
    const Socket& socket = sockets_[(*receivers)[i]];
    if (!socket.takes_from(tuple.peer.ip, tuple.local.ip)) continue;
    if (last == no_slot) last = (*receivers)[i];
    if (v4 ? socket.domain == Domain::inet : socket.former_peer == tuple.peer.ip) {
      last = (*receivers)[i];
      break;
    }
  }
  if (last == no_slot || receivers->size() == 1 || !sockets_[last].options.reuse_port) return last;
  const auto in_group = [this, last](Slot slot) {
    const Socket& socket = sockets_[slot];
    return socket.options.reuse_port && socket.domain == sockets_[last].domain &&
           socket.local.ip == sockets_[last].local.ip &&
           socket.options.v6_only == sockets_[last].options.v6_only;
  };
  std::uint64_t sharing = 0;
  for (Slot slot : *receivers) sharing += in_group(slot) ? 1u : 0u;
  std::uint64_t chosen = lockstep::stable_hash(tuple) % sharing;
  for (Slot slot : *receivers) {
    if (in_group(slot) && chosen-- == 0) return slot;
  }
  return last;
}

void Kernel::arrive_tcp(const Packet& packet, const TcpSegment& segment) {
  if (packet.destination.is_broadcast()) return;
  const FourTuple tuple{Endpoint{packet.destination, segment.destination_port},
                        Endpoint{packet.source, segment.source_port}};
  const Slot slot = connections_.find(Type::stream, tuple);
  if (slot == no_slot) {
    const Slot listener = find_receiver(Type::stream, tuple);
    if (listener == no_slot) return refuse_segment(packet, outbound_);
    return arrive_at_listener(listener, packet, segment, std::nullopt);
  }
  Socket& socket = sockets_[slot];
  if (reopens_time_wait(socket.tcb, segment)) {
    const Slot listener = find_receiver(Type::stream, tuple);
    if (listener != no_slot) {
      // RFC 6191: above anything that the old incarnation sent.
      const SequenceNumber iss = socket.tcb.snd_nxt + (max_window + 2);
      destroy(slot);
      return arrive_at_listener(listener, packet, segment, iss);
    }
  }
  TcpIo io = io_for(socket);
  if (socket.listener != no_slot && socket.tcb.state == TcpState::syn_received) {
    const Socket& listener = sockets_[socket.listener];
    io.passive = true;
    io.may_establish = listener.accept_queue.size() <= listener.backlog;
  }
  const TcpState before = socket.tcb.state;
  segment_arrives(socket.tcb, segment, io);
  // Something got through: what the network said before is no longer so (Linux's tcp_ack).
  const bool open = is_synchronized(before) || is_synchronized(socket.tcb.state);
  const bool acknowledged =
      segment.has(tcp_ack) && open && SequenceNumber(segment.ack) == socket.tcb.snd_una;
  if (acknowledged) socket.soft_error = Errno::ok;
  after_transition(slot, io, before);
}

// RFC 9293 3.10.7.2.
void Kernel::arrive_at_listener(Slot slot, const Packet& packet, const TcpSegment& segment,
                                std::optional<SequenceNumber> iss) {
  if (segment.has(tcp_rst)) return;
  if (segment.has(tcp_ack)) return refuse_segment(packet, outbound_);
  if (!segment.has(tcp_syn) || segment.has(tcp_fin)) return;
  {
    // Overflow is silent: the client tries again.
    const Socket& listener = sockets_[slot];
    if (listener.accept_queue.size() > listener.backlog) return;
    if (listener.handshakes.size() > listener.backlog) return;
  }
  const FourTuple tuple{Endpoint{packet.destination, segment.destination_port},
                        Endpoint{packet.source, segment.source_port}};
  const auto way = route(tuple.local.ip, tuple.peer.ip);
  if (!way) return;
  const Slot child = sockets_.create(sockets_[slot].domain, Type::stream);
  Socket& listener = sockets_[slot];
  Socket& connection = sockets_[child];
  connection.options = listener.options;
  // What was shut before it listened is shut for its children (Linux).
  connection.shut_read = listener.shut_read;
  connection.shut_write = listener.shut_write;
  connection.accepted = false;
  connection.listener = slot;
  connection.phase = ConnectPhase::connected;
  connection.peer = tuple.peer;
  connection.address_locked = listener.address_locked;
  claim_port(child, tuple.local, false);
  join_connections(child, tuple);
  listener.handshakes.push_back(child);
  connection.tcb.settings = tcp_settings(connection, config_);
  TcpIo io = io_for(connection);
  passive_open(connection.tcb, io, tuple, iss.has_value() ? *iss : next_iss(tuple), mss_for(*way),
               segment);
  schedule(child);
}

}  // namespace lockstep
