#include "stack/wire/unreadable.h"

#include <algorithm>

#include "stack/wire/big_endian.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/protocol.h"

namespace lockstep {
namespace {

// With an IP header in front the whole must have an encoding.
constexpr std::size_t bytes_max = 65'000;

}  // namespace

Packet unreadable_packet(std::span<const std::byte> bytes) {
  Packet packet;
  const unsigned version = bytes.empty() ? 0 : load_u8(bytes, 0) >> 4;
  if (version == 4 && bytes.size() >= ipv4_header_size) {
    packet.ttl = load_u8(bytes, 8);
    packet.source = IpAddress::v4(load_u32(bytes, 12));
    packet.destination = IpAddress::v4(load_u32(bytes, 16));
  } else if (version == 6 && bytes.size() >= ipv6_header_size) {
    packet.ttl = load_u8(bytes, 7);
    packet.source = IpAddress::v6(load_u64(bytes, 8), load_u64(bytes, 16));
    packet.destination = IpAddress::v6(load_u64(bytes, 24), load_u64(bytes, 32));
  }
  packet.body = OtherPayload{protocol_unreadable,
                             Slice::copy_of(bytes.first(std::min(bytes.size(), bytes_max)))};
  return packet;
}

const Slice* unreadable_bytes(const Packet& packet) {
  const auto* other = std::get_if<OtherPayload>(&packet.body);
  return other != nullptr && other->protocol == protocol_unreadable ? &other->payload : nullptr;
}

}  // namespace lockstep
