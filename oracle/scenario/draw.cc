#include "oracle/scenario/draw.h"

#include <algorithm>
#include <string>

namespace lockstep::scenario {
namespace {

// Few ports, so that sockets meet: plain ones, the kernel's choice, a privileged one, and the first
// of the default ephemeral range.
constexpr std::array<std::uint16_t, 8> ports{8000, 8001, 8002, 8003, 0, 8000, 80, 49152};

std::uint16_t draw_port(Choices& choices, const Situation& situation) {
  const auto has_port = [](const OpenSocket& socket) { return socket.local.port != 0; };
  if (choices.one_in(6)) {
    const OpenSocket* other = draw_socket(choices, situation, has_port);
    if (other != nullptr) return other->local.port;
  }
  return choices.of(ports);
}

IpAddress mapped(IpAddress v4) { return IpAddress::v6(0, 0xffff'0000'0000 | v4.low); }

IpAddress draw_host_address(Choices& choices, const Situation& situation, HostIndex host,
                            Domain domain) {
  const auto& addresses = situation.hosts[host].config.addresses;
  if (domain == Domain::inet6 && choices.one_in(6) &&
      situation.features[host].has(Feature::dual_stack)) {
    return mapped(address_of(situation.hosts[host], IpFamily::v4));
  }
  if (addresses.size() > 1 && choices.one_in(4)) {
    const IpAddress address =
        addresses[choices.below(static_cast<std::uint32_t>(addresses.size()))];
    if (address.family == family_of(domain)) return address;
  }
  return address_of(situation.hosts[host], family_of(domain));
}

// A socket that something of this type can be sent to.
const OpenSocket* draw_target(Choices& choices, const Situation& situation,
                              const OpenSocket& from) {
  return draw_socket(choices, situation, [&](const OpenSocket& socket) {
    const bool takes = is_connecting_type(from) ? socket.phase == Phase::listening
                                                : is_open(socket) && socket.name != from.name;
    return takes && socket.type == from.type && socket.domain == from.domain &&
           socket.local.port != 0;
  });
}

// Addresses at which nobody is: a closed port, port 0, wildcard, broadcast, multicast, a network
// without a route.
Endpoint draw_odd_endpoint(Choices& choices, const Situation& situation, const OpenSocket& socket) {
  const auto host =
      static_cast<HostIndex>(choices.below(static_cast<std::uint32_t>(situation.hosts.size())));
  const IpFamily family = family_of(socket.domain);
  const IpAddress address = address_of(situation.hosts[host], family);
  switch (choices.below(8)) {
    case 3:
      return {address, 0};
    case 4:
      return {IpAddress::any(family), draw_port(choices, situation)};
    case 5:
      return {IpAddress::loopback(family), draw_port(choices, situation)};
    case 6:
      if (family == IpFamily::v4) return {IpAddress::v4(0xffff'ffff), 8000};
      return {IpAddress::v6(0xfd00'0000'0000'0000, 99), 8000};
    case 7:
      return {family == IpFamily::v4 ? IpAddress::v4(10, 0, 0, 99) : IpAddress::v6(0, 99), 8000};
    default:
      return {address, draw_port(choices, situation)};
  }
}

}  // namespace

IpAddress address_of(const HostLine& host, IpFamily family) {
  for (const IpAddress& address : host.config.addresses) {
    if (address.family == family) return address;
  }
  return IpAddress::loopback(family);
}

Endpoint reachable(const Situation& situation, const OpenSocket& socket) {
  Endpoint endpoint = socket.local;
  if (endpoint.ip.is_unspecified()) {
    endpoint.ip = address_of(situation.hosts[socket.host], family_of(socket.domain));
  }
  return endpoint;
}

SocketAddress draw_local_address(Choices& choices, const Situation& situation,
                                 const OpenSocket& socket) {
  if (is_local(socket)) return draw_unix_local(choices, situation, socket);
  const IpFamily family = family_of(socket.domain);
  const std::uint16_t port = draw_port(choices, situation);
  switch (choices.below(12)) {
    case 6:
    case 7:
    case 8:
      return Endpoint{IpAddress::any(family), port};
    case 9:
      return Endpoint{IpAddress::loopback(family), port};
    case 10: {
      const auto other =
          static_cast<HostIndex>(choices.below(static_cast<std::uint32_t>(situation.hosts.size())));
      return Endpoint{address_of(situation.hosts[other], family), port};
    }
    case 11:
      if (socket.local.port != 0) return socket.local;
      return Endpoint{IpAddress::any(family), 0};
    default:
      return Endpoint{draw_host_address(choices, situation, socket.host, socket.domain), port};
  }
}

SocketAddress draw_remote_address(Choices& choices, const Situation& situation,
                                  const OpenSocket& socket) {
  if (is_local(socket)) return draw_unix_remote(choices, situation, socket);
  if (choices.one_in(8)) return draw_odd_endpoint(choices, situation, socket);
  const OpenSocket* target = draw_target(choices, situation, socket);
  if (target != nullptr) {
    // Loopback reaches sockets of the same host alone.
    Endpoint endpoint = reachable(situation, *target);
    if (target->host == socket.host && target->local.ip.is_unspecified() && choices.one_in(3)) {
      endpoint.ip = IpAddress::loopback(family_of(socket.domain));
    }
    return endpoint;
  }
  return draw_odd_endpoint(choices, situation, socket);
}

std::uint32_t draw_length(Choices& choices, const Situation& situation, HostIndex host) {
  const std::uint32_t segment = situation.hosts[host].config.mtu - 40;
  switch (choices.below(16)) {
    case 4:
      return 1;
    case 5:
      return segment;
    case 6:
      return segment + 1;
    case 7:
      return 3 * segment;
    case 8:
      return 0;
    case 9:
      return 20'000;
    case 10:
      return 65'536;
    case 11:
      return 65'507 + choices.below(2);  // The largest UDP datagram over IPv4, and one more.
    case 12:
      return choices.below(4096);
    case 13:
      return segment - 1;
    case 14:
      return 2 * segment + choices.below(64);
    case 15:
      return choices.one_in(4) ? 200'000 : 2;
    default:
      return 100;
  }
}

MsgFlags draw_receive_flags(Choices& choices) {
  constexpr std::array<MsgFlags, 16> flags{
      0,        0,        0,         0,           0,
      0,        0,        0,         0,           msg_dontwait,
      msg_peek, msg_peek, msg_trunc, msg_waitall, msg_peek | msg_trunc,
      msg_oob};
  return choices.of(flags);
}

MsgFlags draw_send_flags(Choices& choices) {
  constexpr std::array<MsgFlags, 12> flags{
      0, 0, 0, 0, 0, 0, 0, 0, 0, msg_nosignal, msg_dontwait, msg_oob};
  return choices.of(flags);
}

PollEvents draw_poll_events(Choices& choices) {
  constexpr std::array<PollEvents, 6> events{poll_in | poll_out | poll_rdhup,
                                             poll_in,
                                             poll_out,
                                             poll_in | poll_out,
                                             poll_in | poll_out | poll_pri | poll_rdhup,
                                             0};
  return choices.of(events);
}

std::uint32_t draw_ticks(Choices& choices) {
  constexpr std::array<std::uint32_t, 16> ticks{1, 1,  1,  2,  3,   3,   4,   6,
                                                7, 12, 24, 50, 100, 300, 600, 1000};
  return choices.of(ticks);
}

TcpFlags draw_tcp_flags(Choices& choices) {
  constexpr std::array<TcpFlags, 16> flags{
      tcp_ack, tcp_rst,           tcp_rst | tcp_ack, tcp_psh | tcp_ack, tcp_fin | tcp_ack,
      tcp_syn, tcp_syn | tcp_ack, tcp_ack,           tcp_rst,           tcp_fin,
      0,       tcp_psh,           tcp_syn | tcp_fin, tcp_syn | tcp_rst, tcp_fin | tcp_psh | tcp_ack,
      0xff};
  return choices.of(flags);
}

std::int32_t draw_sequence_delta(Choices& choices) {
  constexpr std::array<std::int32_t, 20> deltas{
      0,   0,    0,    0,     0,      0,      1,      -1,      2,         10,
      100, -100, 1460, -1460, 65'534, 65'535, 65'536, -65'537, INT32_MAX, INT32_MIN};
  return choices.of(deltas);
}

OptionSetting draw_option_setting(Choices& choices) {
  constexpr std::array<OptionSetting, 34> settings{{
      {OptionName::so_reuseaddr, {1}},   {OptionName::so_reuseaddr, {1}},
      {OptionName::so_reuseport, {1}},   {OptionName::tcp_nodelay, {1}},
      {OptionName::so_linger, {1, 0}},   {OptionName::so_linger, {1, 0}},
      {OptionName::so_keepalive, {1}},   {OptionName::tcp_cork, {1}},
      {OptionName::tcp_cork, {0}},       {OptionName::so_reuseaddr, {0}},
      {OptionName::so_reuseport, {0}},   {OptionName::so_linger, {0, 0}},
      {OptionName::so_broadcast, {1}},   {OptionName::so_rcvbuf, {4096}},
      {OptionName::so_rcvbuf, {1}},      {OptionName::so_sndbuf, {4096}},
      {OptionName::so_sndbuf, {1}},      {OptionName::so_rcvlowat, {10}},
      {OptionName::so_oobinline, {1}},   {OptionName::tcp_maxseg, {536}},
      {OptionName::tcp_keepidle, {1}},   {OptionName::tcp_keepintvl, {1}},
      {OptionName::tcp_keepcnt, {2}},    {OptionName::tcp_user_timeout, {1000}},
      {OptionName::tcp_linger2, {1}},    {OptionName::tcp_linger2, {-1}},
      {OptionName::ip_ttl, {1}},         {OptionName::ip_mtu_discover, {2}},
      {OptionName::ip_recverr, {1}},     {OptionName::ipv6_v6only, {1}},
      {OptionName::ipv6_v6only, {0}},    {OptionName::so_error, {0}},
      {OptionName::unknown_option, {1}}, {OptionName::unknown_level, {1}},
  }};
  return choices.of(settings);
}

OptionName draw_option(Choices& choices) {
  constexpr std::array<OptionName, 16> options{
      OptionName::so_error,      OptionName::so_error,     OptionName::so_error,
      OptionName::so_error,      OptionName::so_type,      OptionName::so_acceptconn,
      OptionName::so_reuseaddr,  OptionName::so_reuseport, OptionName::so_linger,
      OptionName::tcp_nodelay,   OptionName::so_keepalive, OptionName::so_rcvbuf,
      OptionName::so_sndbuf,     OptionName::tcp_maxseg,   OptionName::ip_ttl,
      OptionName::unknown_option};
  return choices.of(options);
}

}  // namespace lockstep::scenario
