// What an ICMP error quotes of the packet that caused it: the IP header and the start of what
// follows it, enough to find the socket. RFC 792 asks for 8 bytes past the header; RFC 1812 4.3.2.3
// and RFC 4443 2.4 (c) for as much as fits, which is what a host sends here. A reader makes do
// with the 8 bytes.
#pragma once

#include <cstdint>
#include <optional>

#include "stack/wire/packet.h"
#include "stack/wire/protocol.h"

namespace lockstep {

// The encoded start of `packet`: all of it, or as much as keeps the ICMP error within 576 bytes
// (IPv4) or 1280 bytes (IPv6). Empty when the packet has no encoding.
Slice quote_of(const Packet& packet);

struct Quote {
  std::uint8_t protocol = 0;  // protocol_tcp or protocol_udp.
  FourTuple sender;           // As its sender sees it: local is the source of the quoted packet.
  std::optional<std::uint32_t> tcp_seq;

  friend bool operator==(const Quote&, const Quote&) = default;
};

// Nullopt when the quoted bytes are not the start of a TCP or UDP packet, or hold fewer than 8
// bytes of it. Checksums and lengths are not verified: a quote is cut short by its nature.
std::optional<Quote> decode_quote(const IcmpMessage& icmp);

}  // namespace lockstep
