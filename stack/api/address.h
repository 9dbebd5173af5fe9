// Addresses as values: IPv4 and IPv6 addresses, endpoints (address and port), unix paths, and the
// address argument of a socket call. Text forms are those of RFC 4291 2.2 and dotted quads;
// endpoints print as 10.0.0.1:80 and [::1]:80. Ports and addresses are in host byte order.
#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

namespace lockstep {

enum class IpFamily : std::uint8_t { v4 = 4, v6 = 6 };

// An IPv4 or IPv6 address. An IPv4 address stands in the low 32 bits of `low`.
struct IpAddress {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
  IpFamily family = IpFamily::v4;

  static constexpr IpAddress v4(std::uint32_t bits) { return {0, bits, IpFamily::v4}; }
  static constexpr IpAddress v4(std::uint8_t a, std::uint8_t b, std::uint8_t c, std::uint8_t d) {
    return v4((std::uint32_t{a} << 24) | (std::uint32_t{b} << 16) | (std::uint32_t{c} << 8) | d);
  }
  static constexpr IpAddress v6(std::uint64_t high, std::uint64_t low) {
    return {high, low, IpFamily::v6};
  }
  static constexpr IpAddress any(IpFamily family) { return {0, 0, family}; }
  static constexpr IpAddress loopback(IpFamily family) {
    return family == IpFamily::v4 ? v4(127, 0, 0, 1) : v6(0, 1);
  }

  constexpr bool is_v4() const { return family == IpFamily::v4; }
  constexpr bool is_unspecified() const { return high == 0 && low == 0; }
  // 127.0.0.0/8 or ::1.
  constexpr bool is_loopback() const {
    return is_v4() ? (low >> 24) == 127 : (high == 0 && low == 1);
  }
  // 224.0.0.0/4 or ff00::/8.
  constexpr bool is_multicast() const {
    return is_v4() ? (low >> 28) == 0xe : (high >> 56) == 0xff;
  }
  // 255.255.255.255, the limited broadcast address.
  constexpr bool is_broadcast() const { return is_v4() && low == 0xffffffffu; }
  // ::ffff:a.b.c.d (RFC 4291 2.5.5.2).
  constexpr bool is_v4_mapped() const { return !is_v4() && high == 0 && (low >> 32) == 0xffff; }

  friend constexpr auto operator<=>(const IpAddress&, const IpAddress&) = default;
};

// An address and a port: what a TCP or UDP socket is bound or connected to.
struct Endpoint {
  IpAddress ip;
  std::uint16_t port = 0;

  friend constexpr auto operator<=>(const Endpoint&, const Endpoint&) = default;
};

// The local and the remote end of a connection, as one host sees them.
struct FourTuple {
  Endpoint local;
  Endpoint peer;

  friend constexpr auto operator<=>(const FourTuple&, const FourTuple&) = default;
};

// A path of the AF_UNIX namespace; abstract when the first byte is zero (unix(7)).
struct UnixPath {
  static constexpr std::size_t max_size = 108;

  std::array<char, max_size> bytes{};
  std::uint8_t size = 0;

  // Requires: text.size() <= max_size.
  static UnixPath from(std::string_view text);
  std::string_view view() const { return {bytes.data(), size}; }

  friend bool operator==(const UnixPath& a, const UnixPath& b) { return a.view() == b.view(); }
  friend auto operator<=>(const UnixPath& a, const UnixPath& b) { return a.view() <=> b.view(); }
};

// AF_UNSPEC: no address at all, or the argument that makes connect() dissolve an association.
struct Unspecified {
  friend constexpr auto operator<=>(const Unspecified&, const Unspecified&) = default;
};

using SocketAddress = std::variant<Unspecified, Endpoint, UnixPath>;

std::string to_string(const IpAddress& address);
std::string to_string(const Endpoint& endpoint);
// An endpoint as above, `unspec`, `unix:/path` or `unix:@abstract`.
std::string to_string(const SocketAddress& address);

// The inverses; nullopt when the text is not wholly such a value.
std::optional<IpAddress> parse_ip_address(std::string_view text);
std::optional<Endpoint> parse_endpoint(std::string_view text);
std::optional<SocketAddress> parse_socket_address(std::string_view text);

// A hash that is the same in every process and on every machine.
std::uint64_t stable_hash(const IpAddress& address);
std::uint64_t stable_hash(const Endpoint& endpoint);
std::uint64_t stable_hash(const FourTuple& tuple);
std::uint64_t stable_hash(const SocketAddress& address);

}  // namespace lockstep
