#include "stack/wire/codec.h"

#include <type_traits>

#include "stack/wire/big_endian.h"
#include "stack/wire/icmp_header.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/protocol.h"
#include "stack/wire/tcp_header.h"
#include "stack/wire/udp_header.h"

namespace lockstep {
namespace {

constexpr std::size_t length_field_max = 0xffff;

constexpr std::uint8_t icmp_protocol(IpFamily family) {
  return family == IpFamily::v4 ? protocol_icmp : protocol_icmp6;
}

// Whether OtherPayload is what a packet of this protocol decodes to.
constexpr bool is_other(std::uint8_t protocol, IpFamily family) {
  const bool fragment = family == IpFamily::v6 && protocol == protocol_ipv6_fragment;
  return protocol != protocol_tcp && protocol != protocol_udp &&
         protocol != icmp_protocol(family) && !fragment;
}

std::expected<std::size_t, EncodeError> body_size(const TcpSegment& tcp, IpFamily) {
  return tcp_size(tcp);
}
std::expected<std::size_t, EncodeError> body_size(const UdpDatagram& udp, IpFamily) {
  return udp_size(udp);
}
std::expected<std::size_t, EncodeError> body_size(const IcmpMessage& icmp, IpFamily family) {
  return icmp_size(icmp, family);
}
std::expected<std::size_t, EncodeError> body_size(const OtherPayload& other, IpFamily family) {
  if (!is_other(other.protocol, family)) return std::unexpected(EncodeError::not_canonical);
  return other.payload.size();
}

void encode_body(const TcpSegment& tcp, const IpHeader& ip, std::span<std::byte> bytes) {
  encode_tcp(tcp, ip, bytes);
}
void encode_body(const UdpDatagram& udp, const IpHeader& ip, std::span<std::byte> bytes) {
  encode_udp(udp, ip, bytes);
}
void encode_body(const IcmpMessage& icmp, const IpHeader& ip, std::span<std::byte> bytes) {
  encode_icmp(icmp, ip, bytes);
}
void encode_body(const OtherPayload& other, const IpHeader&, std::span<std::byte> bytes) {
  copy_bytes(other.payload.bytes(), bytes);
}

IpHeader header_of(const Packet& packet) {
  IpHeader header{packet.source, packet.destination, packet.ttl, 0};
  if (const auto* other = std::get_if<OtherPayload>(&packet.body)) {
    header.protocol = other->protocol;
  } else if (packet.tcp() != nullptr) {
    header.protocol = protocol_tcp;
  } else if (packet.udp() != nullptr) {
    header.protocol = protocol_udp;
  } else {
    header.protocol = icmp_protocol(packet.source.family);
  }
  return header;
}

// Requires: bytes.size() == *encoded_size(packet).
void encode_exactly(const Packet& packet, std::span<std::byte> bytes) {
  const std::size_t header_size = ip_header_size(packet.source.family);
  const IpHeader header = header_of(packet);
  const std::span<std::byte> payload = bytes.subspan(header_size);
  encode_ip(header, payload.size(), bytes);
  std::visit([&](const auto& body) { encode_body(body, header, payload); }, packet.body);
}

template <typename Body>
std::expected<Packet, DecodeError> with_body(const IpHeader& ip,
                                             std::expected<Body, DecodeError>&& body) {
  if (!body) return std::unexpected(body.error());
  return Packet{ip.source, ip.destination, ip.ttl, std::move(*body)};
}

}  // namespace

std::expected<std::size_t, EncodeError> encoded_size(const Packet& packet) {
  const IpFamily family = packet.source.family;
  if (family != packet.destination.family) return std::unexpected(EncodeError::mixed_families);
  const auto size =
      std::visit([family](const auto& body) { return body_size(body, family); }, packet.body);
  if (!size) return size;
  // IPv4's length field counts the header, IPv6's does not.
  const std::size_t counted = family == IpFamily::v4 ? *size + ipv4_header_size : *size;
  if (counted > length_field_max) return std::unexpected(EncodeError::too_long);
  return ip_header_size(family) + *size;
}

std::expected<std::size_t, EncodeError> encode_packet(const Packet& packet,
                                                      std::vector<std::byte>& out) {
  const auto size = encoded_size(packet);
  if (!size) return size;
  const std::size_t at = out.size();
  out.resize(at + *size);
  encode_exactly(packet, std::span(out).subspan(at));
  return size;
}

std::expected<std::size_t, EncodeError> encode_packet(const Packet& packet,
                                                      std::span<std::byte> buffer) {
  const auto size = encoded_size(packet);
  if (!size) return size;
  if (*size > buffer.size()) return std::unexpected(EncodeError::buffer_too_small);
  encode_exactly(packet, buffer.first(*size));
  return size;
}

std::expected<Packet, DecodeError> decode_packet(std::span<const std::byte> bytes) {
  const auto ip = decode_ip(bytes);
  if (!ip) return std::unexpected(ip.error());
  const IpHeader& header = ip->header;
  if (is_other(header.protocol, header.source.family)) {
    return Packet{header.source, header.destination, header.ttl,
                  OtherPayload{header.protocol, Slice::copy_of(ip->payload)}};
  }
  if (header.protocol == protocol_tcp) return with_body(header, decode_tcp(*ip));
  if (header.protocol == protocol_udp) return with_body(header, decode_udp(*ip));
  return with_body(header, decode_icmp(*ip));
}

}  // namespace lockstep
