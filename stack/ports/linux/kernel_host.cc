#include "stack/ports/linux/kernel_host.h"

#include <algorithm>
#include <mutex>

#include "stack/ports/linux/first_timeout.h"
#include "stack/ports/linux/system_error.h"

namespace lockstep::live {
namespace {

// A settle may leave some thousand packets; a device drops silently past its queue.
constexpr std::uint32_t queue_packets = 8192;
constexpr std::uint32_t mtu_most = 65535;
constexpr std::uint32_t ipv6_mtu_least = 1280;  // RFC 8200 5.

bool has_family(const std::vector<IpAddress>& addresses, IpFamily family) {
  return std::ranges::any_of(addresses, [&](const IpAddress& a) { return a.family == family; });
}

}  // namespace

absl::StatusOr<std::unique_ptr<KernelHost>> KernelHost::make() {
  if (absl::Status status = shorten_first_timeout(); !status.ok()) return status;
  absl::StatusOr<NetworkNamespace> space = NetworkNamespace::make();
  if (!space.ok()) return space.status();
  std::unique_ptr<KernelHost> host(new KernelHost());
  host->space_ = *std::move(space);
  if (absl::Status status = host->set_up(); !status.ok()) return status;
  return host;
}

absl::Status KernelHost::set_up() {
  const NetworkNamespace::Inside inside(space_);
  if (absl::Status status = apply_fixed_settings(); !status.ok()) return status;
  absl::StatusOr<Tun> tun = Tun::open();
  if (!tun.ok()) return tun.status();
  tun_ = *std::move(tun);
  absl::StatusOr<Links> links = Links::open();
  if (!links.ok()) return links.status();
  links_ = *std::move(links);
  absl::StatusOr<SockDiag> diag = SockDiag::open();
  if (!diag.ok()) return diag.status();
  diag_ = *std::move(diag);
  absl::Status status = links_.forbid_batches(Links::loopback_index);
  if (status.ok()) status = links_.forbid_batches(tun_.index());
  if (status.ok()) status = links_.set_up(Links::loopback_index);
  if (status.ok()) status = links_.set_queue_length(tun_.index(), queue_packets);
  if (status.ok()) status = links_.set_up(tun_.index());
  const IpAddress loopback = IpAddress::loopback(IpFamily::v4);
  for (const std::uint8_t prefix : {std::uint8_t{8}, std::uint8_t{32}}) {
    if (!status.ok()) break;
    status = links_.hurry_local_route(Links::loopback_index, loopback, prefix);
  }
  if (status.ok()) {
    status =
        links_.hurry_local_route(Links::loopback_index, IpAddress::loopback(IpFamily::v6), 128);
  }
  if (!status.ok()) return status;
  absl::StatusOr<LoopbackCapture> capture = LoopbackCapture::open();
  if (!capture.ok()) return capture.status();
  loopback_ = *std::move(capture);
  return absl::OkStatus();
}

void KernelHost::configure(const HostConfig& config) {
  std::vector<KernelSetting> wanted = settings_of(config);
  if (wanted != settings_) {
    const NetworkNamespace::Inside inside(space_);
    require(apply_settings(settings_, wanted));
    settings_ = std::move(wanted);
  }
  const bool same_links = config.mtu == mtu_ && config.loopback_mtu == loopback_mtu_;
  if (same_links && config.addresses == addresses_) return;
  if (!same_links) set_mtus(config);
  set_addresses(config.addresses);
}

// Below IPv6's least MTU the kernel takes a link's IPv6 addresses away, so they go before.
void KernelHost::set_mtus(const HostConfig& config) {
  set_addresses({});
  if (config.mtu != mtu_) require(links_.set_mtu(tun_.index(), std::min(config.mtu, mtu_most)));
  if (config.loopback_mtu != loopback_mtu_) {
    require(links_.set_mtu(Links::loopback_index, config.loopback_mtu));
  }
  mtu_ = config.mtu;
  loopback_mtu_ = config.loopback_mtu;
}

// The order of addresses is that in which the kernel prefers them as sources.
void KernelHost::set_addresses(const std::vector<IpAddress>& addresses) {
  if (addresses == addresses_) return;
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    if (has_family(addresses_, family)) require(links_.remove_default_route(tun_.index(), family));
  }
  for (const IpAddress& address : addresses_) {
    require(links_.remove_address(tun_.index(), address));
  }
  addresses_.clear();
  for (const IpAddress& address : addresses) {
    if (!address.is_v4() && mtu_ < ipv6_mtu_least) continue;
    require(links_.add_address(tun_.index(), address));
    require(links_.hurry_local_route(tun_.index(), address, 32));
    addresses_.push_back(address);
  }
  for (const IpFamily family : {IpFamily::v4, IpFamily::v6}) {
    if (has_family(addresses_, family)) require(links_.add_default_route(tun_.index(), family));
  }
}

void KernelHost::flush_learned_paths() {
  const NetworkNamespace::Inside inside(space_);
  require(live::flush_learned_paths());
}

namespace {

// Neither is ever destroyed: a port with static storage may give its host back after the statics
// that are younger than it are gone. The kernel frees what the descriptors own.
std::mutex& pool_mutex() {
  static std::mutex& mutex = *new std::mutex;
  return mutex;
}

std::vector<std::unique_ptr<KernelHost>>& pool() {
  static auto& hosts = *new std::vector<std::unique_ptr<KernelHost>>;
  return hosts;
}

}  // namespace

absl::StatusOr<std::unique_ptr<KernelHost>> HostPool::take() {
  {
    const std::scoped_lock lock(pool_mutex());
    if (!pool().empty()) {
      std::unique_ptr<KernelHost> host = std::move(pool().back());
      pool().pop_back();
      return host;
    }
  }
  return KernelHost::make();
}

void HostPool::give_back(std::unique_ptr<KernelHost> host) {
  const std::scoped_lock lock(pool_mutex());
  pool().push_back(std::move(host));
}

}  // namespace lockstep::live
