// KernelHost: a network stack of the kernel as one host of a world: a namespace whose only link is
// a TUN device, and what is needed to look into it. Making one takes about 0.5 ms; so hosts are
// kept and used again.
#pragma once

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "stack/api/host_config.h"
#include "stack/ports/linux/host_settings.h"
#include "stack/ports/linux/links.h"
#include "stack/ports/linux/loopback_capture.h"
#include "stack/ports/linux/namespace.h"
#include "stack/ports/linux/sock_diag.h"
#include "stack/ports/linux/tun.h"

namespace lockstep::live {

class KernelHost {
 public:
  // An error says what the machine lacks.
  static absl::StatusOr<std::unique_ptr<KernelHost>> make();

  // Gives the host these addresses and settings. Changes only what differs from the present ones.
  void configure(const HostConfig& config);
  // Forgets what ICMP errors taught about paths.
  void flush_learned_paths();

  const NetworkNamespace& space() const { return space_; }
  Tun& tun() { return tun_; }
  LoopbackCapture& loopback() { return loopback_; }
  SockDiag& diag() { return diag_; }

 private:
  KernelHost() = default;
  absl::Status set_up();
  void set_mtus(const HostConfig& config);
  void set_addresses(const std::vector<IpAddress>& addresses);

  NetworkNamespace space_;
  Tun tun_;
  Links links_;
  LoopbackCapture loopback_;
  SockDiag diag_;

  std::vector<KernelSetting> settings_;
  std::vector<IpAddress> addresses_;
  std::uint32_t mtu_ = 1500;
  std::uint32_t loopback_mtu_ = 65536;
};

// Hosts that no port uses at the moment, of this process.
class HostPool {
 public:
  static absl::StatusOr<std::unique_ptr<KernelHost>> take();
  static void give_back(std::unique_ptr<KernelHost> host);
};

}  // namespace lockstep::live
