// TcpSettings: what the application and the host's configuration ask of one connection (socket(7),
// tcp(7)), in the connection's own units: bytes and ticks.
#pragma once

#include <cstdint>

namespace lockstep {

struct TcpSettings {
  std::uint8_t ttl = 64;             // Or hop limit.
  bool no_delay = false;             // TCP_NODELAY: Nagle's algorithm is off.
  bool cork = false;                 // TCP_CORK: a segment that is not full waits.
  bool urgent_inline = false;        // SO_OOBINLINE.
  bool keepalive = false;            // SO_KEEPALIVE.
  std::uint8_t keepalive_count = 9;  // Probes without an answer before the connection is given up.
  std::uint16_t max_segment = 0;     // TCP_MAXSEG; 0: what the link carries.
  std::uint32_t send_capacity = 0;
  std::uint32_t receive_capacity = 0;
  std::uint32_t keepalive_idle = 0;      // Ticks of silence before the first probe.
  std::uint32_t keepalive_interval = 0;  // Ticks between probes.
  std::uint32_t user_timeout = 0;  // TCP_USER_TIMEOUT, in ticks; 0: retransmissions are counted.
  std::int32_t linger2 = 0;        // TCP_LINGER2, in ticks; 0: the host's; below: no FIN-WAIT-2.

  friend bool operator==(const TcpSettings&, const TcpSettings&) = default;
};

}  // namespace lockstep
