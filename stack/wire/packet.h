// Packets as values: what a host puts on the wire and takes from it. Values and their encoding
// only: sequence arithmetic, acceptability and matching live in the stack and in the oracle, each
// by itself. Formats: RFC 791, 8200, 9293 3.1, 768, 792, 4443, 7323, 2018.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "stack/api/address.h"
#include "stack/api/slice.h"

namespace lockstep {

// TCP control bits in their wire positions (RFC 9293 3.1).
using TcpFlags = std::uint8_t;
inline constexpr TcpFlags tcp_fin = 0x01;
inline constexpr TcpFlags tcp_syn = 0x02;
inline constexpr TcpFlags tcp_rst = 0x04;
inline constexpr TcpFlags tcp_psh = 0x08;
inline constexpr TcpFlags tcp_ack = 0x10;
inline constexpr TcpFlags tcp_urg = 0x20;
inline constexpr TcpFlags tcp_ece = 0x40;
inline constexpr TcpFlags tcp_cwr = 0x80;

struct TcpTimestamps {
  std::uint32_t value = 0;
  std::uint32_t echo_reply = 0;

  friend bool operator==(const TcpTimestamps&, const TcpTimestamps&) = default;
};

// One SACK block: [left, right) in sequence space (RFC 2018 3).
struct SackBlock {
  std::uint32_t left = 0;
  std::uint32_t right = 0;

  friend bool operator==(const SackBlock&, const SackBlock&) = default;
};

// An option that is none of the known kinds, kept as it came: kind and body (without kind, length).
struct UnknownTcpOption {
  std::uint8_t kind = 0;
  Slice body;

  friend bool operator==(const UnknownTcpOption&, const UnknownTcpOption&) = default;
};

struct TcpOptions {
  std::optional<std::uint16_t> mss;
  std::optional<std::uint8_t> window_scale;
  bool sack_permitted = false;
  std::optional<TcpTimestamps> timestamps;
  std::uint8_t sack_count = 0;  // <= 4
  std::array<SackBlock, 4> sack{};
  std::vector<UnknownTcpOption> unknown;

  friend bool operator==(const TcpOptions&, const TcpOptions&) = default;
};

struct TcpSegment {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  std::uint32_t seq = 0;
  std::uint32_t ack = 0;
  TcpFlags flags = 0;
  std::uint16_t window = 0;  // As on the wire, unscaled.
  std::uint16_t urgent = 0;
  TcpOptions options;
  Slice payload;

  bool has(TcpFlags bits) const { return (flags & bits) == bits; }
  // SEG.LEN: payload and the sequence numbers that SYN and FIN occupy (RFC 9293 3.3.1).
  std::uint32_t sequence_length() const {
    return static_cast<std::uint32_t>(payload.size()) + ((flags & tcp_syn) != 0 ? 1 : 0) +
           ((flags & tcp_fin) != 0 ? 1 : 0);
  }

  friend bool operator==(const TcpSegment&, const TcpSegment&) = default;
};

struct UdpDatagram {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  Slice payload;

  friend bool operator==(const UdpDatagram&, const UdpDatagram&) = default;
};

// The ICMP errors that sockets see, for both families (RFC 792, RFC 4443). `other` keeps the rest.
enum class IcmpKind : std::uint8_t {
  net_unreachable,   // v4 3/0, v6 1/0
  host_unreachable,  // v4 3/1, v6 1/3
  port_unreachable,  // v4 3/3, v6 1/4
  packet_too_big,    // v4 3/4 (fragmentation needed), v6 2/0
  time_exceeded,     // v4 11/0, v6 3/0
  other,
};

struct IcmpMessage {
  IcmpKind kind = IcmpKind::other;
  std::uint8_t type = 0;  // As on the wire for other. Else 0: the codec derives both from `kind`.
  std::uint8_t code = 0;
  std::uint32_t mtu = 0;  // packet_too_big alone. For other: the four bytes after the checksum.
  Slice quoted;           // The start of the packet that caused the error, IP header first.

  friend bool operator==(const IcmpMessage&, const IcmpMessage&) = default;
};

// An IP packet of another protocol, kept as it came.
struct OtherPayload {
  std::uint8_t protocol = 0;
  Slice payload;

  friend bool operator==(const OtherPayload&, const OtherPayload&) = default;
};

struct Packet {
  IpAddress source;
  IpAddress destination;
  std::uint8_t ttl = 64;  // Hop limit for IPv6.
  std::variant<TcpSegment, UdpDatagram, IcmpMessage, OtherPayload> body;

  const TcpSegment* tcp() const { return std::get_if<TcpSegment>(&body); }
  TcpSegment* tcp() { return std::get_if<TcpSegment>(&body); }
  const UdpDatagram* udp() const { return std::get_if<UdpDatagram>(&body); }
  const IcmpMessage* icmp() const { return std::get_if<IcmpMessage>(&body); }

  friend bool operator==(const Packet&, const Packet&) = default;
};

// The two ends of a TCP or UDP packet, as the sender sees them (local = source).
// Requires: the packet carries TCP or UDP.
FourTuple sender_tuple(const Packet& packet);

// "10.0.0.1:1000 > 10.0.0.2:80 tcp SYN seq=1 win=65535 <mss 1460>"; numbers as on the wire.
std::string to_string(const Packet& packet);
// "SYN|ACK" in the order FIN SYN RST PSH ACK URG ECE CWR -> printed as SYN FIN RST PSH ACK URG.
std::string tcp_flags_text(TcpFlags flags);

std::uint64_t stable_hash(const Packet& packet);

}  // namespace lockstep
