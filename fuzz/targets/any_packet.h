// Packets of every kind from a fuzz input: as bytes, changed from one that was seen, or made for a
// socket, near what it expects.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <vector>

#include "fuzz/targets/byte_reader.h"
#include "stack/kernel/kernel.h"
#include "stack/wire/codec.h"
#include "stack/wire/quote.h"

namespace lockstep {

inline std::expected<Packet, DecodeError> decode_any_packet(ByteReader& in) {
  return decode_packet(std::as_bytes(in.bytes(in.u8())));
}

inline Slice any_payload(ByteReader& in) {
  static const std::vector<std::byte> zeros(65'535 - 80);
  return Slice::copy_of(std::span(zeros).first(in.length(zeros.size())));
}

inline IcmpMessage any_icmp(ByteReader& in, const Packet& cause) {
  IcmpMessage icmp;
  icmp.kind = static_cast<IcmpKind>(in.below(6));
  icmp.mtu = in.u16();
  icmp.quoted = quote_of(cause);
  const std::size_t kept = in.u8();
  if (kept < icmp.quoted.size()) icmp.quoted = icmp.quoted.sub(0, kept);
  return icmp;
}

// Each bit of one byte changes one thing.
inline Packet changed_packet(ByteReader& in, Packet packet) {
  const std::uint8_t what = in.u8();
  if ((what & 1) != 0) std::swap(packet.source, packet.destination);
  if ((what & 2) != 0) {
    Packet error{.source = packet.destination, .destination = packet.source};
    error.body = any_icmp(in, packet);
    return error;
  }
  TcpSegment* segment = packet.tcp();
  if (segment == nullptr) {
    if (auto* datagram = std::get_if<UdpDatagram>(&packet.body))
      datagram->payload = any_payload(in);
    return packet;
  }
  if ((what & 1) != 0) std::swap(segment->source_port, segment->destination_port);
  if ((what & 4) != 0) segment->seq += static_cast<std::uint32_t>(in.distance());
  if ((what & 8) != 0) segment->ack += static_cast<std::uint32_t>(in.distance());
  if ((what & 16) != 0) segment->flags = in.u8();
  if ((what & 32) != 0) segment->window = in.u16();
  if ((what & 64) != 0) segment->payload = any_payload(in);
  if ((what & 128) != 0) {
    segment->urgent = in.u16();
    segment->source_port = static_cast<std::uint16_t>(segment->source_port + in.u8());
    segment->options.mss = in.u8();
    segment->options.window_scale = in.u8();
  }
  return packet;
}

// For the n-th socket: the peer's ends where it is connected, else any peer's.
inline Packet packet_for_socket(ByteReader& in, const Kernel& host) {
  std::vector<const Socket*> sockets;
  host.for_each_socket([&](const Socket& socket) { sockets.push_back(&socket); });
  if (sockets.empty()) return Packet{};
  const Socket& socket = *sockets[in.u8() % sockets.size()];
  const bool v4 = socket.family() == IpFamily::v4;
  const std::size_t family = v4 ? 0 : 1;
  Packet packet;
  packet.source =
      socket.peer.ip.is_unspecified() ? host.config().addresses[family] : socket.peer.ip;
  packet.destination =
      socket.local.ip.is_unspecified() ? host.config().addresses[family] : socket.local.ip;
  if (socket.peer.port == 0) packet.source.low += 1u + in.below(4);
  const auto any_port = static_cast<std::uint16_t>(1000 + in.u8());
  const std::uint16_t peer_port = socket.peer.port == 0 ? any_port : socket.peer.port;
  if (!socket.is_stream()) {
    packet.body = UdpDatagram{peer_port, socket.local.port, any_payload(in)};
    return packet;
  }
  static constexpr std::array<TcpFlags, 8> common{
      tcp_ack, tcp_syn,           tcp_ack | tcp_psh, tcp_ack | tcp_fin,
      tcp_rst, tcp_syn | tcp_ack, tcp_ack | tcp_urg, tcp_rst | tcp_ack};
  const std::uint8_t flags = in.u8();
  TcpSegment& segment = *packet.tcp();
  segment.source_port = peer_port;
  segment.destination_port = socket.local.port;
  segment.seq = socket.tcb.rcv_nxt.value() + static_cast<std::uint32_t>(in.distance());
  segment.ack = socket.tcb.snd_nxt.value() + static_cast<std::uint32_t>(in.distance());
  segment.flags = flags < 200 ? common[flags % common.size()] : in.u8();
  segment.window = static_cast<std::uint16_t>(in.u8() << (in.u8() & 15));
  segment.payload = any_payload(in);
  if ((segment.flags & tcp_urg) != 0) segment.urgent = in.u8();
  if ((segment.flags & tcp_syn) != 0) {
    segment.options.mss = static_cast<std::uint16_t>(in.u8() << 2);
    if ((flags & 1) != 0) segment.options.window_scale = in.u8();
  }
  return packet;
}

}  // namespace lockstep
