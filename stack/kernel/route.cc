// The host's routes: itself, and one link that reaches everything else.
#include <algorithm>

#include "stack/kernel/kernel.h"

namespace lockstep {
namespace {

constexpr std::uint32_t ip_header_v4 = 20;
constexpr std::uint32_t ip_header_v6 = 40;
constexpr std::uint32_t tcp_header = 20;
constexpr std::uint32_t max_packet = 65535;

}  // namespace

bool Kernel::is_configured(const IpAddress& address) const {
  return std::find(config_.addresses.begin(), config_.addresses.end(), address) !=
         config_.addresses.end();
}

bool Kernel::has_address_of(IpFamily family) const {
  return std::any_of(config_.addresses.begin(), config_.addresses.end(),
                     [family](const IpAddress& address) { return address.family == family; });
}

std::expected<Kernel::Route, Errno> Kernel::route(const IpAddress& bound,
                                                  IpAddress destination) const {
  const IpFamily family = destination.family;
  if (destination.is_unspecified()) {
    const bool to_bound = destination.is_v4() && !bound.is_unspecified();
    destination = to_bound ? bound : IpAddress::loopback(family);
  }
  if (destination.is_multicast()) return std::unexpected(Errno::enetunreach);
  if (is_local(destination)) {
    IpAddress source = bound;
    if (bound.is_unspecified()) {
      source = destination.is_loopback() ? IpAddress::loopback(family) : destination;
    }
    return Route{source, destination, config_.loopback_mtu};
  }
  if (!has_address_of(family)) return std::unexpected(Errno::enetunreach);
  if (bound.is_loopback()) return std::unexpected(Errno::einval);
  IpAddress source = bound;
  if (bound.is_unspecified()) {
    source = *std::find_if(config_.addresses.begin(), config_.addresses.end(),
                           [family](const IpAddress& a) { return a.family == family; });
  }
  return Route{source, destination, config_.mtu, destination.is_broadcast()};
}

std::uint16_t Kernel::mss_for(const Route& route) const {
  const std::uint32_t headers =
      (route.destination.is_v4() ? ip_header_v4 : ip_header_v6) + tcp_header;
  const std::uint32_t mtu = std::min(route.mtu, max_packet);
  return static_cast<std::uint16_t>(mtu > headers ? mtu - headers : 1);
}

}  // namespace lockstep
