#include "properties/generators/random_packet.h"

#include <array>
#include <cstddef>
#include <span>

#include "stack/api/hash.h"

namespace lockstep::properties {
namespace {

using scenario::Choices;

constexpr std::array<std::uint32_t, 8> payload_sizes{0, 1, 2, 3, 100, 1460, 9000, 65535};

template <typename Number>
Number number(Choices& choices) {
  return static_cast<Number>(choices.below(0xffff'ffff));
}

// One draw for the content: its bytes follow from a seed, so that lists of draws stay short.
Slice random_bytes(Choices& choices, std::size_t size) {
  std::uint64_t state = choices.below(1 << 16);
  return Slice::filled(size, [&state](std::span<std::byte> bytes) {
    for (std::byte& byte : bytes) {
      state = hash_mix(state, 1);
      byte = static_cast<std::byte>(state & 0xff);
    }
  });
}

IpAddress random_address(Choices& choices, IpFamily family) {
  const std::uint32_t low = choices.below(0xffff'ffff);
  if (family == IpFamily::v4) return IpAddress::v4(low);
  return IpAddress::v6(std::uint64_t{choices.below(0xffff'ffff)} << 32, low);
}

void add_unknown_options(Choices& choices, TcpOptions& options) {
  // 253 and 254 are for experiments, 34 is TCP Fast Open; 2 (MSS) has a field of its own.
  constexpr std::array<std::uint8_t, 6> kinds{253, 254, 34, 28, 29, 2};
  for (std::uint32_t left = choices.below(3); left > 0; --left) {
    options.unknown.push_back({choices.of(kinds), random_bytes(choices, choices.below(8))});
  }
}

TcpOptions random_options(Choices& choices) {
  TcpOptions options;
  if (choices.one_in(2)) options.mss = number<std::uint16_t>(choices);
  if (choices.one_in(3)) options.window_scale = static_cast<std::uint8_t>(choices.below(256));
  options.sack_permitted = choices.one_in(3);
  if (choices.one_in(2)) {
    options.timestamps = {number<std::uint32_t>(choices), number<std::uint32_t>(choices)};
  }
  if (choices.one_in(3)) options.sack_count = static_cast<std::uint8_t>(choices.between(1, 4));
  for (std::size_t i = 0; i < options.sack_count; ++i) {
    options.sack[i] = {number<std::uint32_t>(choices), number<std::uint32_t>(choices)};
  }
  if (choices.one_in(4)) add_unknown_options(choices, options);
  return options;
}

TcpSegment random_segment(Choices& choices) {
  TcpSegment segment;
  segment.source_port = number<std::uint16_t>(choices);
  segment.destination_port = number<std::uint16_t>(choices);
  segment.seq = number<std::uint32_t>(choices);
  segment.ack = number<std::uint32_t>(choices);
  segment.flags = static_cast<TcpFlags>(choices.below(256));
  segment.window = number<std::uint16_t>(choices);
  segment.urgent = number<std::uint16_t>(choices);
  segment.options = random_options(choices);
  segment.payload = random_bytes(choices, choices.of(payload_sizes));
  return segment;
}

UdpDatagram random_datagram(Choices& choices) {
  UdpDatagram datagram;
  datagram.source_port = number<std::uint16_t>(choices);
  datagram.destination_port = number<std::uint16_t>(choices);
  datagram.payload = random_bytes(choices, choices.of(payload_sizes));
  return datagram;
}

IcmpMessage random_icmp(Choices& choices) {
  constexpr std::array<IcmpKind, 6> kinds{IcmpKind::port_unreachable, IcmpKind::host_unreachable,
                                          IcmpKind::net_unreachable,  IcmpKind::packet_too_big,
                                          IcmpKind::time_exceeded,    IcmpKind::other};
  IcmpMessage message;
  message.kind = choices.of(kinds);
  if (message.kind == IcmpKind::other) {
    message.type = static_cast<std::uint8_t>(choices.below(256));
    message.code = static_cast<std::uint8_t>(choices.below(256));
    message.mtu = number<std::uint32_t>(choices);
  } else if (message.kind == IcmpKind::packet_too_big) {
    message.mtu = choices.below(choices.one_in(4) ? 0xffff'ffff : 0x10000);
  }
  message.quoted = random_bytes(choices, choices.below(576));
  return message;
}

OtherPayload random_other(Choices& choices) {
  // IGMP, GRE, OSPF, SCTP, for experiments; TCP's number has a value of its own.
  constexpr std::array<std::uint8_t, 6> protocols{2, 47, 89, 132, 253, 6};
  OtherPayload other;
  other.protocol = choices.of(protocols);
  other.payload = random_bytes(choices, choices.of(payload_sizes));
  return other;
}

}  // namespace

Packet random_packet(Choices& choices) {
  Packet packet;
  const IpFamily family = choices.below(2) == 0 ? IpFamily::v4 : IpFamily::v6;
  packet.source = random_address(choices, family);
  packet.destination = random_address(choices, family);
  packet.ttl = static_cast<std::uint8_t>(choices.below(256));
  switch (choices.below(8)) {
    case 0:
    case 1:
    case 2:
    case 3:
      packet.body = random_segment(choices);
      break;
    case 4:
    case 5:
      packet.body = random_datagram(choices);
      break;
    case 6:
      packet.body = random_icmp(choices);
      break;
    default:
      packet.body = random_other(choices);
  }
  return packet;
}

}  // namespace lockstep::properties
