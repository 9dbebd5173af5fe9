// The host's routes: itself, and one link that reaches everything else.
#include <algorithm>
#include <bit>

#include "stack/kernel/kernel.h"
#include "stack/kernel/packet_size.h"

namespace lockstep {
namespace {

unsigned common_prefix(const IpAddress& a, const IpAddress& b) {
  const auto high = static_cast<unsigned>(std::countl_zero(a.high ^ b.high));
  return high < 64 ? high : 64 + static_cast<unsigned>(std::countl_zero(a.low ^ b.low));
}

}  // namespace

bool Kernel::is_configured(const IpAddress& address) const {
  return std::find(config_.addresses.begin(), config_.addresses.end(), address) !=
         config_.addresses.end();
}

bool Kernel::has_address_of(IpFamily family) const {
  return std::any_of(config_.addresses.begin(), config_.addresses.end(),
                     [family](const IpAddress& address) { return address.family == family; });
}

// IPv4: the first address. IPv6: the one that shares the longest prefix with the destination (RFC
// 6724 5, rule 8), of equals the one configured last (Linux). Requires: has_address_of its family.
IpAddress Kernel::source_for(const IpAddress& destination) const {
  const IpAddress* best = nullptr;
  for (const IpAddress& address : config_.addresses) {
    if (address.family != destination.family) continue;
    if (address.is_v4()) return address;
    const bool better =
        best == nullptr || common_prefix(address, destination) >= common_prefix(*best, destination);
    if (better) best = &address;
  }
  return *best;
}

// `bound` is where the socket is bound; its family may be another than the destination's.
std::expected<Kernel::Route, Errno> Kernel::route(IpAddress bound, IpAddress destination) const {
  if (destination.is_unspecified()) {
    const bool to_bound = destination.is_v4() && bound.is_v4() && !bound.is_unspecified();
    // :: means the loopback address of the family that the socket is bound to (ipv6(7)).
    destination =
        to_bound ? bound : IpAddress::loopback(bound.is_v4() ? IpFamily::v4 : destination.family);
  }
  const IpFamily family = destination.family;
  if (destination.is_multicast()) return std::unexpected(Errno::enetunreach);
  const bool local = is_local(destination);
  if (!local && !has_address_of(family)) return std::unexpected(Errno::enetunreach);
  if (bound.family != family) {
    // An IPv6 address says nothing of where IPv4 leaves; a mapped one excludes IPv6
    // (ip6_dst_lookup).
    if (family == IpFamily::v6 && bound.is_v4()) return std::unexpected(Errno::eafnosupport);
    bound = IpAddress::any(family);
  }
  if (bound.is_multicast() || bound.is_broadcast()) bound = IpAddress::any(family);
  IpAddress source = bound;
  if (local) {
    if (bound.is_unspecified()) {
      source = destination.is_loopback() ? IpAddress::loopback(family) : destination;
    }
    return Route{source, destination, config_.loopback_mtu, config_.loopback_mtu};
  }
  // ::1 may leave, for nobody to answer (Linux; RFC 4291 2.5.3 forbids it).
  if (bound.is_loopback() && bound.is_v4()) return std::unexpected(Errno::einval);
  if (bound.is_unspecified()) source = source_for(destination);
  const std::uint32_t mtu = path_mtus_.mtu(destination, config_.mtu);
  return Route{source, destination, mtu, config_.mtu, destination.is_broadcast()};
}

std::uint16_t Kernel::mss_for(const Route& route) const {
  return mss_for_mtu(route.mtu, route.destination.family);
}

}  // namespace lockstep
