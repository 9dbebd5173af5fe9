// SocketModel: what the oracle knows of one socket (an open file description), whatever its
// protocol. The protocol's own knowledge is kept by TcpModel and UdpModel under the same SocketId.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/spec/payload.h"
#include "stack/api/syscall.h"

namespace lockstep::oracle {

// Names a socket of one host for the whole scenario; never reused. Children of a listener that no
// accept has returned yet have ids too.
using SocketId = std::uint32_t;

// Of AF_INET or AF_INET6 only.
inline IpFamily family_of(Domain domain) {
  return domain == Domain::inet6 ? IpFamily::v6 : IpFamily::v4;
}

struct SocketModel {
  SocketId id = 0;
  Domain domain = Domain::inet;
  Type type = Type::stream;
  // 0: closed by the application (an orphan), or a child that nobody accepted.
  std::uint16_t descriptors = 1;
  bool reuse_address = false;
  bool reuse_port = false;
  bool broadcast = false;
  bool v6_only = false;
  bool oob_inline = false;
  bool linger_on = false;
  std::int32_t linger_seconds = 0;
  // As set by the options of these names; 0 while they were never set.
  std::int32_t receive_buffer = 0;     // bytes, as asked for within the bounds of socket(7)
  std::int32_t send_buffer = 0;        // bytes, likewise
  std::int32_t receive_low_water = 0;  // bytes
  std::int32_t user_timeout_ms = 0;
  bool all_errors_asked = false;     // IP_RECVERR.
  bool path_mtu_set = false;         // IP_MTU_DISCOVER was set.
  std::int32_t linger2_seconds = 0;  // TCP_LINGER2; 0: as the host is configured.
  std::int32_t max_segment = 0;      // bytes
  bool keepalive = false;
  bool bound = false;           // It has a local port.
  bool maybe_bound = false;     // A failed call may have chosen a port. Not while bound.
  bool address_chosen = false;  // bind() named the address (so a disconnect does not drop it).
  bool port_chosen = false;     // bind() named the port.
  // bind() named ::ffff:0.0.0.0, so that the socket is one of IPv4 for good.
  bool mapped_wildcard = false;
  bool local_known = true;  // False while the kernel chose a port or address not yet seen.
  Endpoint local;           // As on the wire: an IPv4-mapped address stands as IPv4.
};

// Who holds a local port, for the bind rules. `maybe` holders may or may not be there (a connection
// whose end cannot be seen): a conflict with one makes both outcomes allowed.
struct PortHolder {
  SocketId socket = 0;
  Type type = Type::stream;
  Endpoint local;
  bool reuse_address = false;
  bool reuse_port = false;
  bool listening = false;
  bool waiting = false;  // A connection in TIME-WAIT.
  bool maybe = false;
  bool v6_only = false;  // Matters for a socket bound to ::.
  // An IPv6 address that a connection put in place of a dual-stack ::. Linux goes on to weigh such
  // a socket against IPv4 wildcards.
  bool was_dual = false;
  // A wildcard that connect replaced by an address not seen yet.
  bool source_unseen = false;
  bool maybe_wildcard = false;         // The address may be back at the wildcard.
  bool reuse_address_cleared = false;  // The flag was set at the bind and is not any more.
  bool reuse_port_cleared = false;
};

}  // namespace lockstep::oracle
