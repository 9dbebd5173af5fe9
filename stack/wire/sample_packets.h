// Packets and bytes for the tests and benchmarks of this folder; nothing else includes it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "stack/wire/packet.h"
#include "stack/wire/quote.h"

namespace lockstep::sample {

// SplitMix64 (Steele, Lea, Flood 2014): small, and the same everywhere.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15u;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
  }
  // Below `bound`, which is not 0.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  bool coin() { return (next() & 1) != 0; }
  template <typename Number>
  Number number() {
    return static_cast<Number>(next());
  }

 private:
  std::uint64_t state_;
};

inline Slice text(std::string_view text) { return Slice::copy_of(std::as_bytes(std::span(text))); }

// "45 00 ff": bytes in hexadecimal, blanks between them ignored.
inline std::vector<std::byte> hex(std::string_view digits) {
  std::vector<std::byte> bytes;
  unsigned value = 0;
  bool half = false;
  for (char c : digits) {
    if (c == ' ') continue;
    value = value * 16 + static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10);
    if (half) bytes.push_back(static_cast<std::byte>(value & 0xff));
    half = !half;
  }
  return bytes;
}

inline Slice random_slice(Random& random, std::size_t size) {
  return Slice::filled(size, [&random](std::span<std::byte> bytes) {
    for (std::byte& b : bytes) b = random.number<std::byte>();
  });
}

// An address that a decoder of captures takes for an ordinary host's.
inline IpAddress random_address(Random& random, IpFamily family) {
  if (family == IpFamily::v4)
    return IpAddress::v4(0x0a000000u | (random.number<std::uint32_t>() >> 8));
  return IpAddress::v6(0x20010db800000000u, random.next());
}

// Options as TCP uses them: on a SYN, or on any other segment.
inline TcpOptions random_options(Random& random, bool syn) {
  TcpOptions options;
  if (random.coin())
    options.timestamps = {random.number<std::uint32_t>(), random.number<std::uint32_t>()};
  if (syn) {
    if (random.coin()) options.mss = random.number<std::uint16_t>();
    if (random.coin()) options.window_scale = static_cast<std::uint8_t>(random.below(15));
    options.sack_permitted = random.coin();
    return options;
  }
  options.sack_count = static_cast<std::uint8_t>(random.below(options.timestamps ? 4 : 5));
  for (std::size_t i = 0; i < options.sack_count; ++i) {
    const auto left = random.number<std::uint32_t>();
    options.sack[i] = {left, left + 1 + static_cast<std::uint32_t>(random.below(1000))};
  }
  if (options.sack_count < 3 && random.coin()) {
    options.unknown.push_back({253, random_slice(random, random.below(3))});  // RFC 4727 6.
  }
  return options;
}

inline TcpSegment random_segment(Random& random) {
  static constexpr TcpFlags flags[] = {tcp_syn,           tcp_syn | tcp_ack, tcp_ack,
                                       tcp_ack | tcp_psh, tcp_fin | tcp_ack, tcp_rst,
                                       tcp_rst | tcp_ack};
  TcpSegment tcp;
  tcp.source_port = random.number<std::uint16_t>();
  tcp.destination_port = random.number<std::uint16_t>();
  tcp.seq = random.number<std::uint32_t>();
  tcp.flags = flags[random.below(std::size(flags))];
  if (tcp.has(tcp_ack)) tcp.ack = random.number<std::uint32_t>();
  tcp.window = random.number<std::uint16_t>();
  tcp.options = random_options(random, tcp.has(tcp_syn));
  if (tcp.has(tcp_psh)) tcp.payload = random_slice(random, random.below(1400));
  return tcp;
}

inline UdpDatagram random_datagram(Random& random) {
  return {random.number<std::uint16_t>(), random.number<std::uint16_t>(),
          random_slice(random, random.below(1400))};
}

inline IcmpMessage random_icmp(Random& random, IpFamily family) {
  IcmpMessage icmp;
  icmp.kind = static_cast<IcmpKind>(random.below(6));
  if (icmp.kind == IcmpKind::packet_too_big) icmp.mtu = random.number<std::uint16_t>();
  if (icmp.kind == IcmpKind::other) {  // An echo request.
    icmp.type = family == IpFamily::v4 ? 8 : 128;
    icmp.mtu = random.number<std::uint32_t>();
    icmp.quoted = random_slice(random, random.below(100));
    return icmp;
  }
  Packet cause;
  cause.source = random_address(random, family);
  cause.destination = random_address(random, family);
  if (random.coin()) {
    cause.body = random_segment(random);
  } else {
    cause.body = random_datagram(random);
  }
  icmp.quoted = quote_of(cause);
  return icmp;
}

// A packet of any kind and family, that has an encoding.
inline Packet random_packet(Random& random) {
  const IpFamily family = random.coin() ? IpFamily::v4 : IpFamily::v6;
  Packet packet;
  packet.source = random_address(random, family);
  packet.destination = random_address(random, family);
  packet.ttl = static_cast<std::uint8_t>(1 + random.below(255));
  switch (random.below(8)) {
    case 0:
      packet.body = random_icmp(random, family);
      break;
    case 1:
    case 2:
      packet.body = random_datagram(random);
      break;
    case 3:  // A protocol for experiments (RFC 3692).
      packet.body = OtherPayload{253, random_slice(random, random.below(100))};
      break;
    default:
      packet.body = random_segment(random);
  }
  return packet;
}

}  // namespace lockstep::sample
