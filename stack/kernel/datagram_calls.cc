// connect, send and receive of datagram sockets, and arriving datagrams (RFC 768, udp(7)).
#include <algorithm>
#include <cstring>
#include <utility>

#include "stack/kernel/kernel.h"

namespace lockstep {
namespace {

constexpr std::uint32_t ip_header_v4 = 20;
constexpr std::uint32_t ip_header_v6 = 40;

std::size_t largest_payload(IpFamily family, std::uint32_t mtu) {
  const bool v4 = family == IpFamily::v4;
  const std::uint32_t headers = (v4 ? ip_header_v4 : ip_header_v6) + udp_header_size;
  const std::size_t fits = mtu > headers ? mtu - headers : 0;
  return std::min(fits, v4 ? udp_max_payload_v4 : udp_max_payload_v6);
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
  const EndpointArgument wanted = endpoint_argument(socket, address);
  if (wanted.error != Errno::ok) {
    const bool v4_on_v6 = socket.domain == Domain::inet6 && wanted.error == Errno::einval;
    return SyscallResult::failure(v4_on_v6 ? Errno::eafnosupport : wanted.error);
  }
  const Endpoint& peer = wanted.endpoint;
  if (peer.ip.is_v4_mapped()) return SyscallResult::failure(Errno::enetunreach);
  const auto way = route(socket.local.ip, peer.ip);
  if (!way) return SyscallResult::failure(way.error());
  if (way->broadcast && !socket.options.broadcast) return SyscallResult::failure(Errno::eacces);
  leave_connections(slot);
  stop_receiving(slot);
  move_local_ip(slot, way->source);
  socket.peer = Endpoint{way->destination, peer.port};
  socket.peer_set = true;
  join_connections(slot, FourTuple{socket.local, socket.peer});
  return SyscallResult::success();
}

void Kernel::disconnect_datagram(Slot slot) {
  Socket& socket = sockets_[slot];
  leave_connections(slot);
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

// In the order of Linux's udp_sendmsg.
SyscallResult Kernel::send_datagram(Slot slot, std::span<const std::byte> data, MsgFlags flags,
                                    const SocketAddress& address) {
  Socket& socket = sockets_[slot];
  if (!socket.has_port()) {
    if (!bind_any_port(slot, socket.local.ip)) return SyscallResult::failure(Errno::eagain);
    if (!socket.peer_set) become_receiver(slot);
  }
  if (data.size() > 0xffff) return SyscallResult::failure(Errno::emsgsize);
  if ((flags & msg_oob) != 0) return SyscallResult::failure(Errno::eopnotsupp);
  Endpoint to = socket.peer;
  if (!std::holds_alternative<Unspecified>(address)) {
    const EndpointArgument wanted = endpoint_argument(socket, address);
    if (wanted.error != Errno::ok) {
      const bool v6 = socket.domain == Domain::inet6;
      const bool v4_on_v6 = v6 && std::holds_alternative<Endpoint>(address);
      if (v4_on_v6) return SyscallResult::failure(Errno::enetunreach);
      return SyscallResult::failure(v6 ? Errno::einval : wanted.error);
    }
    to = wanted.endpoint;
    if (to.port == 0) return SyscallResult::failure(Errno::einval);
    if (to.ip.is_v4_mapped()) return SyscallResult::failure(Errno::enetunreach);
  } else if (!socket.peer_set) {
    return SyscallResult::failure(Errno::edestaddrreq);
  }
  const auto way = route(socket.local.ip, to.ip);
  if (!way) return SyscallResult::failure(way.error());
  if (way->broadcast && !socket.options.broadcast) return SyscallResult::failure(Errno::eacces);
  if (data.size() > largest_payload(to.ip.family, way->mtu)) {
    return SyscallResult::failure(Errno::emsgsize);
  }
  if (const Errno error = take_error(socket); error != Errno::ok) {
    return SyscallResult::failure(error);
  }
  if (socket.shut_write) return SyscallResult::failure(Errno::epipe);
  Packet& packet = outbound_.emplace_back();
  packet.source = way->source;
  packet.destination = way->destination;
  packet.ttl = static_cast<std::uint8_t>(
      socket.domain == Domain::inet ? socket.options.ttl : socket.options.unicast_hops);
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
  if (with_source) result.address = datagram.source;
  if ((flags & msg_peek) == 0) socket.datagrams.pop();
  return result;
}

void Kernel::arrive_udp(const Packet& packet, const UdpDatagram& datagram) {
  const Endpoint local{packet.destination, datagram.destination_port};
  const Endpoint source{packet.source, datagram.source_port};
  if (packet.destination.is_broadcast()) {
    const IpAddress any = IpAddress::any(packet.destination.family);
    const auto* all =
        ports_.receivers(PortKey::of(Type::dgram, any.family, datagram.destination_port), any);
    if (all == nullptr) return;
    for (Slot slot : *all) queue_datagram(slot, source, datagram);
    return;
  }
  const FourTuple tuple{local, source};
  Slot slot = find_connected_datagram(tuple);
  if (slot == no_slot) slot = find_receiver(Type::dgram, tuple);
  if (slot != no_slot) queue_datagram(slot, source, datagram);
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
  if (socket.datagrams.push({source, datagram.payload}, capacity)) notify(slot, poll_in);
}

}  // namespace lockstep
