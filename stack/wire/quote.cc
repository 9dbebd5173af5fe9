#include "stack/wire/quote.h"

#include <algorithm>
#include <vector>

#include "stack/wire/big_endian.h"
#include "stack/wire/codec.h"
#include "stack/wire/icmp_header.h"
#include "stack/wire/ip_header.h"

namespace lockstep {
namespace {

constexpr std::size_t quoted_transport_size = 8;  // RFC 792: 64 bits of the datagram's data.

constexpr std::size_t quote_size_max(IpFamily family) {
  const std::size_t error_size = family == IpFamily::v4 ? 576 : 1280;
  return error_size - ip_header_size(family) - icmp_header_size;
}

// The header's fields that a quote needs, and its size; nullopt for what is not a first fragment.
struct QuotedHeader {
  IpHeader ip;
  std::size_t size = 0;
};

std::optional<QuotedHeader> quoted_v4(std::span<const std::byte> bytes) {
  if (bytes.size() < ipv4_header_size) return std::nullopt;
  QuotedHeader header;
  header.size = std::size_t{4} * (load_u8(bytes, 0) & 0xf);
  const bool first_fragment = (load_u16(bytes, 6) & 0x1fff) == 0;
  if (header.size < ipv4_header_size || !first_fragment) return std::nullopt;
  header.ip.protocol = load_u8(bytes, 9);
  header.ip.source = IpAddress::v4(load_u32(bytes, 12));
  header.ip.destination = IpAddress::v4(load_u32(bytes, 16));
  return header;
}

std::optional<QuotedHeader> quoted_v6(std::span<const std::byte> bytes) {
  if (bytes.size() < ipv6_header_size) return std::nullopt;
  QuotedHeader header;
  header.size = ipv6_header_size;
  header.ip.protocol = load_u8(bytes, 6);
  header.ip.source = IpAddress::v6(load_u64(bytes, 8), load_u64(bytes, 16));
  header.ip.destination = IpAddress::v6(load_u64(bytes, 24), load_u64(bytes, 32));
  return header;
}

std::optional<QuotedHeader> quoted_header(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::nullopt;
  const unsigned version = load_u8(bytes, 0) >> 4;
  if (version == 4) return quoted_v4(bytes);
  if (version == 6) return quoted_v6(bytes);
  return std::nullopt;
}

}  // namespace

Slice quote_of(const Packet& packet) {
  std::vector<std::byte> bytes;
  const auto size = encode_packet(packet, bytes);
  if (!size) return Slice();
  const std::size_t quoted = std::min(*size, quote_size_max(packet.source.family));
  return Slice::copy_of(std::span(bytes).first(quoted));
}

std::optional<Quote> decode_quote(const IcmpMessage& icmp) {
  const std::span<const std::byte> bytes = icmp.quoted.bytes();
  const auto header = quoted_header(bytes);
  if (!header || bytes.size() < header->size + quoted_transport_size) return std::nullopt;
  const bool tcp = header->ip.protocol == protocol_tcp;
  if (!tcp && header->ip.protocol != protocol_udp) return std::nullopt;
  const std::span<const std::byte> transport = bytes.subspan(header->size);
  Quote quote;
  quote.protocol = header->ip.protocol;
  quote.sender.local = {header->ip.source, load_u16(transport, 0)};
  quote.sender.peer = {header->ip.destination, load_u16(transport, 2)};
  if (tcp) quote.tcp_seq = load_u32(transport, 4);
  return quote;
}

}  // namespace lockstep
