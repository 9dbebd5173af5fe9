#include "oracle/judge/features.h"

namespace lockstep::judge {
namespace {

std::optional<Feature> option_feature(OptionName option) {
  switch (option) {
    case OptionName::so_linger:
      return Feature::linger;
    case OptionName::so_rcvbuf:
    case OptionName::so_sndbuf:
    case OptionName::so_rcvlowat:
      return Feature::buffer_options;
    case OptionName::so_oobinline:
      return Feature::urgent_data;
    case OptionName::tcp_cork:
    case OptionName::tcp_maxseg:
    case OptionName::tcp_keepidle:
    case OptionName::tcp_keepintvl:
    case OptionName::tcp_keepcnt:
    case OptionName::tcp_user_timeout:
    case OptionName::tcp_linger2:
    case OptionName::so_keepalive:
      return Feature::tcp_options;
    case OptionName::ip_mtu_discover:
    case OptionName::ip_recverr:
      return Feature::ip_options;
    case OptionName::ipv6_v6only:
      return Feature::dual_stack;
    case OptionName::ipv6_unicast_hops:
      return Feature::ipv6;
    case OptionName::so_reuseaddr:
    case OptionName::so_reuseport:
    case OptionName::so_broadcast:
    case OptionName::so_error:
    case OptionName::so_type:
    case OptionName::so_acceptconn:
    case OptionName::tcp_nodelay:
    case OptionName::ip_ttl:
    case OptionName::unknown_option:
    case OptionName::unknown_level:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<Feature> domain_feature(const scenario::step::Call& call) {
  if (call.domain == Domain::inet6) return Feature::ipv6;
  if (call.domain == Domain::local) return Feature::local_sockets;
  return std::nullopt;
}

std::optional<Feature> needed_feature(const scenario::step::Call& call) {
  switch (call.call) {
    case Call::socket:
      return domain_feature(call);
    case Call::setsockopt:
    case Call::getsockopt:
      return option_feature(call.option);
    case Call::dup:
      return Feature::dup;
    case Call::siocinq:
    case Call::siocoutq:
      return Feature::queue_sizes;
    case Call::send:
    case Call::sendto:
    case Call::recv:
    case Call::recvfrom:
      if ((call.flags & msg_oob) != 0) return Feature::urgent_data;
      return std::nullopt;
    case Call::connect: {
      const bool unspecified = call.address.kind == scenario::AddressOperand::Kind::literal &&
                               std::holds_alternative<Unspecified>(call.address.literal);
      if (unspecified) return Feature::disconnect;
      return std::nullopt;
    }
    case Call::bind:
    case Call::listen:
    case Call::accept:
    case Call::shutdown:
    case Call::close:
    case Call::getsockname:
    case Call::getpeername:
    case Call::poll:
      return std::nullopt;
  }
  return std::nullopt;
}

}  // namespace

std::string_view feature_name(Feature feature) {
  switch (feature) {
    case Feature::ipv6:
      return "ipv6";
    case Feature::local_sockets:
      return "local_sockets";
    case Feature::dual_stack:
      return "dual_stack";
    case Feature::urgent_data:
      return "urgent_data";
    case Feature::linger:
      return "linger";
    case Feature::buffer_options:
      return "buffer_options";
    case Feature::tcp_options:
      return "tcp_options";
    case Feature::ip_options:
      return "ip_options";
    case Feature::dup:
      return "dup";
    case Feature::queue_sizes:
      return "queue_sizes";
    case Feature::disconnect:
      return "disconnect";
    case Feature::icmp:
      return "icmp";
    case Feature::window_scale:
      return "window_scale";
    case Feature::multicast:
      return "multicast";
    case Feature::loopback_shown:
      return "loopback_shown";
    case Feature::reboot:
      return "reboot";
  }
  return "?";
}

std::optional<Feature> missing_feature(const scenario::step::Call& call, FeatureSet features) {
  const std::optional<Feature> needed = needed_feature(call);
  if (needed && !features.has(*needed)) return needed;
  return std::nullopt;
}

}  // namespace lockstep::judge
