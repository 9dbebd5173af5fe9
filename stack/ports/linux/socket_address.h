// Addresses between their value and the kernel's form (ip(7), ipv6(7), unix(7)).
#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>

#include "stack/api/address.h"

namespace lockstep::live {

// 4 or 16 bytes in network order.
struct RawAddress {
  std::array<std::byte, 16> bytes{};
  std::size_t size = 0;
};
RawAddress raw_address(const IpAddress& address);

struct KernelAddress {
  sockaddr_storage storage{};
  socklen_t size = sizeof(sockaddr_storage);

  sockaddr* pointer() { return reinterpret_cast<sockaddr*>(&storage); }
  const sockaddr* pointer() const { return reinterpret_cast<const sockaddr*>(&storage); }
};

KernelAddress to_kernel(const SocketAddress& address);
// `Unspecified` when the kernel gave none; an AF_UNIX socket without a name has an empty path.
SocketAddress from_kernel(const KernelAddress& address);

}  // namespace lockstep::live
