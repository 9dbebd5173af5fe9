// Why bytes are not a packet, and why a packet has no bytes: closed sets with names.
#pragma once

#include <cstdint>
#include <string_view>

namespace lockstep {

// clang-format off
#define LOCKSTEP_DECODE_ERROR_LIST(X)                                          \
  X(truncated,            "truncated")            /* shorter than it says */   \
  X(bad_version,          "bad version")          /* neither 4 nor 6 */        \
  X(bad_header_length,    "bad header length")    /* IPv4 IHL below 5 */       \
  X(bad_total_length,     "bad total length")     /* below the header's */     \
  X(bad_ip_checksum,      "bad ip checksum")                                   \
  X(fragment,             "fragment")             /* not reassembled here */   \
  X(bad_data_offset,      "bad data offset")      /* below 5, past the end */  \
  X(bad_option_length,    "bad option length")    /* past the end, not its */  \
  X(bad_tcp_checksum,     "bad tcp checksum")                                  \
  X(bad_udp_length,       "bad udp length")       /* below 8, past the end */  \
  X(bad_udp_checksum,     "bad udp checksum")                                  \
  X(missing_udp_checksum, "missing udp checksum") /* zero over IPv6 */         \
  X(bad_icmp_checksum,    "bad icmp checksum")
#define LOCKSTEP_ENCODE_ERROR_LIST(X)                                          \
  X(mixed_families,       "mixed families")       /* IPv4 to IPv6 */           \
  X(too_long,             "too long")             /* past a length field */    \
  X(options_too_long,     "options too long")     /* past 40 bytes of TCP's */ \
  X(mtu_too_large,        "mtu too large")        /* past 16 bits of ICMPv4 */ \
  X(not_canonical,        "not canonical")        /* another value's bytes */  \
  X(buffer_too_small,     "buffer too small")
// clang-format on

#define LOCKSTEP_ERROR_ENUMERATOR(id, text) id,
enum class DecodeError : std::uint8_t { LOCKSTEP_DECODE_ERROR_LIST(LOCKSTEP_ERROR_ENUMERATOR) };
enum class EncodeError : std::uint8_t { LOCKSTEP_ENCODE_ERROR_LIST(LOCKSTEP_ERROR_ENUMERATOR) };
#undef LOCKSTEP_ERROR_ENUMERATOR

// "bad tcp checksum".
std::string_view decode_error_name(DecodeError error);
std::string_view encode_error_name(EncodeError error);

}  // namespace lockstep
