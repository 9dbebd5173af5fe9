#include "stack/wire/ip_header.h"

#include "stack/api/check.h"
#include "stack/wire/big_endian.h"
#include "stack/wire/protocol.h"

namespace lockstep {
namespace {

constexpr std::uint16_t dont_fragment = 0x4000;
constexpr std::uint16_t more_fragments = 0x2000;
constexpr std::uint16_t fragment_offset_mask = 0x1fff;

ChecksumSum number_sum(std::uint64_t number) {
  return checksum_sum(static_cast<std::uint16_t>(number >> 48)) +
         checksum_sum(static_cast<std::uint16_t>(number >> 32)) +
         checksum_sum(static_cast<std::uint16_t>(number >> 16)) +
         checksum_sum(static_cast<std::uint16_t>(number));
}

std::expected<IpView, DecodeError> decode_v4(std::span<const std::byte> bytes) {
  if (bytes.size() < ipv4_header_size) return std::unexpected(DecodeError::truncated);
  const std::size_t header_size = std::size_t{4} * (load_u8(bytes, 0) & 0xf);
  if (header_size < ipv4_header_size) return std::unexpected(DecodeError::bad_header_length);
  const std::size_t total = load_u16(bytes, 2);
  if (total < header_size) return std::unexpected(DecodeError::bad_total_length);
  if (total > bytes.size()) return std::unexpected(DecodeError::truncated);
  if (!checksum_holds(checksum_sum(bytes.first(header_size)))) {
    return std::unexpected(DecodeError::bad_ip_checksum);
  }
  if ((load_u16(bytes, 6) & (more_fragments | fragment_offset_mask)) != 0) {
    return std::unexpected(DecodeError::fragment);
  }
  IpView view;
  view.header.ttl = load_u8(bytes, 8);
  view.header.protocol = load_u8(bytes, 9);
  view.header.source = IpAddress::v4(load_u32(bytes, 12));
  view.header.destination = IpAddress::v4(load_u32(bytes, 16));
  view.payload = bytes.subspan(header_size, total - header_size);
  return view;
}

std::expected<IpView, DecodeError> decode_v6(std::span<const std::byte> bytes) {
  if (bytes.size() < ipv6_header_size) return std::unexpected(DecodeError::truncated);
  const std::size_t payload_size = load_u16(bytes, 4);
  if (payload_size > bytes.size() - ipv6_header_size) {
    return std::unexpected(DecodeError::truncated);
  }
  IpView view;
  view.header.protocol = load_u8(bytes, 6);
  if (view.header.protocol == protocol_ipv6_fragment) {
    return std::unexpected(DecodeError::fragment);
  }
  view.header.ttl = load_u8(bytes, 7);
  view.header.source = IpAddress::v6(load_u64(bytes, 8), load_u64(bytes, 16));
  view.header.destination = IpAddress::v6(load_u64(bytes, 24), load_u64(bytes, 32));
  view.payload = bytes.subspan(ipv6_header_size, payload_size);
  return view;
}

void encode_v4(const IpHeader& header, std::size_t payload_size, std::span<std::byte> bytes) {
  store_u16(bytes, 0, 0x4500);
  store_u16(bytes, 2, static_cast<std::uint16_t>(ipv4_header_size + payload_size));
  store_u16(bytes, 4, 0);
  store_u16(bytes, 6, dont_fragment);
  store_u8(bytes, 8, header.ttl);
  store_u8(bytes, 9, header.protocol);
  store_u16(bytes, 10, 0);
  store_u32(bytes, 12, static_cast<std::uint32_t>(header.source.low));
  store_u32(bytes, 16, static_cast<std::uint32_t>(header.destination.low));
  store_u16(bytes, 10, checksum_of(checksum_sum(bytes.first(ipv4_header_size))));
}

void encode_v6(const IpHeader& header, std::size_t payload_size, std::span<std::byte> bytes) {
  store_u32(bytes, 0, 0x60000000);
  store_u16(bytes, 4, static_cast<std::uint16_t>(payload_size));
  store_u8(bytes, 6, header.protocol);
  store_u8(bytes, 7, header.ttl);
  store_u64(bytes, 8, header.source.high);
  store_u64(bytes, 16, header.source.low);
  store_u64(bytes, 24, header.destination.high);
  store_u64(bytes, 32, header.destination.low);
}

}  // namespace

std::expected<IpView, DecodeError> decode_ip(std::span<const std::byte> bytes) {
  if (bytes.empty()) return std::unexpected(DecodeError::truncated);
  switch (load_u8(bytes, 0) >> 4) {
    case 4:
      return decode_v4(bytes);
    case 6:
      return decode_v6(bytes);
    default:  // Not a closed set: any other version is refused alike.
      return std::unexpected(DecodeError::bad_version);
  }
}

void encode_ip(const IpHeader& header, std::size_t payload_size, std::span<std::byte> bytes) {
  LOCKSTEP_CHECK(header.source.family == header.destination.family);
  if (header.source.is_v4()) {
    encode_v4(header, payload_size, bytes);
  } else {
    encode_v6(header, payload_size, bytes);
  }
}

ChecksumSum pseudo_header_sum(const IpHeader& header, std::size_t payload_size) {
  // An IPv4 address has zeros above it, which add nothing; neither family's length passes 16 bits.
  return number_sum(header.source.high) + number_sum(header.source.low) +
         number_sum(header.destination.high) + number_sum(header.destination.low) +
         checksum_sum(std::uint16_t{header.protocol}) +
         checksum_sum(static_cast<std::uint16_t>(payload_size));
}

}  // namespace lockstep
