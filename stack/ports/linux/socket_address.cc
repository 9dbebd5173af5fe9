#include "stack/ports/linux/socket_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace lockstep::live {
namespace {

constexpr std::size_t path_offset = offsetof(sockaddr_un, sun_path);

void put_big_endian(std::uint64_t value, std::byte* out, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    out[i] = static_cast<std::byte>(value >> (8 * (size - 1 - i)));
  }
}

std::uint64_t get_big_endian(const std::uint8_t* in, std::size_t size) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < size; ++i) value = (value << 8) | in[i];
  return value;
}

template <typename Sockaddr>
KernelAddress wrap(const Sockaddr& address) {
  KernelAddress result;
  std::memcpy(&result.storage, &address, sizeof(address));
  result.size = sizeof(address);
  return result;
}

KernelAddress to_kernel(const Endpoint& endpoint) {
  const RawAddress raw = raw_address(endpoint.ip);
  if (endpoint.ip.is_v4()) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(endpoint.port);
    std::memcpy(&address.sin_addr, raw.bytes.data(), raw.size);
    return wrap(address);
  }
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  address.sin6_port = htons(endpoint.port);
  std::memcpy(&address.sin6_addr, raw.bytes.data(), raw.size);
  return wrap(address);
}

// The size is a part of an abstract name, and none at all asks for one (unix(7)).
KernelAddress to_kernel(const UnixPath& path) {
  static_assert(sizeof(sockaddr_un::sun_path) == UnixPath::max_size);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::memcpy(address.sun_path, path.bytes.data(), path.size);
  KernelAddress result = wrap(address);
  result.size = static_cast<socklen_t>(path_offset + path.size);
  return result;
}

// A path comes back with its closing zero, which may be one byte more than sockaddr_un holds.
UnixPath path_from_kernel(const KernelAddress& address) {
  const auto* bytes = reinterpret_cast<const char*>(&address.storage) + path_offset;
  std::string_view name(bytes, std::max<std::size_t>(address.size, path_offset) - path_offset);
  if (!name.starts_with('\0')) name = name.substr(0, name.find('\0'));
  return UnixPath::from(name);
}

// Long enough for either family, so that the family alone is what a call may object to.
KernelAddress to_kernel(Unspecified) {
  sockaddr_in6 address{};
  address.sin6_family = AF_UNSPEC;
  return wrap(address);
}

}  // namespace

RawAddress raw_address(const IpAddress& address) {
  RawAddress raw;
  if (address.is_v4()) {
    put_big_endian(address.low, raw.bytes.data(), 4);
    raw.size = 4;
    return raw;
  }
  put_big_endian(address.high, raw.bytes.data(), 8);
  put_big_endian(address.low, raw.bytes.data() + 8, 8);
  raw.size = 16;
  return raw;
}

KernelAddress to_kernel(const SocketAddress& address) {
  return std::visit([](const auto& value) { return to_kernel(value); }, address);
}

SocketAddress from_kernel(const KernelAddress& address) {
  if (address.size < sizeof(sa_family_t)) return Unspecified{};
  if (address.storage.ss_family == AF_INET) {
    sockaddr_in in;
    std::memcpy(&in, &address.storage, sizeof(in));
    return Endpoint{IpAddress::v4(ntohl(in.sin_addr.s_addr)), ntohs(in.sin_port)};
  }
  if (address.storage.ss_family == AF_INET6) {
    sockaddr_in6 in;
    std::memcpy(&in, &address.storage, sizeof(in));
    const std::uint8_t* bytes = in.sin6_addr.s6_addr;
    return Endpoint{IpAddress::v6(get_big_endian(bytes, 8), get_big_endian(bytes + 8, 8)),
                    ntohs(in.sin6_port)};
  }
  if (address.storage.ss_family == AF_UNIX) return path_from_kernel(address);
  return Unspecified{};
}

}  // namespace lockstep::live
