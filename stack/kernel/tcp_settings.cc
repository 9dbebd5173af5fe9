#include "stack/kernel/tcp_settings.h"

#include <algorithm>

namespace lockstep {
namespace {

// Rounded up: a timer never fires before its time.
std::uint32_t ticks_of(std::uint64_t milliseconds, const HostConfig& config) {
  const std::uint64_t tick = std::max(config.tick_ms, 1u);
  return static_cast<std::uint32_t>((milliseconds + tick - 1) / tick);
}

std::uint32_t ticks_of_seconds(std::int32_t seconds, const HostConfig& config) {
  return ticks_of(static_cast<std::uint64_t>(seconds) * 1000, config);
}

}  // namespace

TcpSettings tcp_settings(const Socket& socket, const HostConfig& config) {
  const SocketOptions& options = socket.options;
  TcpSettings settings;
  settings.ttl = socket.ttl(socket.peer.ip.family);
  settings.no_delay = options.no_delay;
  settings.cork = options.cork;
  settings.urgent_inline = options.out_of_band_inline;
  settings.keepalive = options.keepalive;
  settings.keepalive_count = static_cast<std::uint8_t>(options.keepalive_count);
  settings.max_segment = static_cast<std::uint16_t>(options.max_segment);
  settings.send_capacity = static_cast<std::uint32_t>(options.send_buffer / 2);
  settings.receive_capacity = static_cast<std::uint32_t>(options.receive_buffer / 2);
  settings.keepalive_idle = ticks_of_seconds(options.keepalive_idle_seconds, config);
  settings.keepalive_interval = ticks_of_seconds(options.keepalive_interval_seconds, config);
  settings.user_timeout = ticks_of(static_cast<std::uint64_t>(options.user_timeout_ms), config);
  const std::int32_t linger2 = options.linger2_seconds;
  settings.linger2 =
      linger2 < 0 ? -1 : static_cast<std::int32_t>(ticks_of_seconds(linger2, config));
  return settings;
}

}  // namespace lockstep
