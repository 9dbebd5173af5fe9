#include "stack/ports/linux/option_names.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace lockstep::live {
namespace {

// Numbers that no kernel gives a meaning.
constexpr int no_option = 0x7f00;
constexpr int no_level = 0x7f00;

}  // namespace

KernelOption to_kernel(OptionName option) {
  switch (option) {
    case OptionName::so_reuseaddr:
      return {SOL_SOCKET, SO_REUSEADDR};
    case OptionName::so_reuseport:
      return {SOL_SOCKET, SO_REUSEPORT};
    case OptionName::so_broadcast:
      return {SOL_SOCKET, SO_BROADCAST};
    case OptionName::so_keepalive:
      return {SOL_SOCKET, SO_KEEPALIVE};
    case OptionName::so_linger:
      return {SOL_SOCKET, SO_LINGER};
    case OptionName::so_error:
      return {SOL_SOCKET, SO_ERROR};
    case OptionName::so_type:
      return {SOL_SOCKET, SO_TYPE};
    case OptionName::so_acceptconn:
      return {SOL_SOCKET, SO_ACCEPTCONN};
    case OptionName::so_rcvbuf:
      return {SOL_SOCKET, SO_RCVBUF};
    case OptionName::so_sndbuf:
      return {SOL_SOCKET, SO_SNDBUF};
    case OptionName::so_rcvlowat:
      return {SOL_SOCKET, SO_RCVLOWAT};
    case OptionName::so_oobinline:
      return {SOL_SOCKET, SO_OOBINLINE};
    case OptionName::tcp_nodelay:
      return {IPPROTO_TCP, TCP_NODELAY};
    case OptionName::tcp_cork:
      return {IPPROTO_TCP, TCP_CORK};
    case OptionName::tcp_maxseg:
      return {IPPROTO_TCP, TCP_MAXSEG};
    case OptionName::tcp_keepidle:
      return {IPPROTO_TCP, TCP_KEEPIDLE};
    case OptionName::tcp_keepintvl:
      return {IPPROTO_TCP, TCP_KEEPINTVL};
    case OptionName::tcp_keepcnt:
      return {IPPROTO_TCP, TCP_KEEPCNT};
    case OptionName::tcp_user_timeout:
      return {IPPROTO_TCP, TCP_USER_TIMEOUT};
    case OptionName::tcp_linger2:
      return {IPPROTO_TCP, TCP_LINGER2};
    case OptionName::ip_ttl:
      return {IPPROTO_IP, IP_TTL};
    case OptionName::ip_mtu_discover:
      return {IPPROTO_IP, IP_MTU_DISCOVER};
    case OptionName::ip_recverr:
      return {IPPROTO_IP, IP_RECVERR};
    case OptionName::ipv6_v6only:
      return {IPPROTO_IPV6, IPV6_V6ONLY};
    case OptionName::ipv6_unicast_hops:
      return {IPPROTO_IPV6, IPV6_UNICAST_HOPS};
    case OptionName::unknown_option:
      return {SOL_SOCKET, no_option};
    case OptionName::unknown_level:
      return {no_level, 1};
  }
  return {no_level, no_option};
}

}  // namespace lockstep::live
