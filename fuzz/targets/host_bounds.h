// What a host may hold and send whatever it is told, and that it holds nothing in the end.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fuzz/targets/target_check.h"
#include "stack/kernel/kernel.h"

namespace lockstep {

inline constexpr std::size_t buffer_option_most = 212992;  // Of SO_RCVBUF and SO_SNDBUF.
inline constexpr std::size_t least_segment = 48;           // On links that carry as much.

inline void check_socket_bounds(const Socket& socket, const HostConfig& config) {
  const std::size_t receive_most = std::max<std::size_t>(config.receive_buffer, buffer_option_most);
  const std::size_t send_most = std::max<std::size_t>(config.send_buffer, buffer_option_most);
  const std::size_t scale_unit = std::size_t{1} << max_window_scale;
  TARGET_CHECK(socket.tcb.received.size() <= receive_most + scale_unit);
  TARGET_CHECK(socket.tcb.rcv_wnd() <= receive_most + scale_unit);
  TARGET_CHECK(socket.tcb.send_buffer.size() <= send_most);
  TARGET_CHECK(socket.tcb.out_of_order.range_count() <= Reassembly::max_ranges);
  TARGET_CHECK(socket.accept_queue.size() <= config.default_backlog + 1);
  TARGET_CHECK(socket.handshakes.size() <= config.default_backlog + 1);
  const std::size_t datagram_bytes =
      socket.datagrams.payload_size() + socket.datagrams.size() * DatagramQueue::overhead;
  TARGET_CHECK(socket.datagrams.size() <= 1 || datagram_bytes <= receive_most);
}

// Invariants, and the bounds of every queue. Sockets without a descriptor are as many as steps
// made.
inline void check_host(const Kernel& host, std::size_t steps) {
  host.check_invariants();
  std::size_t sockets = 0;
  host.for_each_socket([&](const Socket& socket) {
    ++sockets;
    check_socket_bounds(socket, host.config());
  });
  TARGET_CHECK(sockets <= host.config().max_sockets + steps + 1);
}

// What one call, packet or tick may send: each byte that is buffered once, in segments of the least
// size, and a few answers for each socket; and as often as packets for the host itself may arrive.
inline std::size_t packets_most(const Kernel& host) {
  std::size_t most = 2 * 4096 + 64;
  host.for_each_socket([&](const Socket& socket) {
    most += 64 + 2 * socket.tcb.send_buffer.size() / least_segment;
  });
  return most;
}

// Closes every descriptor and waits, hearing nothing of anybody: no socket and no port is left.
inline void check_nothing_is_left(Kernel& host) {
  const auto descriptors = static_cast<std::int32_t>(host.config().max_sockets);
  for (std::int32_t fd = first_descriptor; fd < first_descriptor + descriptors; ++fd) {
    host.close(Fd{fd});
  }
  std::vector<WireEvent> events;
  host.egress(events);
  for (int i = 0; i < 3; ++i) {
    host.tick(0x7fffffff);
    events.clear();
    host.egress(events);
  }
  host.check_invariants();
  std::size_t left = 0;
  host.for_each_socket([&](const Socket&) { ++left; });
  TARGET_CHECK(left == 0);
  for (const auto& [domain, family] :
       {std::pair{Domain::inet, IpFamily::v4}, std::pair{Domain::inet6, IpFamily::v6}}) {
    for (const auto port : std::to_array<std::uint16_t>({80, 81, 1, 49152, 49153})) {
      if (host.config().unprivileged && port < 1024) continue;
      for (Type type : {Type::stream, Type::dgram}) {
        const Fd fd{static_cast<std::int32_t>(host.open(domain, type).value)};
        TARGET_CHECK(host.bind(fd, Endpoint{IpAddress::any(family), port}).ok());
        TARGET_CHECK(type != Type::stream || host.listen(fd, 1).ok());
        host.close(fd);
      }
    }
  }
}

}  // namespace lockstep
