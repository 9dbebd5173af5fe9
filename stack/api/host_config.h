// HostConfig: everything that a host line of a scenario can set about one host's stack. Times are
// in ticks, sizes in bytes. Defaults are those of turmoil-net 0.1.0 where it has the setting.
#pragma once

#include <cstdint>
#include <vector>

#include "stack/api/address.h"

namespace lockstep {

struct HostConfig {
  // Beside the implicit 127.0.0.0/8 and ::1. No duplicates.
  std::vector<IpAddress> addresses;

  std::uint32_t mtu = 1500;
  std::uint32_t loopback_mtu = 65536;
  std::uint32_t send_buffer = 64 * 1024;
  std::uint32_t receive_buffer = 64 * 1024;
  std::uint32_t default_backlog = 1024;  // The cap on listen's backlog (somaxconn).
  std::uint16_t ephemeral_first = 49152;
  std::uint16_t ephemeral_last = 65535;
  std::uint32_t max_sockets = 1024;  // Descriptors; past it EMFILE.
  bool unprivileged = false;         // bind below port 1024 answers EACCES.

  std::uint32_t tick_ms = 100;                   // Protocol time of one tick.
  std::uint32_t retransmit_threshold_ticks = 3;  // First retransmission timeout; doubles.
  std::uint32_t retransmit_max = 5;              // Retransmissions before ETIMEDOUT.
  std::uint32_t time_wait_ticks = 600;           // 2 MSL.
  std::uint32_t fin_wait_2_ticks = 600;          // Of a socket that was closed (orphan).
  std::uint32_t initial_sequence = 0x01000000;   // Where the host's ISNs start.

  friend bool operator==(const HostConfig&, const HostConfig&) = default;
};

}  // namespace lockstep
