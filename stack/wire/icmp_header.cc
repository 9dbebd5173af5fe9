#include "stack/wire/icmp_header.h"

#include "stack/api/check.h"
#include "stack/wire/big_endian.h"

namespace lockstep {
namespace {

struct KindRow {
  IcmpKind kind;
  IcmpTypeCode v4;
  IcmpTypeCode v6;
};

constexpr KindRow kinds[] = {
    {IcmpKind::net_unreachable, {3, 0}, {1, 0}},  {IcmpKind::host_unreachable, {3, 1}, {1, 3}},
    {IcmpKind::port_unreachable, {3, 3}, {1, 4}}, {IcmpKind::packet_too_big, {3, 4}, {2, 0}},
    {IcmpKind::time_exceeded, {11, 0}, {3, 0}},
};
constexpr std::uint8_t icmp6_packet_too_big = 2;

// The second four bytes of the header.
std::uint32_t rest_of_header(const IcmpMessage& icmp) {
  const bool used = icmp.kind == IcmpKind::packet_too_big || icmp.kind == IcmpKind::other;
  return used ? icmp.mtu : 0;
}

ChecksumSum pseudo_sum(const IpHeader& ip, std::size_t size) {
  return ip.source.is_v4() ? 0 : pseudo_header_sum(ip, size);
}

}  // namespace

IcmpTypeCode icmp_type_code(IcmpKind kind, IpFamily family) {
  for (const KindRow& row : kinds) {
    if (row.kind == kind) return family == IpFamily::v4 ? row.v4 : row.v6;
  }
  LOCKSTEP_CHECK(kind != IcmpKind::other);
  return {};
}

IcmpKind icmp_kind(IcmpTypeCode wire, IpFamily family) {
  if (family == IpFamily::v6 && wire.type == icmp6_packet_too_big) wire.code = 0;
  for (const KindRow& row : kinds) {
    if (wire == (family == IpFamily::v4 ? row.v4 : row.v6)) return row.kind;
  }
  return IcmpKind::other;
}

std::expected<std::size_t, EncodeError> icmp_size(const IcmpMessage& icmp, IpFamily family) {
  if (icmp.kind == IcmpKind::other &&
      icmp_kind({icmp.type, icmp.code}, family) != IcmpKind::other) {
    return std::unexpected(EncodeError::not_canonical);
  }
  if (icmp.kind == IcmpKind::packet_too_big && family == IpFamily::v4 && icmp.mtu > 0xffff) {
    return std::unexpected(EncodeError::mtu_too_large);
  }
  return icmp_header_size + icmp.quoted.size();
}

void encode_icmp(const IcmpMessage& icmp, const IpHeader& ip, std::span<std::byte> bytes) {
  const IcmpTypeCode wire = icmp.kind == IcmpKind::other
                                ? IcmpTypeCode{icmp.type, icmp.code}
                                : icmp_type_code(icmp.kind, ip.source.family);
  store_u8(bytes, 0, wire.type);
  store_u8(bytes, 1, wire.code);
  store_u16(bytes, 2, 0);
  store_u32(bytes, 4, rest_of_header(icmp));
  copy_bytes(icmp.quoted.bytes(), bytes.subspan(icmp_header_size));
  store_u16(bytes, 2, checksum_of(pseudo_sum(ip, bytes.size()) + checksum_sum(bytes)));
}

std::expected<IcmpMessage, DecodeError> decode_icmp(const IpView& ip) {
  const std::span<const std::byte> bytes = ip.payload;
  if (bytes.size() < icmp_header_size) return std::unexpected(DecodeError::truncated);
  if (!checksum_holds(pseudo_sum(ip.header, bytes.size()) + checksum_sum(bytes))) {
    return std::unexpected(DecodeError::bad_icmp_checksum);
  }
  const IpFamily family = ip.header.source.family;
  const IcmpTypeCode wire{load_u8(bytes, 0), load_u8(bytes, 1)};
  IcmpMessage icmp;
  icmp.kind = icmp_kind(wire, family);
  if (icmp.kind == IcmpKind::other) {
    icmp.type = wire.type;
    icmp.code = wire.code;
    icmp.mtu = load_u32(bytes, 4);
  } else if (icmp.kind == IcmpKind::packet_too_big) {
    // RFC 1191 4: the upper half of these bytes is unused in ICMPv4.
    icmp.mtu = family == IpFamily::v4 ? load_u16(bytes, 6) : load_u32(bytes, 4);
  }
  icmp.quoted = Slice::copy_of(bytes.subspan(icmp_header_size));
  return icmp;
}

}  // namespace lockstep
