// The protocol numbers that the codec knows (the IANA registry of assigned internet protocol
// numbers).
#pragma once

#include <cstdint>

namespace lockstep {

inline constexpr std::uint8_t protocol_icmp = 1;
inline constexpr std::uint8_t protocol_tcp = 6;
inline constexpr std::uint8_t protocol_udp = 17;
inline constexpr std::uint8_t protocol_ipv6_fragment = 44;
inline constexpr std::uint8_t protocol_icmp6 = 58;
// Reserved, so that no packet has it: of what left a stack and cannot be decoded (unreadable.h).
inline constexpr std::uint8_t protocol_unreadable = 255;

}  // namespace lockstep
