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
  std::uint32_t syn_retransmit_max = 0;          // The same for SYN and SYN-ACK; 0: as above.
  std::uint32_t orphan_retransmit_max = 0;       // And for closed sockets; 0: as above.
  std::uint32_t delayed_ack_ticks = 1;           // How late an ACK may be; 0: never late.
  std::uint32_t time_wait_ticks = 600;           // 2 MSL.
  std::uint32_t fin_wait_2_ticks = 600;          // Of a socket that was closed (orphan).
  bool abort_on_overflow = false;                // A full accept queue answers with a RST.
  std::uint32_t initial_sequence = 0x01000000;   // Where the host's ISNs start.
  // RFC 6528: with a secret, an ISN is a hash of the connection's ends that moves with time, by
  // 250 a millisecond; 0: ISNs are counted from initial_sequence, a step a connection.
  std::uint64_t isn_secret = 0;
  // Restarts before this one. Each moves all ISNs far away, so that a restarted host does not take
  // up the numbers of connections that its peers still remember.
  std::uint32_t boot_count = 0;

  friend bool operator==(const HostConfig&, const HostConfig&) = default;
};

}  // namespace lockstep
