// Socket options by name (socket(7), tcp(7), ip(7), ipv6(7), udp(7)) and their values.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string_view>

namespace lockstep {

// clang-format off
#define LOCKSTEP_OPTION_LIST(X)                                                       \
  X(so_reuseaddr) X(so_reuseport) X(so_broadcast) X(so_keepalive) X(so_linger)         \
  X(so_error) X(so_type) X(so_acceptconn) X(so_rcvbuf) X(so_sndbuf) X(so_rcvlowat)     \
  X(so_oobinline) X(tcp_nodelay) X(tcp_cork) X(tcp_maxseg) X(tcp_keepidle)             \
  X(tcp_keepintvl) X(tcp_keepcnt) X(tcp_user_timeout) X(tcp_linger2) X(ip_ttl)         \
  X(ip_mtu_discover) X(ip_recverr) X(ipv6_v6only) X(ipv6_unicast_hops)                 \
  X(unknown_option) X(unknown_level)
// clang-format on

enum class OptionName : std::uint8_t {
#define LOCKSTEP_OPTION_ENUMERATOR(id) id,
  LOCKSTEP_OPTION_LIST(LOCKSTEP_OPTION_ENUMERATOR)
#undef LOCKSTEP_OPTION_ENUMERATOR
};

// "so_reuseaddr" and so on: the Linux name in lower case.
std::string_view option_name(OptionName name);
std::optional<OptionName> parse_option_name(std::string_view text);

// An option's value in the option's own unit (flags 0 or 1, bytes, seconds, milliseconds for
// TCP_USER_TIMEOUT). `seconds` is used by SO_LINGER alone: {l_onoff, l_linger}.
struct OptionValue {
  std::int32_t value = 0;
  std::int32_t seconds = 0;

  friend constexpr auto operator<=>(const OptionValue&, const OptionValue&) = default;
};

}  // namespace lockstep
