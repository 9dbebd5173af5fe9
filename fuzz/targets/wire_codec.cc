// Any bytes at all: what decodes has an encoding, and that encoding decodes to the same packet.
// The low two bits of the first byte say what the rest is: a packet as it stands, or the body of
// TCP, UDP or ICMP behind an IP header of ours, its checksum mended so that the fuzzer gets past
// it.
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "fuzz/targets/target_check.h"
#include "stack/wire/big_endian.h"
#include "stack/wire/codec.h"
#include "stack/wire/ip_header.h"
#include "stack/wire/protocol.h"

namespace lockstep {
namespace {

std::vector<std::byte> framed(unsigned choice, std::span<const std::byte> input) {
  if ((choice & 3) == 0) return {input.begin(), input.end()};
  const bool v4 = (choice & 4) != 0;
  const std::uint8_t protocols[] = {protocol_tcp, protocol_udp,
                                    v4 ? protocol_icmp : protocol_icmp6};
  const std::size_t checksum_places[] = {16, 6, 2};
  const std::size_t at = checksum_places[(choice & 3) - 1];
  const IpAddress address = IpAddress::loopback(v4 ? IpFamily::v4 : IpFamily::v6);
  const IpHeader header{address, address, 64, protocols[(choice & 3) - 1]};
  const std::size_t header_size = ip_header_size(address.family);
  std::vector<std::byte> bytes(header_size + input.size());
  const std::span<std::byte> body = std::span(bytes).subspan(header_size);
  encode_ip(header, input.size(), bytes);
  copy_bytes(input, body);
  if (body.size() < at + 2) return bytes;
  store_u16(body, at, 0);
  const ChecksumSum pseudo =
      header.protocol == protocol_icmp ? 0 : pseudo_header_sum(header, body.size());
  store_u16(body, at, checksum_of(pseudo + checksum_sum(body)));
  return bytes;
}

}  // namespace
}  // namespace lockstep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace lockstep;
  if (size == 0 || size > 60'000) return 0;
  const auto packet =
      decode_packet(framed(data[0], std::as_bytes(std::span(data, size)).subspan(1)));
  if (!packet) return 0;
  std::vector<std::byte> encoded;
  TARGET_CHECK(encode_packet(*packet, encoded));
  const auto again = decode_packet(encoded);
  TARGET_CHECK(again && *again == *packet && stable_hash(*again) == stable_hash(*packet));
  TARGET_CHECK(!to_string(*packet).empty());
  return 0;
}
