// The kernel's settings for a host: those that are the same for all hosts, and those that come from
// a HostConfig. Names are below /proc/sys/net.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "stack/api/host_config.h"

namespace lockstep::live {

struct KernelSetting {
  std::string_view name;
  std::string value;

  friend bool operator==(const KernelSetting&, const KernelSetting&) = default;
};

// Always the same names in the same order.
std::vector<KernelSetting> settings_of(const HostConfig& config);

// In the current namespace, before there is any link but `lo`.
absl::Status apply_fixed_settings();
// Those of `wanted` that differ from `present`, which may be empty.
absl::Status apply_settings(const std::vector<KernelSetting>& present,
                            const std::vector<KernelSetting>& wanted);
// Forgets what ICMP errors taught about paths.
absl::Status flush_learned_paths();

}  // namespace lockstep::live
