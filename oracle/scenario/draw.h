// Draws of operands: sockets, addresses, lengths, flags, deltas. The simplest come first in every
// table. Internal to oracle/scenario.
#pragma once

#include <cstdint>

#include "oracle/scenario/choices.h"
#include "oracle/scenario/situation.h"

namespace lockstep::scenario {

inline bool is_open(const OpenSocket& socket) { return socket.phase != Phase::closed; }
inline bool is_stream(const OpenSocket& socket) { return socket.type == Type::stream; }
inline bool is_tcp(const OpenSocket& socket) {
  return is_stream(socket) && socket.domain != Domain::local;
}
// Listens and connects: of AF_UNIX seqpacket sockets, too.
inline bool is_connecting_type(const OpenSocket& socket) { return socket.type != Type::dgram; }
inline bool is_local(const OpenSocket& socket) { return socket.domain == Domain::local; }
inline bool is_datagram(const OpenSocket& socket) { return socket.type == Type::dgram; }

// One of the sockets that `wanted(socket)` holds for; null when there is none.
template <typename Predicate>
const OpenSocket* draw_socket(Choices& choices, const Situation& situation, Predicate&& wanted) {
  std::uint32_t count = 0;
  for (const OpenSocket& socket : situation.sockets) count += wanted(socket) ? 1u : 0u;
  if (count == 0) return nullptr;
  std::uint32_t chosen = choices.below(count);
  for (const OpenSocket& socket : situation.sockets) {
    if (wanted(socket) && chosen-- == 0) return &socket;
  }
  return nullptr;
}

// An address of the host in this family; loopback when it has none.
IpAddress address_of(const HostLine& host, IpFamily family);

// The family in which a socket of this domain is addressed.
inline IpFamily family_of(Domain domain) {
  return domain == Domain::inet6 ? IpFamily::v6 : IpFamily::v4;
}

// Where others reach the socket: the wildcard replaced by an address of its host.
Endpoint reachable(const Situation& situation, const OpenSocket& socket);

// An address to bind to: mostly of the host, sometimes a wildcard, loopback, taken, or foreign.
SocketAddress draw_local_address(Choices& choices, const Situation& situation,
                                 const OpenSocket& socket);

// An address to connect or send to: mostly of a socket of the same type that can be reached.
SocketAddress draw_remote_address(Choices& choices, const Situation& situation,
                                  const OpenSocket& socket);

// The same for an AF_UNIX socket (draw_local.cc).
SocketAddress draw_unix_local(Choices& choices, const Situation& situation,
                              const OpenSocket& socket);
SocketAddress draw_unix_remote(Choices& choices, const Situation& situation,
                               const OpenSocket& socket);

// Bytes to send or to receive: small, around the segment size, around 64 KiB, none.
std::uint32_t draw_length(Choices& choices, const Situation& situation, HostIndex host);

MsgFlags draw_receive_flags(Choices& choices);
MsgFlags draw_send_flags(Choices& choices);
PollEvents draw_poll_events(Choices& choices);
std::uint32_t draw_ticks(Choices& choices);
TcpFlags draw_tcp_flags(Choices& choices);
std::int32_t draw_sequence_delta(Choices& choices);

struct OptionSetting {
  OptionName option;
  OptionValue value;
};
OptionSetting draw_option_setting(Choices& choices);
OptionName draw_option(Choices& choices);

}  // namespace lockstep::scenario
