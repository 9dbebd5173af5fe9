#include "stack/wire/udp_header.h"

#include <optional>

#include "stack/wire/big_endian.h"

namespace lockstep {
namespace {

std::optional<DecodeError> verify(const IpHeader& ip, std::span<const std::byte> datagram) {
  if (load_u16(datagram, 6) == 0) {
    if (ip.source.is_v4()) return std::nullopt;
    return DecodeError::missing_udp_checksum;
  }
  if (checksum_holds(pseudo_header_sum(ip, datagram.size()) + checksum_sum(datagram))) {
    return std::nullopt;
  }
  return DecodeError::bad_udp_checksum;
}

}  // namespace

std::size_t udp_size(const UdpDatagram& udp) { return udp_header_size + udp.payload.size(); }

void encode_udp(const UdpDatagram& udp, const IpHeader& ip, std::span<std::byte> bytes) {
  store_u16(bytes, 0, udp.source_port);
  store_u16(bytes, 2, udp.destination_port);
  store_u16(bytes, 4, static_cast<std::uint16_t>(bytes.size()));
  store_u16(bytes, 6, 0);
  copy_bytes(udp.payload.bytes(), bytes.subspan(udp_header_size));
  const std::uint16_t checksum =
      checksum_of(pseudo_header_sum(ip, bytes.size()) + checksum_sum(bytes));
  // RFC 768: a computed zero goes out as all ones, which is the same number in ones' complement.
  store_u16(bytes, 6, checksum == 0 ? 0xffff : checksum);
}

std::expected<UdpDatagram, DecodeError> decode_udp(const IpView& ip) {
  std::span<const std::byte> bytes = ip.payload;
  if (bytes.size() < udp_header_size) return std::unexpected(DecodeError::truncated);
  const std::size_t length = load_u16(bytes, 4);
  if (length < udp_header_size || length > bytes.size()) {
    return std::unexpected(DecodeError::bad_udp_length);
  }
  bytes = bytes.first(length);
  if (const auto error = verify(ip.header, bytes)) return std::unexpected(*error);
  UdpDatagram udp;
  udp.source_port = load_u16(bytes, 0);
  udp.destination_port = load_u16(bytes, 2);
  udp.payload = Slice::copy_of(bytes.subspan(udp_header_size));
  return udp;
}

}  // namespace lockstep
