// Links: the links, addresses and routes of one namespace (rtnetlink(7)).
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "stack/api/address.h"
#include "stack/ports/linux/netlink.h"

namespace lockstep::live {

class Links {
 public:
  static constexpr int loopback_index = 1;

  Links() = default;
  // Of the current namespace.
  static absl::StatusOr<Links> open();

  // Sets the link up, without multicast: nothing then leaves that no socket asked for.
  absl::Status set_up(int link);
  absl::Status set_mtu(int link, std::uint32_t mtu);
  // Room for packets that left and were not read yet.
  absl::Status set_queue_length(int link, std::uint32_t packets);

  // Segments are made one by one, not many at a time by measured speed.
  absl::Status forbid_batches(int link);

  // The address alone, with no network around it, at once usable.
  absl::Status add_address(int link, const IpAddress& address);
  absl::Status remove_address(int link, const IpAddress& address);

  // Everything else of the family lies behind the link. Acknowledgments are never delayed.
  absl::Status add_default_route(int link, IpFamily family);
  absl::Status remove_default_route(int link, IpFamily family);

  // Acknowledgments between sockets of this host are not delayed either: replaces the route that
  // the kernel made for an address of its own. Prefix 8 or 32 with IPv4, 128 with IPv6, for which
  // it also waits until the kernel is done with the address: packets for it are lost before.
  absl::Status hurry_local_route(int link, const IpAddress& address, std::uint8_t prefix);

 private:
  absl::Status replace_ipv6_local_route(int link, const IpAddress& address);
  // 0 or an errno's number.
  int remove_ipv6_local_route(int link, const IpAddress& address, std::uint8_t protocol);

  NetlinkSocket socket_;
};

}  // namespace lockstep::live
