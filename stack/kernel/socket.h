// Socket: one open socket of a host, or a connection that no descriptor refers to (not yet
// accepted, or closed and still finishing). A plain value; `Slot`s name sockets, never pointers.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/api/address.h"
#include "stack/api/error_number.h"
#include "stack/api/options.h"
#include "stack/api/ring.h"
#include "stack/api/socket_types.h"
#include "stack/local/local_socket.h"
#include "stack/tcp/tcb.h"
#include "stack/udp/datagram_queue.h"

namespace lockstep {

// The number of a socket inside its host's table; reused after the socket is gone.
using Slot = std::uint32_t;
inline constexpr Slot no_slot = 0xffffffff;

// Option values in the options' own units. Buffer sizes are as getsockopt shows them: twice the
// bytes that the application's data may occupy (socket(7)).
struct SocketOptions {
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;
  bool keepalive = false;
  bool out_of_band_inline = false;
  bool no_delay = false;
  bool cork = false;
  bool receive_errors = false;
  bool v6_only = false;
  OptionValue linger;
  std::int32_t receive_buffer = 0;
  std::int32_t send_buffer = 0;
  std::int32_t receive_low_water = 1;
  std::int32_t max_segment = 0;
  std::int32_t keepalive_idle_seconds = 7200;
  std::int32_t keepalive_interval_seconds = 75;
  std::int32_t keepalive_count = 9;
  std::int32_t user_timeout_ms = 0;
  std::int32_t linger2_seconds = 0;  // 0: the host's fin_wait_2_ticks; -1: no FIN-WAIT-2.
  std::int32_t ttl = 64;
  std::int32_t unicast_hops = 64;
  // IP_PMTUDISC_DO: a host here never fragments. TCP says _WANT and cuts its segments.
  std::int32_t mtu_discover = 2;

  friend bool operator==(const SocketOptions&, const SocketOptions&) = default;
};

// How far a stream socket got with connect(2). Not told by the connection's state: a connection may
// fail before the application has asked.
enum class ConnectPhase : std::uint8_t { unconnected, connecting, connected, disconnecting };

// What a socket counts as in the port table (bind_conflicts.h).
struct PortClaim {
  bool held = false;
  bool reuse_address = false;
  bool reuse_port = false;
  bool listening = false;
  bool chosen_by_connect = false;
  bool dual = false;  // Of an IPv6 socket without IPV6_V6ONLY.

  friend bool operator==(const PortClaim&, const PortClaim&) = default;
};

// One registration for readiness. It is state; the callback that `token` stands for is not.
struct Waker {
  std::uint64_t token = 0;
  PollEvents mask = 0;
  bool armed = false;

  friend bool operator==(const Waker&, const Waker&) = default;
};

struct Socket {
  Domain domain = Domain::inet;
  Type type = Type::stream;
  bool live = false;
  ConnectPhase phase = ConnectPhase::unconnected;
  // Directions that are shut, by the application, by the peer's FIN or by the connection's end.
  bool shut_read = false;
  bool shut_write = false;
  bool end_of_stream = false;   // The peer's FIN came: recv answers 0 before any error.
  bool port_locked = false;     // The application named the port: it outlives the connection.
  bool address_locked = false;  // Likewise the address.
  bool peer_set = false;        // A datagram socket is connected.
  bool is_receiver = false;     // Listed in the port table as one that takes unconnected traffic.
  bool in_connections = false;  // Listed in the connection table.
  bool accepted = true;         // False for a connection that waits in a listener's queues.
  Errno pending_error = Errno::ok;
  Errno soft_error = Errno::ok;
  bool error_queued =
      false;  // Something waits in the error queue (IP_RECVERR), which no call reads.
  Fd fd;      // The first descriptor; -1 when there is none.
  std::uint32_t descriptors = 0;
  LocalId local_id = no_local;  // Of an AF_UNIX socket: its number in LocalSockets, which has all.
  Endpoint local;
  Endpoint peer;
  // Of an IPv6 datagram socket that was disconnected: it goes on to hear no other of IPv6 (Linux's
  // udp_disconnect leaves sk_v6_daddr). The wildcard of IPv6: none.
  IpAddress former_peer = IpAddress::any(IpFamily::v6);
  PortClaim claim;
  SocketOptions options;

  // Of a stream socket without a connection: how large the segments of its last one were.
  std::uint16_t last_segment_size = default_mss_v4;
  Tcb tcb;
  DatagramQueue datagrams;

  // Of a listener: connections that may be accepted, and those still in the handshake.
  std::uint32_t backlog = 0;
  Ring<Slot> accept_queue;
  Ring<Slot> handshakes;
  Slot listener = no_slot;  // Of a connection not yet accepted.

  std::vector<Waker> wakers;

  // Upkeep of the tables; derived from the rest.
  std::uint32_t generation = 0;
  std::uint64_t timer_queued_at = 0;
  Slot previous = no_slot;
  Slot next = no_slot;

  bool is_local() const { return domain == Domain::local; }
  bool is_stream() const { return type == Type::stream; }
  bool is_listening() const { return tcb.state == TcpState::listen; }
  IpFamily family() const { return domain == Domain::inet ? IpFamily::v4 : IpFamily::v6; }
  bool has_port() const { return claim.held; }
  bool is_dual() const { return domain == Domain::inet6 && !options.v6_only; }
  // Where the port table lists it as a receiver: IPv6 sockets of both wildcards, :: and
  // ::ffff:0.0.0.0, stand in one row, in the order in which they were bound.
  IpAddress receiving_ip() const {
    const bool mapped_wildcard =
        domain == Domain::inet6 && local.ip == IpAddress::any(IpFamily::v4);
    return mapped_wildcard ? IpAddress::any(IpFamily::v6) : local.ip;
  }
  // Whether a receiver at `to`, or at the wildcard, takes what comes from `from`.
  bool takes_from(const IpAddress& from, const IpAddress& to) const;
  // Of packets to an address of this family.
  std::uint8_t ttl(IpFamily to) const {
    return static_cast<std::uint8_t>(to == IpFamily::v4 ? options.ttl : options.unicast_hops);
  }

  std::uint64_t hash(std::uint64_t seed, std::uint64_t now_ticks) const;
};

// No descriptor refers to it, and no listener: it only finishes what it has to do.
inline bool is_orphan(const Socket& socket) { return socket.descriptors == 0 && socket.accepted; }

// Equal in everything but upkeep.
bool operator==(const Socket& a, const Socket& b);

// Makes `socket` as new, but keeps the storage of its queues.
void clear(Socket& socket);

}  // namespace lockstep
