// connect, send and receive of datagram sockets, and arriving datagrams (RFC 768, udp(7)).
#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/kernel/kernel.h"
#include "stack/kernel/mapped_address.h"
#include "stack/kernel/packet_size.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

// IP_MTU_DISCOVER from here on looks at the link alone (IP_PMTUDISC_PROBE, _INTERFACE, _OMIT).
constexpr std::int32_t discover_probe = 3;

std::size_t largest_payload(IpFamily family, std::uint32_t mtu) {
  const std::uint32_t headers = ip_header_octets(family) + udp_header_size;
  const std::size_t fits = mtu > headers ? mtu - headers : 0;
  return std::min(fits, family == IpFamily::v4 ? udp_max_payload_v4 : udp_max_payload_v6);
}

}  // namespace

SyscallResult Kernel::connect_datagram(Slot slot, const SocketAddress& address) {
  if (std::holds_alternative<Unspecified>(address)) {
    disconnect_datagram(slot);
    return SyscallResult::success();
  }
  Socket& socket = sockets_[slot];
  if (!socket.has_port() && !bind_any_port(slot, socket.local.ip)) {
    return SyscallResult::failure(Errno::eagain);
  }
  if (!socket.peer_set) become_receiver(slot);
  EndpointArgument wanted = endpoint_argument(socket, address);
  if (const auto* v4 = std::get_if<Endpoint>(&address);
      wanted.error != Errno::ok && v4 != nullptr && socket.domain == Domain::inet6) {
    // Of sockets of both families this call alone takes a sockaddr_in (Linux).
    if (!socket.is_dual()) return SyscallResult::failure(Errno::eafnosupport);
    wanted = {Errno::ok, *v4};
  }
  if (wanted.error != Errno::ok) return SyscallResult::failure(wanted.error);
  const Endpoint peer{unmapped(wanted.endpoint.ip), wanted.endpoint.port};
  const bool excluded = wanted.endpoint.ip.is_v4_mapped() && !socket.is_dual();
  if (excluded) return SyscallResult::failure(Errno::enetunreach);
  const auto way = route(socket.local.ip, peer.ip);
  if (!way) return SyscallResult::failure(way.error());
  if (way->broadcast && !socket.options.broadcast) return SyscallResult::failure(Errno::eacces);
  leave_connections(slot);
  stop_receiving(slot);
  if (socket.local.ip.is_unspecified()) move_local_ip(slot, way->source);
  socket.peer = Endpoint{way->destination, peer.port};
  socket.peer_set = true;
  socket.former_peer = IpAddress::any(IpFamily::v6);
  join_connections(slot, FourTuple{socket.local, socket.peer});
  return SyscallResult::success();
}

void Kernel::disconnect_datagram(Slot slot) {
  Socket& socket = sockets_[slot];
  leave_connections(slot);
  if (socket.peer_set && socket.domain == Domain::inet6) {
    socket.former_peer = as_shown(socket, socket.peer).ip;
  }
  socket.peer = Endpoint{IpAddress::any(socket.family()), 0};
  socket.peer_set = false;
  if (!socket.has_port()) return;
  if (!socket.address_locked) move_local_ip(slot, IpAddress::any(socket.family()));
  if (!socket.port_locked) {
    release_port(slot);
    socket.local.port = 0;
  } else {
    become_receiver(slot);
  }
}

// Where a datagram goes, in the order of Linux's udp_sendmsg and udpv6_sendmsg: an IPv6 socket
// looks at the address first, and sends to IPv4 as an IPv4 socket would.
Kernel::DatagramTarget Kernel::target_of(const Socket& socket, std::size_t size, MsgFlags flags,
                                         const SocketAddress& address) const {
  const bool v6 = socket.domain == Domain::inet6;
  const bool named = !std::holds_alternative<Unspecified>(address);
  const auto* endpoint = std::get_if<Endpoint>(&address);
  Endpoint to = socket.peer;
  if (v6) {
    if (named && endpoint == nullptr) return {Errno::einval, {}};
    if (!named && !socket.peer_set) return {Errno::edestaddrreq, {}};
    if (named) to = {unmapped(endpoint->ip), endpoint->port};
    const bool to_v4 = to.ip.is_v4();
    if (to_v4 && !socket.is_dual()) return {Errno::enetunreach, {}};
    if (!to_v4) return {named && to.port == 0 ? Errno::einval : Errno::ok, to};
  }
  if (size > 0xffff) return {Errno::emsgsize, {}};
  if ((flags & msg_oob) != 0) return {Errno::eopnotsupp, {}};
  if (v6) return {to.port == 0 ? Errno::einval : Errno::ok, to};
  if (!named) return {socket.peer_set ? Errno::ok : Errno::edestaddrreq, to};
  const EndpointArgument argument = endpoint_argument(socket, address);
  if (argument.error != Errno::ok) return {argument.error, {}};
  return {argument.endpoint.port == 0 ? Errno::einval : Errno::ok, argument.endpoint};
}

// An error of this host's own goes to the error queue of a socket that asked for it (ip(7)).
void Kernel::fail_locally(Slot slot, IpFamily to) {
  Socket& socket = sockets_[slot];
  if (!socket.options.receive_errors || to != IpFamily::v4) return;
  socket.error_queued = true;
  notify(slot);
}

SyscallResult Kernel::send_datagram(Slot slot, std::span<const std::byte> data, MsgFlags flags,
                                    const SocketAddress& address) {
  Socket& socket = sockets_[slot];
  if (!socket.has_port()) {
    if (!bind_any_port(slot, socket.local.ip)) return SyscallResult::failure(Errno::eagain);
    if (!socket.peer_set) become_receiver(slot);
  }
  const DatagramTarget target = target_of(socket, data.size(), flags, address);
  if (target.error != Errno::ok) return SyscallResult::failure(target.error);
  const Endpoint& to = target.to;
  const auto way = route(socket.local.ip, to.ip);
  if (!way) return SyscallResult::failure(way.error());
  if (way->broadcast && !socket.options.broadcast) return SyscallResult::failure(Errno::eacces);
  // Nothing is fragmented here: what a socket that allows fragments would send so is refused too.
  const IpFamily family = way->destination.family;
  const bool by_link = family == IpFamily::v4 && socket.options.mtu_discover >= discover_probe;
  if (data.size() > largest_payload(family, by_link ? way->link_mtu : way->mtu)) {
    fail_locally(slot, family);
    return SyscallResult::failure(Errno::emsgsize);
  }
  if (const Errno error = take_error(socket); error != Errno::ok) {
    return SyscallResult::failure(error);
  }
  if (socket.shut_write) return SyscallResult::failure(Errno::epipe);
  Packet& packet = outbound_.emplace_back();
  packet.source = way->source;
  packet.destination = way->destination;
  packet.ttl = socket.ttl(family);
  packet.body = UdpDatagram{socket.local.port, to.port, Slice::copy_of(data)};
  return SyscallResult::success(static_cast<std::int64_t>(data.size()));
}

SyscallResult Kernel::recv_datagram(Slot slot, std::span<std::byte> buffer, MsgFlags flags,
                                    bool with_source) {
  Socket& socket = sockets_[slot];
  if (const Errno error = take_error(socket); error != Errno::ok) {
    return SyscallResult::failure(error);
  }
  if (socket.datagrams.empty()) return SyscallResult::failure(Errno::eagain);
  const ReceivedDatagram& datagram = socket.datagrams.front();
  const auto bytes = datagram.payload.bytes();
  const std::size_t count = std::min(bytes.size(), buffer.size());
  if (count > 0) std::memcpy(buffer.data(), bytes.data(), count);
  SyscallResult result;
  result.truncated = count < bytes.size();
  result.value = static_cast<std::int64_t>((flags & msg_trunc) != 0 ? bytes.size() : count);
  if (with_source) result.address = as_shown(socket, datagram.source);
  if ((flags & msg_peek) == 0) socket.datagrams.pop();
  return result;
}

void Kernel::arrive_udp(const Packet& packet, const UdpDatagram& datagram) {
  const Endpoint local{packet.destination, datagram.destination_port};
  const Endpoint source{packet.source, datagram.source_port};
  const FourTuple tuple{local, source};
  if (packet.destination.is_broadcast()) return arrive_broadcast(tuple, datagram);
  Slot slot = find_connected_datagram(tuple);
  if (slot == no_slot) slot = find_receiver(Type::dgram, tuple);
  if (slot == no_slot) return refuse_datagram(packet);
  queue_datagram(slot, source, datagram);
}

// RFC 1122 4.1.3.1, RFC 4443 3.1. Broadcasts do not come here, and an error is never in answer to
// one (RFC 1122 3.2.2), because only datagrams are.
void Kernel::refuse_datagram(const Packet& packet) {
  Packet answer;
  answer.source = packet.destination;
  answer.destination = packet.source;
  answer.body = IcmpMessage{.kind = IcmpKind::port_unreachable, .quoted = quote_of(packet)};
  outbound_.push_back(std::move(answer));
}

// Each socket that takes IPv4 of any address has it, and each of the broadcast address itself.
void Kernel::arrive_broadcast(const FourTuple& tuple, const UdpDatagram& datagram) {
  const PortKey key = PortKey::of(Type::dgram, tuple.local.port);
  for (const IpAddress& ip :
       {tuple.local.ip, IpAddress::any(IpFamily::v4), IpAddress::any(IpFamily::v6)}) {
    const auto* all = ports_.receivers(key, ip);
    if (all == nullptr) continue;
    for (Slot slot : *all) {
      if (ip.is_v4() || sockets_[slot].is_dual()) queue_datagram(slot, tuple.peer, datagram);
    }
  }
  const Slot connected = find_connected_datagram(tuple);
  if (connected != no_slot) queue_datagram(connected, tuple.peer, datagram);
}

// One that is connected to port 0 takes traffic of any port of its peer's address, as on Linux.
Slot Kernel::find_connected_datagram(FourTuple tuple) const {
  const Slot slot = connections_.find(Type::dgram, tuple);
  if (slot != no_slot) return slot;
  tuple.peer.port = 0;
  return connections_.find(Type::dgram, tuple);
}

void Kernel::queue_datagram(Slot slot, const Endpoint& source, const UdpDatagram& datagram) {
  Socket& socket = sockets_[slot];
  const auto capacity = static_cast<std::size_t>(socket.options.receive_buffer / 2);
  if (socket.datagrams.push({source, datagram.payload}, capacity)) notify(slot);
}

}  // namespace lockstep
