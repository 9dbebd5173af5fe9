// socket, dup, close, bind, getsockname, getpeername, and the queue sizes.
#include <algorithm>

#include "stack/kernel/kernel.h"
#include "stack/kernel/mapped_address.h"
#include "stack/tcp/urgent.h"

namespace lockstep {
namespace {

constexpr std::int32_t discover_want = 1;  // IP_PMTUDISC_WANT.
constexpr std::uint16_t first_unprivileged_port = 1024;
constexpr std::size_t sockaddr_in6_octets = 28;

SyscallResult address_result(const Socket& socket, const Endpoint& endpoint) {
  SyscallResult result;
  result.address = as_shown(socket, endpoint);
  return result;
}

// How long the sockaddr is, and how long a family's own is at least (ip(7), ipv6(7) without the
// scope). Only an AF_UNIX one can be too short.
std::size_t sockaddr_octets(const SocketAddress& address) {
  const auto* path = std::get_if<UnixPath>(&address);
  return path == nullptr ? sockaddr_in6_octets : sizeof(std::uint16_t) + path->size;
}

std::size_t least_sockaddr_octets(Domain domain) {
  return domain == Domain::inet6 ? sockaddr_in6_octets - sizeof(std::uint32_t) : 16;
}

// getsockopt shows twice the bytes (socket(7)).
std::int32_t doubled(std::uint32_t bytes) {
  return static_cast<std::int32_t>(std::min(bytes, 0x3fffffffu) * 2);
}

}  // namespace

SyscallResult Kernel::open(Domain domain, Type type) {
  if (domain == Domain::local) return open_local(type);
  if (type == Type::seqpacket) return SyscallResult::failure(Errno::esocktnosupport);
  if (!sockets_.has_free_descriptor()) return SyscallResult::failure(Errno::emfile);
  const Slot slot = sockets_.create(domain, type);
  Socket& socket = sockets_[slot];
  socket.local.ip = socket.peer.ip = IpAddress::any(socket.family());
  if (type == Type::stream) socket.options.mtu_discover = discover_want;
  socket.options.send_buffer = doubled(config_.send_buffer);
  socket.options.receive_buffer = doubled(config_.receive_buffer);
  return SyscallResult::success(sockets_.attach(slot).value);
}

SyscallResult Kernel::dup(Fd fd) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  if (!sockets_.has_free_descriptor()) return SyscallResult::failure(Errno::emfile);
  return SyscallResult::success(sockets_.attach(slot).value);
}

SyscallResult Kernel::close(Fd fd) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  sockets_.detach(fd);
  if (sockets_[slot].descriptors == 0) close_last(slot);
  return SyscallResult::success();
}

void Kernel::close_last(Slot slot) {
  if (!sockets_[slot].wakers.empty()) {
    sockets_[slot].wakers.clear();
    std::erase_if(wakes_, [slot](const DueWake& due) { return due.slot == slot; });
  }
  ++orphans_;
  if (sockets_[slot].is_local()) {
    close_local(slot);
  } else if (sockets_[slot].is_stream()) {
    close_stream(slot);
  } else {
    destroy(slot);
  }
}

SyscallResult Kernel::bind(Fd fd, const SocketAddress& address) {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  Socket& socket = sockets_[slot];
  if (socket.is_local()) return local_.bind(socket.local_id, address);
  EndpointArgument wanted = endpoint_argument(socket, address);
  if (wanted.error != Errno::ok) {
    // bind(2) on AF_INET takes AF_UNSPEC with INADDR_ANY for AF_INET.
    const bool any = std::holds_alternative<Unspecified>(address) && socket.domain == Domain::inet;
    if (!any) return SyscallResult::failure(wanted.error);
    wanted.endpoint = Endpoint{IpAddress::any(IpFamily::v4), 0};
  }
  const bool mapped = wanted.endpoint.ip.is_v4_mapped();
  const Endpoint local{unmapped(wanted.endpoint.ip), wanted.endpoint.port};
  // Broadcast and multicast addresses of IPv4 name what is received; nothing is sent from them.
  const bool group = local.ip.is_v4() && (local.ip.is_multicast() || local.ip.is_broadcast());
  const bool foreign = !local.ip.is_unspecified() && !is_local(local.ip) && !group;
  // The order is that of Linux's __inet_bind, and of __inet6_bind.
  const bool v6 = socket.domain == Domain::inet6;
  if (!v6 && foreign) return SyscallResult::failure(Errno::eaddrnotavail);
  if (config_.unprivileged && local.port != 0 && local.port < first_unprivileged_port) {
    return SyscallResult::failure(Errno::eacces);
  }
  if (socket.tcb.state != TcpState::closed || socket.has_port() || socket.peer_set) {
    return SyscallResult::failure(Errno::einval);
  }
  if (mapped && !socket.is_dual()) return SyscallResult::failure(Errno::einval);
  if (foreign) return SyscallResult::failure(Errno::eaddrnotavail);
  return bind_free(slot, local, !wanted.endpoint.ip.is_unspecified());
}

// The rest of bind: takes the port, any one if it is 0.
SyscallResult Kernel::bind_free(Slot slot, const Endpoint& local, bool lock_address) {
  Socket& socket = sockets_[slot];
  const bool was_v6_only = socket.options.v6_only;
  // One IPv6 address is no address of both families (Linux).
  if (!local.ip.is_v4() && !local.ip.is_unspecified()) socket.options.v6_only = true;
  // Where no port is to be had, an address that an earlier bind left is forgotten (Linux).
  const auto in_use = [&socket, was_v6_only] {
    socket.options.v6_only = was_v6_only;
    socket.local.ip = IpAddress::any(socket.family());
    return SyscallResult::failure(Errno::eaddrinuse);
  };
  if (local.port == 0) {
    if (!bind_any_port(slot, local.ip)) return in_use();
  } else {
    const PortClaim claim{.reuse_address = socket.options.reuse_address,
                          .reuse_port = socket.options.reuse_port,
                          .dual = socket.is_dual()};
    if (ports_.conflicts(PortKey::of(socket.type, local.port), local.ip, claim)) {
      return in_use();
    }
    claim_port(slot, local, false);
    socket.port_locked = true;
  }
  socket.address_locked = lock_address;
  if (!socket.is_stream()) become_receiver(slot);
  return SyscallResult::success();
}

Kernel::EndpointArgument Kernel::endpoint_argument(const Socket& socket,
                                                   const SocketAddress& address) {
  const auto* endpoint = std::get_if<Endpoint>(&address);
  if (endpoint == nullptr) {
    // The length is looked at before the family.
    const bool fits = sockaddr_octets(address) >= least_sockaddr_octets(socket.domain);
    return {fits ? Errno::eafnosupport : Errno::einval, {}};
  }
  if (endpoint->ip.family == socket.family()) return {Errno::ok, *endpoint};
  // A sockaddr_in is too short for an AF_INET6 socket, whatever its family says.
  return {socket.domain == Domain::inet6 ? Errno::einval : Errno::eafnosupport, {}};
}

SyscallResult Kernel::local_address(Fd fd) const {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  const Socket& socket = sockets_[slot];
  if (socket.is_local()) return local_.name(socket.local_id);
  return address_result(socket, socket.local);
}

SyscallResult Kernel::peer_address(Fd fd) const {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  const Socket& socket = sockets_[slot];
  if (socket.is_local()) return local_.peer_name(socket.local_id);
  const bool connected = socket.is_stream() ? socket.tcb.state != TcpState::closed &&
                                                  socket.tcb.state != TcpState::listen &&
                                                  socket.tcb.state != TcpState::syn_sent
                                            : socket.peer_set && socket.peer.port != 0;
  if (!connected) return SyscallResult::failure(Errno::enotconn);
  return address_result(socket, socket.peer);
}

SyscallResult Kernel::queue_size(Fd fd, bool incoming) const {
  const Slot slot = sockets_.find(fd);
  if (slot == no_slot) return SyscallResult::failure(Errno::ebadf);
  const Socket& socket = sockets_[slot];
  if (socket.is_local()) return local_.queue_size(socket.local_id, incoming);
  if (!socket.is_stream()) {
    if (!incoming || socket.datagrams.empty()) return SyscallResult::success(0);
    return SyscallResult::success(
        static_cast<std::int64_t>(socket.datagrams.front().payload.size()));
  }
  const Tcb& tcb = socket.tcb;
  if (tcb.state == TcpState::listen) return SyscallResult::failure(Errno::einval);
  if (incoming) return SyscallResult::success(readable_before_mark(tcb));
  if (!is_synchronized(tcb.state)) return SyscallResult::success(0);
  const bool fin_waits = fin_is_queued(tcb.state) && !fin_was_acknowledged(tcb);
  return SyscallResult::success(std::int64_t{tcb.send_buffer.size()} + (fin_waits ? 1 : 0));
}

}  // namespace lockstep
