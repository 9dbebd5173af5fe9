#include "stack/wire/packet_digest.h"

namespace lockstep {
namespace {

// The bindings name every member, so that a new one does not compile until it is digested.

void digest_options(Digest& out, const TcpOptions& options) {
  const auto& [mss, window_scale, sack_permitted, timestamps, sack_count, sack, unknown] = options;
  out.add_flags(mss.has_value(), window_scale.has_value(), sack_permitted, timestamps.has_value());
  if (mss) out.add(*mss);
  if (window_scale) out.add(*window_scale);
  if (timestamps) {
    out.add(timestamps->value);
    out.add(timestamps->echo_reply);
  }
  out.add(sack_count);
  for (std::size_t i = 0; i < sack_count; ++i) {
    out.add(sack[i].left);
    out.add(sack[i].right);
  }
  out.add(unknown.size());
  for (const UnknownTcpOption& option : unknown) {
    out.add(option.kind);
    out.add(option.body.bytes());
  }
}

void digest_body(Digest& out, const TcpSegment& segment) {
  const auto& [source_port, destination_port, seq, ack, flags, window, urgent, options, payload] =
      segment;
  out.add((std::uint64_t{source_port} << 16) | destination_port);
  out.add((std::uint64_t{seq} << 32) | ack);
  out.add((std::uint64_t{flags} << 32) | (std::uint64_t{window} << 16) | urgent);
  digest_options(out, options);
  out.add(payload.bytes());
}

void digest_body(Digest& out, const UdpDatagram& datagram) {
  const auto& [source_port, destination_port, payload] = datagram;
  out.add((std::uint64_t{source_port} << 16) | destination_port);
  out.add(payload.bytes());
}

void digest_body(Digest& out, const IcmpMessage& message) {
  const auto& [kind, type, code, mtu, quoted] = message;
  out.add(kind);
  out.add((std::uint64_t{type} << 8) | code);
  out.add(mtu);
  out.add(quoted.bytes());
}

void digest_body(Digest& out, const OtherPayload& other) {
  const auto& [protocol, payload] = other;
  out.add(protocol);
  out.add(payload.bytes());
}

}  // namespace

void digest(Digest& out, const Packet& packet) {
  const auto& [source, destination, ttl, body] = packet;
  out.add(source);
  out.add(destination);
  out.add((std::uint64_t{body.index()} << 8) | ttl);
  std::visit([&](const auto& of_protocol) { digest_body(out, of_protocol); }, body);
}

}  // namespace lockstep
