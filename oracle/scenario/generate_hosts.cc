#include "oracle/scenario/generate_hosts.h"

namespace lockstep::scenario {
namespace {

// How many of each ten scenarios have one, two, three hosts.
constexpr std::array<std::uint8_t, 10> host_counts{2, 2, 2, 2, 2, 2, 2, 3, 3, 1};

constexpr std::array<std::uint32_t, 6> mtus{1500, 576, 600, 1280, 9000, 296};
constexpr std::array<std::uint32_t, 6> buffers{65536, 4096, 8192, 2304, 16384, 262144};
constexpr std::array<std::uint32_t, 5> isses{0x0100'0000, 0xffff'ff00, 0x7fff'ff00, 0, 0xffff'ffff};

IpAddress v4_address(std::uint8_t host, std::uint8_t number) {
  return IpAddress::v4(10, 0, number, static_cast<std::uint8_t>(host + 1));
}

IpAddress v6_address(std::uint8_t host) {
  return IpAddress::v6(0xfd00'0000'0000'0000, std::uint64_t{host} + 1);
}

// Settings off their defaults, each now and then.
void vary(Choices& choices, HostConfig& config, bool with_v6) {
  if (choices.one_in(4)) config.mtu = choices.of(mtus);
  if (with_v6 && config.mtu < 1280) config.mtu = 1280;  // RFC 8200 5.
  if (choices.one_in(5)) config.send_buffer = choices.of(buffers);
  if (choices.one_in(5)) config.receive_buffer = choices.of(buffers);
  if (choices.one_in(8)) config.initial_sequence = choices.of(isses);
  if (choices.one_in(16)) config.default_backlog = choices.below(3);
  if (choices.one_in(16)) {
    config.ephemeral_last = static_cast<std::uint16_t>(config.ephemeral_first + choices.below(3));
  }
  if (choices.one_in(24)) config.max_sockets = choices.between(2, 6);
  if (choices.one_in(16)) config.unprivileged = true;
  if (choices.one_in(12)) config.time_wait_ticks = choices.between(5, 50);
  if (choices.one_in(12)) config.fin_wait_2_ticks = choices.between(5, 50);
  if (choices.one_in(12)) config.retransmit_max = choices.between(1, 3);
}

}  // namespace

std::vector<HostLine> generate_hosts(Choices& choices, FeatureSet features) {
  const std::uint8_t count = choices.of(host_counts);
  const bool with_v6 = choices.one_in(4) && features.has(Feature::ipv6);
  std::vector<HostLine> hosts;
  for (std::uint8_t i = 0; i < count; ++i) {
    HostLine& host = hosts.emplace_back();
    host.name = std::string(1, static_cast<char>('a' + i));
    host.config.addresses.push_back(v4_address(i, 0));
    if (choices.one_in(12)) host.config.addresses.push_back(v4_address(i, 1));
    if (with_v6) host.config.addresses.push_back(v6_address(i));
    vary(choices, host.config, with_v6);
  }
  return hosts;
}

}  // namespace lockstep::scenario
