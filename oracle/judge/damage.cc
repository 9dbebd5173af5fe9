#include "oracle/judge/damage.h"

namespace lockstep::judge {
namespace {

constexpr std::size_t ipv4_header_size = 20;
constexpr std::size_t ipv6_header_size = 40;
constexpr std::size_t ipv6_source_at = 8;
constexpr std::size_t udp_length_at = 4;
constexpr std::size_t udp_checksum_at = 6;
constexpr std::size_t udp_header_size = 8;

}  // namespace

bool checksum_shows_flip(const Packet& packet, std::size_t bit) {
  const std::size_t byte = bit / 8;
  const bool v4 = packet.source.is_v4();
  // RFC 791 3.1: the whole header is summed; its first byte says how long it is.
  if (v4 && byte < ipv4_header_size) return byte > 0;
  if (packet.tcp() == nullptr && packet.udp() == nullptr) return false;
  // RFC 8200 8.1: of the header the addresses, as part of the pseudo-header.
  if (!v4 && byte < ipv6_header_size) return byte >= ipv6_source_at;
  if (packet.tcp() != nullptr) return true;
  // RFC 768: a checksum of zeros says that there is none.
  const std::size_t at = byte - (v4 ? ipv4_header_size : ipv6_header_size);
  return at < udp_length_at || at >= udp_header_size || (!v4 && at >= udp_checksum_at);
}

}  // namespace lockstep::judge
