#include "stack/wire/tcp_header.h"

#include "stack/wire/big_endian.h"
#include "stack/wire/tcp_options.h"

namespace lockstep {

std::expected<std::size_t, EncodeError> tcp_size(const TcpSegment& tcp) {
  const auto options = tcp_options_size(tcp.options);
  if (!options) return options;
  return tcp_header_size + *options + tcp.payload.size();
}

void encode_tcp(const TcpSegment& tcp, const IpHeader& ip, std::span<std::byte> bytes) {
  const std::size_t header_size = bytes.size() - tcp.payload.size();
  store_u16(bytes, 0, tcp.source_port);
  store_u16(bytes, 2, tcp.destination_port);
  store_u32(bytes, 4, tcp.seq);
  store_u32(bytes, 8, tcp.ack);
  store_u8(bytes, 12, static_cast<std::uint8_t>(header_size / 4 << 4));
  store_u8(bytes, 13, tcp.flags);
  store_u16(bytes, 14, tcp.window);
  store_u16(bytes, 16, 0);
  store_u16(bytes, 18, tcp.urgent);
  encode_tcp_options(tcp.options, bytes.subspan(tcp_header_size, header_size - tcp_header_size));
  copy_bytes(tcp.payload.bytes(), bytes.subspan(header_size));
  const ChecksumSum sum = pseudo_header_sum(ip, bytes.size()) + checksum_sum(bytes);
  store_u16(bytes, 16, checksum_of(sum));
}

std::expected<TcpSegment, DecodeError> decode_tcp(const IpView& ip) {
  const std::span<const std::byte> bytes = ip.payload;
  if (bytes.size() < tcp_header_size) return std::unexpected(DecodeError::truncated);
  const std::size_t header_size = std::size_t{4} * (load_u8(bytes, 12) >> 4);
  if (header_size < tcp_header_size || header_size > bytes.size()) {
    return std::unexpected(DecodeError::bad_data_offset);
  }
  if (!checksum_holds(pseudo_header_sum(ip.header, bytes.size()) + checksum_sum(bytes))) {
    return std::unexpected(DecodeError::bad_tcp_checksum);
  }
  TcpSegment tcp;
  tcp.source_port = load_u16(bytes, 0);
  tcp.destination_port = load_u16(bytes, 2);
  tcp.seq = load_u32(bytes, 4);
  tcp.ack = load_u32(bytes, 8);
  tcp.flags = load_u8(bytes, 13);
  tcp.window = load_u16(bytes, 14);
  tcp.urgent = load_u16(bytes, 18);
  const auto options = bytes.subspan(tcp_header_size, header_size - tcp_header_size);
  if (const auto error = decode_tcp_options(options, tcp.options)) return std::unexpected(*error);
  tcp.payload = Slice::copy_of(bytes.subspan(header_size));
  return tcp;
}

}  // namespace lockstep
