// Kernel: one host's network stack. It owns the sockets, the descriptors, the ports, the AF_UNIX
// names and the packets that wait to leave; it does not route between hosts (stack/fabric does). A
// value: it can be copied, compared and hashed, and nothing in it points outside. Time is ticks;
// nothing happens between two calls. Errors of the calls are Linux's (the section 2 man pages,
// tcp(7), udp(7), unix(7)).
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/kernel/connection_table.h"
#include "stack/kernel/icmp_meaning.h"
#include "stack/kernel/path_mtu.h"
#include "stack/kernel/port_table.h"
#include "stack/kernel/socket.h"
#include "stack/kernel/socket_table.h"
#include "stack/kernel/timer_queue.h"
#include "stack/local/local_sockets.h"
#include "stack/tcp/io.h"
#include "stack/wire/packet.h"
#include "stack/wire/quote.h"
#include "stack/wire/wire_event.h"

namespace lockstep {

// An effect: the registration `token` is due, for these poll bits. The registration is disarmed.
struct Wake {
  std::uint64_t token = 0;
  PollEvents events = 0;

  friend bool operator==(const Wake&, const Wake&) = default;
};

// Sockets that were closed and have something left to do, TIME-WAIT included: those past this many
// are given up at once (tcp(7), tcp_max_orphans and tcp_max_tw_buckets).
inline constexpr std::uint32_t orphans_max = 16384;

class Kernel {
 public:
  explicit Kernel(const HostConfig& config = HostConfig());

  // As new with this configuration; storage is kept.
  void reset(const HostConfig& config);

  const HostConfig& config() const { return config_; }
  // One more local address; without effect when it is there already.
  void add_address(const IpAddress& address);
  // Loopback addresses are local always.
  bool is_local(const IpAddress& address) const;

  // ---- The api face. call() does any of them; the others are the same calls by name. ----
  SyscallResult call(const Syscall& syscall);

  SyscallResult open(Domain domain, Type type);
  SyscallResult close(Fd fd);
  SyscallResult dup(Fd fd);
  // Two AF_UNIX sockets, each the other's peer (socketpair(2)). EMFILE.
  std::expected<std::pair<Fd, Fd>, Errno> socketpair(Type type);
  // Removes the file that bind made of a path; the socket keeps its name (unlink(2)).
  Errno unlink(const UnixPath& path) { return local_.unlink(path); }
  SyscallResult bind(Fd fd, const SocketAddress& address);
  SyscallResult listen(Fd fd, std::int32_t backlog);
  SyscallResult accept(Fd fd);
  SyscallResult connect(Fd fd, const SocketAddress& address);
  SyscallResult send(Fd fd, std::span<const std::byte> data, MsgFlags flags = 0);
  SyscallResult sendto(Fd fd, std::span<const std::byte> data, MsgFlags flags,
                       const SocketAddress& address);
  SyscallResult recv(Fd fd, std::span<std::byte> buffer, MsgFlags flags = 0);
  SyscallResult recvfrom(Fd fd, std::span<std::byte> buffer, MsgFlags flags = 0);
  SyscallResult peek(Fd fd, std::span<std::byte> buffer) { return recv(fd, buffer, msg_peek); }
  SyscallResult peek_from(Fd fd, std::span<std::byte> buffer) {
    return recvfrom(fd, buffer, msg_peek);
  }
  SyscallResult shutdown(Fd fd, ShutdownHow how);
  SyscallResult local_address(Fd fd) const;
  SyscallResult peer_address(Fd fd) const;
  SyscallResult set_option(Fd fd, OptionName option, OptionValue value);
  SyscallResult get_option(Fd fd, OptionName option);
  // Revents: `events` and the bits that are always told (ERR, HUP, NVAL).
  PollEvents poll(Fd fd, PollEvents events) const;

  // Arms a registration: when one of `mask` (or ERR, HUP) next happens, or at once if it is so
  // already, a Wake with `token` is due. The same token again changes the mask. Several per socket.
  SyscallResult watch(Fd fd, PollEvents mask, std::uint64_t token);
  SyscallResult unwatch(Fd fd, std::uint64_t token);
  // Appends the wakes due since the last call, in the order in which they came about. None of a
  // registration that has been removed since or whose socket was closed; one of one that was armed
  // again only if it is due again.
  void take_wakes(std::vector<Wake>& out);

  // Every socket in insertion order, those without a descriptor included.
  template <typename Visit>
  void for_each_socket(Visit&& visit) const {
    for (Slot slot = sockets_.first(); slot != no_slot; slot = sockets_.next(slot)) {
      visit(sockets_[slot]);
    }
  }
  // The socket behind a descriptor, or null.
  const Socket* find_socket(Fd fd) const;
  // The AF_UNIX sockets, by the local_id of a Socket.
  const LocalSockets& local_sockets() const { return local_; }

  // ---- The wire face. ----

  // A packet comes in from another host.
  void deliver(const Packet& packet);
  // Lets `ticks` ticks pass; timers fire in the order of their deadlines, and what they send to
  // this host itself arrives before the next deadline.
  void tick(std::uint32_t ticks);
  // Appends what happened on the wire since the last call. Packets for this host itself arrive
  // here, at most 256 rounds and 4,096 packets of them; the rest waits for the next call.
  void egress(std::vector<WireEvent>& out);

  // Equality and hash of everything that decides future behaviour; absolute time does not, but with
  // HostConfig::isn_secret.
  friend bool operator==(const Kernel& a, const Kernel& b);
  // Another seed gives another hash, as if of another function.
  std::uint64_t stable_hash(std::uint64_t seed = 0) const;
  // CHECKs every connection and table.
  void check_invariants() const;

 private:
  struct DueWake {
    Slot slot = no_slot;
    Wake wake;

    friend bool operator==(const DueWake&, const DueWake&) = default;
  };
  struct Route {
    IpAddress source;
    IpAddress destination;
    std::uint32_t mtu = 0;       // Of the path, as far as it is known.
    std::uint32_t link_mtu = 0;  // Of the first link.
    bool broadcast = false;
  };
  struct EndpointArgument {
    Errno error = Errno::ok;
    Endpoint endpoint;
  };

  // route.cc
  std::expected<Route, Errno> route(IpAddress bound, IpAddress destination) const;
  IpAddress source_for(const IpAddress& destination) const;
  std::uint16_t mss_for(const Route& route) const;
  bool has_address_of(IpFamily family) const;
  bool is_configured(const IpAddress& address) const;

  // ports.cc
  PortKey key_of(const Socket& socket) const;
  void claim_port(Slot slot, const Endpoint& local, bool chosen_by_connect);
  void release_port(Slot slot);
  void change_claim(Slot slot, const PortClaim& claim);
  void move_local_ip(Slot slot, const IpAddress& ip);
  void become_receiver(Slot slot);
  void stop_receiving(Slot slot);
  std::uint16_t choose_free_port(Type type, const IpAddress& ip, const PortClaim& claim);
  bool bind_any_port(Slot slot, const IpAddress& ip);
  std::uint16_t choose_port_for_connection(const FourTuple& tuple);
  void join_connections(Slot slot, const FourTuple& tuple);
  void leave_connections(Slot slot);
  void destroy(Slot slot);

  // calls
  SyscallResult bind_free(Slot slot, const Endpoint& local, bool lock_address);
  static EndpointArgument endpoint_argument(const Socket& socket, const SocketAddress& address);
  SyscallResult connect_stream(Slot slot, const SocketAddress& address);
  SyscallResult connect_datagram(Slot slot, const SocketAddress& address);
  SyscallResult start_connection(Slot slot, const Endpoint& peer);
  SyscallResult after_connect(Slot slot, Errno pending);
  void disconnect_stream(Slot slot);
  void disconnect_datagram(Slot slot);
  void stop_listening(Slot slot);
  SyscallResult send_stream(Slot slot, std::span<const std::byte> data, MsgFlags flags);
  struct DatagramTarget {
    Errno error = Errno::ok;
    Endpoint to;
  };
  DatagramTarget target_of(const Socket& socket, std::size_t size, MsgFlags flags,
                           const SocketAddress& address) const;
  void fail_locally(Slot slot, IpFamily to);
  SyscallResult send_datagram(Slot slot, std::span<const std::byte> data, MsgFlags flags,
                              const SocketAddress& address);
  SyscallResult recv_any(Fd fd, std::span<std::byte> buffer, MsgFlags flags, bool with_source);
  struct Readable {
    std::uint32_t skipped = 0;  // The urgent byte, where the stream stands at it.
    std::size_t count = 0;
  };
  static Readable readable(const Tcb& tcb, std::size_t wanted);
  SyscallResult recv_urgent(Slot slot, std::span<std::byte> buffer, MsgFlags flags);
  SyscallResult recv_stream(Slot slot, std::span<std::byte> buffer, MsgFlags flags);
  SyscallResult recv_datagram(Slot slot, std::span<std::byte> buffer, MsgFlags flags,
                              bool with_source);
  void close_stream(Slot slot);
  void close_last(Slot slot);
  SyscallResult queue_size(Fd fd, bool incoming) const;

  // local_calls.cc
  SyscallResult open_local(Type type);
  void close_local(Slot slot);
  SyscallResult connect_local(Slot slot, const SocketAddress& address);
  SyscallResult accept_local(Slot slot);
  SyscallResult send_local(Slot slot, std::span<const std::byte> data, MsgFlags flags,
                           const SocketAddress& address);
  SyscallResult recv_local(Slot slot, std::span<std::byte> buffer, MsgFlags flags,
                           bool with_source);
  SyscallResult shutdown_local(Slot slot, ShutdownHow how);
  Fd create_local(Type type);
  void notify_local();

  // deliver.cc, connections.cc, icmp.cc
  void arrive(const Packet& packet);
  void arrive_tcp(const Packet& packet, const TcpSegment& segment);
  void arrive_at_listener(Slot slot, const Packet& packet, const TcpSegment& segment,
                          std::optional<SequenceNumber> iss);
  Slot find_receiver(Type type, const FourTuple& tuple) const;
  Slot choose_receiver(const std::vector<Slot>* receivers, const FourTuple& tuple) const;
  void arrive_udp(const Packet& packet, const UdpDatagram& datagram);
  void arrive_broadcast(const FourTuple& tuple, const UdpDatagram& datagram);
  Slot find_connected_datagram(FourTuple tuple) const;
  void queue_datagram(Slot slot, const Endpoint& source, const UdpDatagram& datagram);
  void refuse_datagram(const Packet& packet);
  void arrive_icmp(const Packet& packet, const IcmpMessage& icmp);
  void icmp_for_datagrams(const Quote& quote, const IcmpMessage& icmp, const IcmpMeaning& meaning);
  void icmp_for_connection(const Quote& quote, const IcmpMessage& icmp, const IcmpMeaning& meaning);
  void learn_path_mtu(const IpAddress& destination, std::uint32_t mtu);
  TcpIo io_for(Socket& socket);
  void after_transition(Slot slot, const TcpIo& io, TcpState before);
  void child_established(Slot slot);
  void connection_closed(Slot slot, Errno error, TcpState before);
  void split_time_wait(Slot slot);
  void reset_unaccepted(Slot slot);
  SequenceNumber next_iss(const FourTuple& tuple);
  void schedule(Slot slot);

  // readiness.cc
  PollEvents poll_stream(const Socket& socket) const;
  PollEvents poll_datagram(const Socket& socket) const;
  PollEvents ready(const Socket& socket) const;
  // Wakes what waits for something that has become so. Called after every change that can make a
  // socket ready.
  void notify(Slot slot);
  void forget_wakes(Slot slot, std::uint64_t token);

  // Whether one of the packets reported now is for this host itself.
  bool announce(std::vector<WireEvent>& out);
  void fold_loopback(std::vector<WireEvent>& out);
  Kernel rebased() const;

  HostConfig config_;
  SocketTable sockets_;
  PortTable ports_;
  ConnectionTable connections_;
  TimerQueue timers_;
  PathMtuTable path_mtus_;
  LocalSockets local_;
  LocalEvents local_events_;  // Of the call under way; empty between calls.
  std::vector<Packet> outbound_;
  std::size_t announced_ = 0;        // Packets of outbound_ that egress has reported as left.
  std::vector<WireEvent> happened_;  // In tick(); the next egress gives it out.
  std::vector<DueWake> wakes_;
  std::uint32_t orphans_ = 0;  // Sockets that were closed and are not gone. Derived from the rest.
  std::uint64_t now_ticks_ = 0;
  std::uint32_t challenge_acks_left_ = challenge_acks_per_tick;
  std::uint32_t next_iss_ = 0;
  std::uint32_t next_port_[2] = {0, 0};  // Offsets into the ephemeral range: UDP, TCP.
};

// Errno of a pending error, taken: one error, one consumer.
Errno take_error(Socket& socket);
// What of a socket's options its AF_UNIX side goes by.
LocalSockets::Settings local_settings(const SocketOptions& options);

}  // namespace lockstep
