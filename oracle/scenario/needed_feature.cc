#include "oracle/scenario/needed_feature.h"

namespace lockstep::scenario {
namespace {

struct OptionNeed {
  OptionName option;
  Feature feature;
};

constexpr OptionNeed option_needs[] = {
    {OptionName::so_linger, Feature::linger},
    {OptionName::so_rcvbuf, Feature::buffer_options},
    {OptionName::so_sndbuf, Feature::buffer_options},
    {OptionName::so_rcvlowat, Feature::buffer_options},
    {OptionName::so_oobinline, Feature::urgent_data},
    {OptionName::so_keepalive, Feature::tcp_options},
    {OptionName::tcp_cork, Feature::tcp_options},
    {OptionName::tcp_maxseg, Feature::tcp_options},
    {OptionName::tcp_keepidle, Feature::tcp_options},
    {OptionName::tcp_keepintvl, Feature::tcp_options},
    {OptionName::tcp_keepcnt, Feature::tcp_options},
    {OptionName::tcp_user_timeout, Feature::tcp_options},
    {OptionName::tcp_linger2, Feature::tcp_options},
    {OptionName::ip_mtu_discover, Feature::ip_options},
    {OptionName::ip_recverr, Feature::ip_options},
    {OptionName::ipv6_v6only, Feature::dual_stack},
    {OptionName::ipv6_unicast_hops, Feature::ipv6},
};

bool is_literal_unspecified(const AddressOperand& address) {
  return address.kind == AddressOperand::Kind::literal &&
         std::holds_alternative<Unspecified>(address.literal);
}

}  // namespace

std::optional<Feature> needed_feature(OptionName option) {
  for (const OptionNeed& need : option_needs) {
    if (need.option == option) return need.feature;
  }
  return std::nullopt;
}

std::optional<Feature> needed_feature(const step::Call& call) {
  switch (call.call) {
    case lockstep::Call::socket:
      if (call.domain == Domain::inet6) return Feature::ipv6;
      if (call.domain == Domain::local) return Feature::local_sockets;
      return std::nullopt;
    case lockstep::Call::setsockopt:
    case lockstep::Call::getsockopt:
      return needed_feature(call.option);
    case lockstep::Call::dup:
      return Feature::dup;
    case lockstep::Call::siocinq:
    case lockstep::Call::siocoutq:
      return Feature::queue_sizes;
    case lockstep::Call::send:
    case lockstep::Call::sendto:
    case lockstep::Call::recv:
    case lockstep::Call::recvfrom:
      if ((call.flags & msg_oob) != 0) return Feature::urgent_data;
      return std::nullopt;
    case lockstep::Call::connect:
      if (is_literal_unspecified(call.address)) return Feature::disconnect;
      return std::nullopt;
    case lockstep::Call::bind:
    case lockstep::Call::listen:
    case lockstep::Call::accept:
    case lockstep::Call::shutdown:
    case lockstep::Call::close:
    case lockstep::Call::getsockname:
    case lockstep::Call::getpeername:
    case lockstep::Call::poll:
      return std::nullopt;
  }
  return std::nullopt;
}

bool is_possible(const Action& action, const Situation& situation) {
  if (const auto* call = std::get_if<step::Call>(&action)) {
    const std::optional<Feature> feature = needed_feature(*call);
    return !feature.has_value() || situation.features[call->host].has(*feature);
  }
  if (const auto* reboot = std::get_if<step::Reboot>(&action)) {
    return situation.features[reboot->host].has(Feature::reboot);
  }
  if (const auto* icmp = std::get_if<step::Icmp>(&action)) {
    for (const OpenSocket& socket : situation.sockets) {
      if (socket.name == icmp->socket) return situation.features[socket.host].has(Feature::icmp);
    }
  }
  return true;
}

}  // namespace lockstep::scenario
