// The runner's wire: packets in flight between hosts, and what steps do to them.
#include <algorithm>

#include "oracle/judge/damage.h"
#include "oracle/judge/runner.h"
#include "stack/api/check.h"
#include "stack/wire/codec.h"
#include "stack/wire/quote.h"

namespace lockstep::judge {

using scenario::HostIndex;
using scenario::OpenSocket;
using scenario::Phase;
namespace step = scenario::step;

const InFlight* Runner::find_by_kind(const scenario::PacketByKind& ref) const {
  const OpenSocket* socket = nullptr;
  if (!ref.socket.none()) {
    for (const OpenSocket& candidate : situation_.sockets) {
      if (candidate.name == ref.socket) socket = &candidate;
    }
    if (socket == nullptr) return nullptr;
  }
  const auto on_socket = [&](const InFlight& entry) {
    if (entry.packet.tcp() == nullptr && entry.packet.udp() == nullptr) return false;
    const FourTuple tuple = sender_tuple(entry.packet);
    const Endpoint& local = socket->host == entry.from ? tuple.local : tuple.peer;
    const Endpoint& peer = socket->host == entry.from ? tuple.peer : tuple.local;
    return local.port == socket->local.port && (socket->peer.port == 0 || peer == socket->peer);
  };
  std::uint32_t seen = 0;
  for (const InFlight& entry : flight_.in_flight()) {
    if (entry.from != ref.from || entry.to != ref.to) continue;
    if (packet_kind(entry.packet) != ref.kind) continue;
    if (socket != nullptr && !on_socket(entry)) continue;
    if (seen++ == ref.ordinal) return &entry;
  }
  return nullptr;
}

// Finds the packet and notes in resolved_ which step caused it.
const InFlight* Runner::find_packet(const scenario::PacketRef& ref) {
  if (const auto* by_cause = std::get_if<scenario::PacketByCause>(&ref)) {
    return flight_.find(by_cause->label, by_cause->ordinal);
  }
  const InFlight* entry = find_by_kind(std::get<scenario::PacketByKind>(ref));
  if (entry == nullptr) return nullptr;
  const scenario::PacketByCause cause{entry->cause_label,
                                      static_cast<std::uint16_t>(entry->ordinal)};
  std::visit(
      [&](auto& action) {
        if constexpr (requires { action.packet = scenario::PacketRef(cause); }) {
          action.packet = cause;
        }
      },
      resolved_.action);
  return entry;
}

Effect Runner::act(const step::Deliver& deliver) {
  const InFlight* found = find_packet(deliver.packet);
  if (found == nullptr) return Effect::none;
  const std::optional<InFlight> entry = flight_.take(found->serial);
  arrive(entry->from, entry->to, entry->packet, entry->serial + 1);
  return Effect::some;
}

Effect Runner::act(const step::Drop& drop) {
  const InFlight* found = find_packet(drop.packet);
  if (found == nullptr) return Effect::none;
  lose(*flight_.take(found->serial), "dropped");
  return Effect::some;
}

Effect Runner::act(const step::Duplicate& duplicate) {
  const InFlight* found = find_packet(duplicate.packet);
  if (found == nullptr) return Effect::none;
  launch_to(found->from, found->to, Packet(found->packet));
  return Effect::some;
}

Effect Runner::act(const step::Hold& hold) {
  const InFlight* found = find_packet(hold.packet);
  if (found == nullptr) return Effect::none;
  flight_.hold_back(found->serial);
  return Effect::some;
}

Effect Runner::act(const step::Corrupt& corrupt) {
  const InFlight* found = find_packet(corrupt.packet);
  if (found == nullptr) return Effect::none;
  const InFlight entry = *flight_.take(found->serial);
  bytes_.clear();
  LOCKSTEP_CHECK(encode_packet(entry.packet, bytes_).has_value());
  const std::size_t bit = corrupt.bit % (bytes_.size() * 8);
  bytes_[bit / 8] ^= static_cast<std::byte>(1u << (bit % 8));
  if (trace_ != nullptr) {
    TraceEvent* event = trace_event(TraceEvent::Kind::damaged, entry.to);
    event->peer = entry.from;
    event->packet = entry.packet;
    event->flight = entry.serial + 1;
    event->amount = bit;
  }
  // A flip outside what the checksums cover leaves a packet that is well-formed, but another one.
  // Of any other the oracle hears no more than that it came, whatever the decoder, which the stack
  // uses too, makes of it.
  if (checksum_shows_flip(entry.packet, bit)) {
    witness_.on_dropped(entry.to);
  } else {
    if (const auto decoded = decode_packet(bytes_)) {
      note_arrival(entry.to, *decoded);
      witness_.on_arrived(entry.to, *decoded);
    }
  }
  hosts_[entry.to].port->deliver_bytes(bytes_);
  collect_touched(entry.to);
  return Effect::some;
}

Effect Runner::act(const step::Replay& replay) {
  const InFlight* old = flight_.find_archived(replay.packet.label, replay.packet.ordinal);
  if (old == nullptr || old->to == TraceEvent::none_host || partitioned(old->from, old->to)) {
    return Effect::none;
  }
  const InFlight entry = *old;
  arrive(entry.from, entry.to, entry.packet, entry.serial + 1);
  return Effect::some;
}

// Whether the connection is one of a host with itself: its packets cannot be steered, and one that
// came from outside under the host's own address would be dropped as martian (RFC 1812 5.3.7).
bool Runner::loops(HostIndex host, const Shown& shown) const {
  return shown.tuple.peer.ip.is_loopback() || host_of(shown.tuple.peer.ip) == host;
}

Effect Runner::act(const step::Forge& forge) {
  const OpenSocket* socket = open_socket(forge.socket);
  if (socket == nullptr || socket->type != Type::stream || socket->peer.port == 0) {
    return Effect::none;
  }
  const Shown* shown = nullptr;
  for (const Shown& candidate : shown_) {
    if (candidate.host == socket->host && candidate.tcp && candidate.tuple.peer == socket->peer &&
        (socket->local.port == 0 || candidate.tuple.local.port == socket->local.port)) {
      shown = &candidate;
    }
  }
  if (shown == nullptr || loops(socket->host, *shown)) return Effect::none;
  TcpSegment segment;
  segment.source_port = shown->tuple.peer.port;
  segment.destination_port = shown->tuple.local.port;
  segment.flags = forge.flags;
  segment.seq = shown->rcv_nxt + static_cast<std::uint32_t>(forge.seq_delta);
  if (segment.has(tcp_ack)) {
    segment.ack = shown->snd_nxt + static_cast<std::uint32_t>(forge.ack_delta);
  }
  segment.window = forge.window;
  segment.payload =
      Slice::filled(std::min<std::size_t>(forge.length, 1400), [&](std::span<std::byte> bytes) {
        oracle::fill_payload({resolved_.label | oracle::forged_key_bit, 0}, bytes);
      });
  Packet packet;
  packet.source = shown->tuple.peer.ip;
  packet.destination = shown->tuple.local.ip;
  packet.body = std::move(segment);
  arrive(TraceEvent::none_host, socket->host, packet, 0);
  return Effect::some;
}

Effect Runner::act(const step::Icmp& icmp) {
  const OpenSocket* socket = open_socket(icmp.socket);
  if (socket == nullptr || socket->local.port == 0) return Effect::none;
  if (!situation_.features[socket->host].has(Feature::icmp)) {
    stop(Outcome::unsupported,
         "port " + hosts_[socket->host].port->traits().name + " does not have the feature icmp");
    return Effect::some;
  }
  const Shown* shown = nullptr;
  for (const Shown& candidate : shown_) {
    if (candidate.host == socket->host && candidate.tcp == (socket->type == Type::stream) &&
        candidate.tuple.local.port == socket->local.port &&
        (socket->peer.port == 0 || candidate.tuple.peer == socket->peer)) {
      shown = &candidate;
    }
  }
  if (shown == nullptr || loops(socket->host, *shown)) return Effect::none;
  Packet packet;
  packet.source = shown->tuple.peer.ip;
  packet.destination = shown->tuple.local.ip;
  IcmpMessage message;
  message.kind = icmp.kind;
  message.mtu = icmp.kind == IcmpKind::packet_too_big ? icmp.mtu : 0;
  message.quoted = quote_of(shown->last);
  packet.body = std::move(message);
  arrive(TraceEvent::none_host, socket->host, packet, 0);
  return Effect::some;
}

Effect Runner::act(const step::Partition& partition) {
  if (partition.a == partition.b || partition.a >= hosts_in_use_ || partition.b >= hosts_in_use_ ||
      partitioned(partition.a, partition.b)) {
    return Effect::none;
  }
  situation_.partitions.emplace_back(partition.a, partition.b);
  std::size_t at = 0;
  while (at < flight_.in_flight().size()) {
    const InFlight& entry = flight_.in_flight()[at];
    if (partitioned(entry.from, entry.to)) {
      lose(*flight_.take(entry.serial), "lost in the partition");
    } else {
      ++at;
    }
  }
  return Effect::some;
}

Effect Runner::act(const step::Heal& heal) {
  const std::size_t removed = std::erase_if(situation_.partitions, [&](const auto& pair) {
    return pair == std::pair(heal.a, heal.b) || pair == std::pair(heal.b, heal.a);
  });
  return removed == 0 ? Effect::none : Effect::some;
}

bool Runner::partitioned(HostIndex a, HostIndex b) const {
  return std::any_of(
      situation_.partitions.begin(), situation_.partitions.end(),
      [&](const auto& pair) { return pair == std::pair(a, b) || pair == std::pair(b, a); });
}

void Runner::arrive(HostIndex from, HostIndex to, const Packet& packet, std::uint64_t flight) {
  catch_up(to);
  if (stopped()) return;
  if (trace_ != nullptr) {
    TraceEvent* event = trace_event(TraceEvent::Kind::arrived, to);
    event->peer = from;
    event->packet = packet;
    event->flight = flight;
  }
  note_arrival(to, packet);
  if (byte_path_) {
    bytes_.clear();
    LOCKSTEP_CHECK(encode_packet(packet, bytes_).has_value());
    witness_.on_arrived(to, packet, from == TraceEvent::none_host);
    hosts_[to].port->deliver_bytes(bytes_);
  } else {
    witness_.on_arrived(to, packet, from == TraceEvent::none_host);
    hosts_[to].port->deliver(packet);
  }
  collect_touched(to);
}

// What a timer of the host sent since it was last looked at left before what comes next.
void Runner::catch_up(HostIndex host) {
  if (elapses(host)) collect(host);
}

// A port with an elapsing clock may send at any time; one with an exact clock only when it was
// called, so that the others need not be asked.
void Runner::collect_touched(HostIndex host) {
  collect(host);
  for (std::size_t i = 0; i < hosts_in_use_; ++i) {
    if (i != host && elapses(static_cast<HostIndex>(i))) collect(static_cast<HostIndex>(i));
  }
}

void Runner::collect(HostIndex host) {
  events_.clear();
  hosts_[host].port->egress(events_);
  for (WireEvent& event : events_) {
    switch (event.kind) {
      case WireEvent::Kind::left:
        launch(host, std::move(event.packet));
        break;
      case WireEvent::Kind::looped_left:
        if (trace_ != nullptr) {
          trace_event(TraceEvent::Kind::looped_left, host)->packet = event.packet;
        }
        follow_packet(host, event.packet);
        witness_.on_left(host, event.packet);
        break;
      case WireEvent::Kind::looped_arrived:
        if (trace_ != nullptr) {
          trace_event(TraceEvent::Kind::looped_arrived, host)->packet = event.packet;
        }
        note_arrival(host, event.packet);
        witness_.on_arrived(host, event.packet);
        break;
    }
  }
}

void Runner::launch(HostIndex from, Packet&& packet) {
  follow_packet(from, packet);
  witness_.on_left(from, packet);
  if (packet.destination.is_broadcast()) {
    for (std::size_t to = 0; to < hosts_in_use_; ++to) {
      if (to != from) launch_to(from, static_cast<HostIndex>(to), Packet(packet));
    }
    return;
  }
  if (const std::optional<HostIndex> to = host_of(packet.destination)) {
    launch_to(from, *to, std::move(packet));
  } else {
    launch_to(from, TraceEvent::none_host, std::move(packet));
  }
}

void Runner::launch_to(HostIndex from, HostIndex to, Packet&& packet) {
  const std::uint64_t serial = flight_.add(std::move(packet), from, to, resolved_.label, caused_++);
  const InFlight& entry = flight_.in_flight().back();
  if (trace_ != nullptr) {
    TraceEvent* event = trace_event(TraceEvent::Kind::left, from);
    event->peer = to;
    event->packet = entry.packet;
    event->flight = serial + 1;
  }
  if (keeps_recent_) recent_.push_back({from, to, entry.packet});
  if (to == TraceEvent::none_host) {
    lose(*flight_.take(serial), "addressed to no host");
  } else if (partitioned(from, to)) {
    lose(*flight_.take(serial), "lost in the partition");
  }
}

void Runner::lose(const InFlight& entry, std::string_view why) {
  if (trace_ == nullptr) return;
  TraceEvent* event = trace_event(TraceEvent::Kind::lost, entry.from);
  event->peer = entry.to;
  event->packet = entry.packet;
  event->flight = entry.serial + 1;
  event->text = why;
}

std::optional<HostIndex> Runner::host_of(const IpAddress& address) const {
  for (std::size_t host = 0; host < hosts_in_use_; ++host) {
    const auto& addresses = lines_[host].config.addresses;
    if (std::find(addresses.begin(), addresses.end(), address) != addresses.end()) {
      return static_cast<HostIndex>(host);
    }
  }
  return std::nullopt;
}

// What a packet that leaves tells about its socket: the ends that the kernel chose.
void Runner::follow_packet(HostIndex from, const Packet& packet) {
  if (packet.tcp() == nullptr && packet.udp() == nullptr) return;
  const bool quotable = situation_.features[from].has(Feature::icmp);
  if (note_shown(shown_, from, packet, quotable)) facts_.retransmitted = true;
  const auto* call_step = std::get_if<step::Call>(&resolved_.action);
  if (call_step == nullptr || call_step->host != from) return;
  OpenSocket* socket = open_socket(call_step->socket);
  if (socket == nullptr) return;
  const FourTuple tuple = sender_tuple(packet);
  const bool opens = packet.tcp() != nullptr && call_step->call == Call::connect &&
                     packet.tcp()->has(tcp_syn) && tuple.peer.port == socket->peer.port;
  const bool datagram = packet.udp() != nullptr && socket->local.port == 0;
  if (opens || datagram) socket->local = tuple.local;
}

// What an arrival tells about the socket it is for.
void Runner::note_arrival(HostIndex to, const Packet& packet) {
  if (packet.tcp() == nullptr && packet.udp() == nullptr) return;
  const FourTuple tuple = sender_tuple(packet);
  const TcpSegment* segment = packet.tcp();
  if (segment != nullptr && !segment->payload.empty()) facts_.data_arrived = true;
  for (OpenSocket& socket : situation_.sockets) {
    if (socket.host != to || socket.phase == Phase::closed) continue;
    if (socket.local.port != tuple.peer.port) continue;
    if ((segment != nullptr) != (socket.type == Type::stream)) continue;
    if (segment == nullptr) {
      socket.unread += static_cast<std::uint32_t>(packet.udp()->payload.size());
    } else if (socket.phase == Phase::listening) {
      if (segment->flags == tcp_syn && socket.pending < 0xffff) ++socket.pending;
    } else if (socket.peer == tuple.local) {
      if (socket.phase == Phase::connecting && segment->has(tcp_syn | tcp_ack)) {
        socket.phase = Phase::connected;
      }
      if (segment->has(tcp_rst)) socket.peer_finished = true;
      socket.unread += static_cast<std::uint32_t>(segment->payload.size());
      if (segment->has(tcp_fin)) socket.peer_finished = true;
    }
  }
}

void Runner::tick_host(HostIndex host, std::uint32_t ticks) {
  hosts_[host].ticks += ticks;
  if (trace_ != nullptr) trace_event(TraceEvent::Kind::tick, host)->amount = ticks;
  hosts_[host].port->tick(ticks);
  witness_.on_tick(host, ticks);
  collect_touched(host);
}

}  // namespace lockstep::judge
