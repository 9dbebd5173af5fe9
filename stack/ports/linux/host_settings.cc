#include "stack/ports/linux/host_settings.h"

#include <algorithm>

#include "stack/ports/linux/pace.h"
#include "stack/ports/linux/sysctl.h"

namespace lockstep::live {
namespace {

constexpr std::uint16_t privileged_ports_end = 1024;

struct FixedSetting {
  std::string_view name;
  std::string_view value;
  bool optional = false;  // Kernels without it behave so anyway, or nearly.
};

// Nothing but calls, packets and timers may decide what the kernel does: no limit on a rate, no
// memory of earlier connections, no guess from measured times.
constexpr FixedSetting fixed_settings[] = {
    {"ipv4/tcp_congestion_control", "reno"},
    {"ipv4/tcp_timestamps", "0"},
    {"ipv4/tcp_syncookies", "0"},  // With a small backlog they drop final ACKs silently.
    {"ipv4/tcp_no_metrics_save", "1"},
    {"ipv4/tcp_early_retrans", "0"},
    {"ipv4/tcp_recovery", "0"},
    {"ipv4/tcp_autocorking", "0"},
    {"ipv4/tcp_moderate_rcvbuf", "0"},
    {"ipv4/tcp_ecn", "0"},
    {"ipv4/tcp_fastopen", "0"},
    {"ipv4/tcp_invalid_ratelimit", "0"},
    {"ipv4/tcp_challenge_ack_limit", "2147483647"},
    {"ipv4/tcp_tw_reuse", "0"},
    {"ipv4/tcp_min_tso_segs", "1"},
    {"ipv4/tcp_tso_win_divisor",
     "255"},  // Else it may wait, by measured times, to send more at once.
    {"ipv4/tcp_max_syn_backlog", "4096"},
    {"ipv4/tcp_syn_linear_timeouts", "0", true},
    {"ipv4/icmp_ratelimit", "0"},
    {"ipv4/icmp_msgs_per_sec", "1000000"},
    {"ipv4/icmp_msgs_burst", "1000000"},
    {"ipv4/ip_unprivileged_port_start", "1024"},
    {"ipv4/conf/all/rp_filter", "0"},
    {"ipv4/conf/default/rp_filter", "0"},
    {"ipv6/icmp/ratelimit", "0"},
    {"ipv6/auto_flowlabels", "0"},
    {"ipv6/conf/all/disable_ipv6", "0"},
    {"ipv6/conf/default/disable_ipv6", "0"},
    {"ipv6/conf/default/addr_gen_mode", "1"},  // No address, and no packet, of the kernel's own.
    {"ipv6/conf/default/accept_ra", "0"},
    {"ipv6/conf/default/router_solicitations", "0"},
    {"core/txrehash", "0", true},
    {"unix/max_dgram_qlen", "10"},
};

absl::Status write_setting(std::string_view name, std::string_view value) {
  return write_sysctl("net/" + std::string(name), value);
}

std::string text(std::uint64_t number) { return std::to_string(number); }

// The kernel counts what its buffers take, headers of its own included, and so doubles what a
// program asks for (socket(7)); a host's configuration is what a program would ask for.
std::string buffer_range(std::uint32_t asked) {
  const std::string size = text(std::max<std::uint64_t>(2 * std::uint64_t{asked}, 4608));
  return "4096 " + size + " " + size;
}

}  // namespace

std::vector<KernelSetting> settings_of(const HostConfig& config) {
  const std::uint32_t retries = std::clamp(config.retransmit_max, 1u, 127u);
  // The kernel picks no port that needs a privilege.
  const std::uint16_t first = std::max(config.ephemeral_first, privileged_ports_end);
  const std::uint16_t last = std::max(config.ephemeral_last, first);
  return {
      {"ipv4/ip_local_port_range", text(first) + " " + text(last)},
      {"core/somaxconn", text(std::min<std::uint32_t>(config.default_backlog, 0x7fffffff))},
      {"ipv4/tcp_rmem", buffer_range(config.receive_buffer)},
      {"ipv4/tcp_wmem", buffer_range(config.send_buffer)},
      {"ipv4/tcp_syn_retries", text(retries)},
      {"ipv4/tcp_synack_retries", text(retries)},
      {"ipv4/tcp_rto_min_us", text(rto_min_us(config))},
      {"ipv4/tcp_retries2", text(retries2(config))},
      {"ipv4/tcp_orphan_retries", text(std::max(retries2(config), 1u))},
  };
}

absl::Status apply_fixed_settings() {
  for (const FixedSetting& setting : fixed_settings) {
    absl::Status status = write_setting(setting.name, setting.value);
    if (!status.ok() && !setting.optional) return status;
  }
  return absl::OkStatus();
}

absl::Status apply_settings(const std::vector<KernelSetting>& present,
                            const std::vector<KernelSetting>& wanted) {
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (i < present.size() && present[i] == wanted[i]) continue;
    absl::Status status = write_setting(wanted[i].name, wanted[i].value);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::Status flush_learned_paths() {
  absl::Status status = write_setting("ipv4/route/flush", "1");
  if (status.ok()) status = write_setting("ipv6/route/flush", "1");
  return status;
}

}  // namespace lockstep::live
