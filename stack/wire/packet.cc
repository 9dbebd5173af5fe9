#include "stack/wire/packet.h"

#include <charconv>
#include <string_view>

#include "stack/api/check.h"
#include "stack/api/hash.h"
#include "stack/wire/codec.h"
#include "stack/wire/protocol.h"
#include "stack/wire/quote.h"

namespace lockstep {
namespace {

void append(std::string& out, std::uint64_t value) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof(digits), value).ptr;
  out.append(digits, end);
}

void append(std::string& out, std::string_view label, std::uint64_t value) {
  out += label;
  append(out, value);
}

void append_ends(std::string& out, const IpAddress& source, const IpAddress& destination) {
  out += to_string(source);
  out += " > ";
  out += to_string(destination);
}

void append_ends(std::string& out, const FourTuple& tuple) {
  out += to_string(tuple.local);
  out += " > ";
  out += to_string(tuple.peer);
}

void append_separator(std::string& out, const char*& separator) {
  out += separator;
  separator = ",";
}

// " <mss 1460,sackOK,TS val 1 ecr 0>"; nothing when there is no option.
void append_options(std::string& out, const TcpOptions& options) {
  const char* separator = " <";
  if (options.mss) {
    append_separator(out, separator);
    append(out, "mss ", *options.mss);
  }
  if (options.window_scale) {
    append_separator(out, separator);
    append(out, "wscale ", *options.window_scale);
  }
  if (options.sack_permitted) {
    append_separator(out, separator);
    out += "sackOK";
  }
  if (options.timestamps) {
    append_separator(out, separator);
    append(out, "TS val ", options.timestamps->value);
    append(out, " ecr ", options.timestamps->echo_reply);
  }
  if (options.sack_count > 0) {
    append_separator(out, separator);
    out += "sack";
    for (std::size_t i = 0; i < options.sack_count && i < options.sack.size(); ++i) {
      append(out, " ", options.sack[i].left);
      append(out, ":", options.sack[i].right);
    }
  }
  for (const UnknownTcpOption& unknown : options.unknown) {
    append_separator(out, separator);
    append(out, "opt", unknown.kind);
    append(out, " len ", unknown.body.size() + 2);
  }
  if (*separator == ',') out += '>';
}

void append_body(std::string& out, const TcpSegment& tcp) {
  out += " tcp ";
  out += tcp.flags == 0 ? "none" : tcp_flags_text(tcp.flags);
  append(out, " seq=", tcp.seq);
  if (tcp.has(tcp_ack) || tcp.ack != 0) append(out, " ack=", tcp.ack);
  append(out, " win=", tcp.window);
  if (tcp.has(tcp_urg) || tcp.urgent != 0) append(out, " urg=", tcp.urgent);
  if (!tcp.payload.empty()) append(out, " len=", tcp.payload.size());
  append_options(out, tcp.options);
}

std::string_view kind_text(IcmpKind kind) {
  switch (kind) {
    case IcmpKind::net_unreachable:
      return "net unreachable";
    case IcmpKind::host_unreachable:
      return "host unreachable";
    case IcmpKind::port_unreachable:
      return "port unreachable";
    case IcmpKind::packet_too_big:
      return "packet too big";
    case IcmpKind::time_exceeded:
      return "time exceeded";
    case IcmpKind::other:
      break;
  }
  return "type=";
}

void append_body(std::string& out, const IcmpMessage& icmp) {
  out += " icmp ";
  out += kind_text(icmp.kind);
  if (icmp.kind == IcmpKind::other) {
    append(out, icmp.type);
    append(out, " code=", icmp.code);
    append(out, " len=", icmp.quoted.size());
    return;
  }
  if (icmp.kind == IcmpKind::packet_too_big) append(out, " mtu=", icmp.mtu);
  const auto quote = decode_quote(icmp);
  if (!quote) {
    append(out, " (quotes ", icmp.quoted.size());
    out += " bytes)";
    return;
  }
  out += " (quotes ";
  append_ends(out, quote->sender);
  out += quote->protocol == protocol_tcp ? " tcp" : " udp";
  if (quote->tcp_seq) append(out, " seq=", *quote->tcp_seq);
  out += ')';
}

void append_body(std::string& out, const UdpDatagram& udp) {
  append(out, " udp len=", udp.payload.size());
}

void append_body(std::string& out, const OtherPayload& other) {
  const auto unreadable = other.protocol == protocol_unreadable
                              ? decode_packet(other.payload.bytes())
                              : std::expected<Packet, DecodeError>();
  if (unreadable.has_value()) {
    append(out, " proto=", other.protocol);
  } else {
    out += " no packet (";
    out += decode_error_name(unreadable.error());
    out += ')';
  }
  append(out, " len=", other.payload.size());
}

std::uint64_t hash_of(std::uint64_t seed, const TcpOptions& options) {
  seed = hash_mix(seed, options.mss ? 0x10000u + *options.mss : 0u);
  seed = hash_mix(seed, options.window_scale ? 0x100u + *options.window_scale : 0u);
  seed = hash_mix(seed, (std::uint64_t{options.sack_count} << 2) | (options.timestamps ? 2u : 0u) |
                            (options.sack_permitted ? 1u : 0u));
  if (options.timestamps) {
    seed = hash_mix(
        seed, (std::uint64_t{options.timestamps->value} << 32) | options.timestamps->echo_reply);
  }
  for (std::size_t i = 0; i < options.sack_count && i < options.sack.size(); ++i) {
    seed = hash_mix(seed, (std::uint64_t{options.sack[i].left} << 32) | options.sack[i].right);
  }
  for (const UnknownTcpOption& unknown : options.unknown) {
    seed = hash_bytes(hash_mix(seed, unknown.kind), unknown.body.bytes());
  }
  return seed;
}

std::uint64_t hash_of(std::uint64_t seed, const TcpSegment& tcp) {
  seed = hash_mix(seed, (std::uint64_t{tcp.source_port} << 16) | tcp.destination_port);
  seed = hash_mix(seed, (std::uint64_t{tcp.seq} << 32) | tcp.ack);
  seed = hash_mix(
      seed, (std::uint64_t{tcp.flags} << 32) | (std::uint64_t{tcp.window} << 16) | tcp.urgent);
  return hash_bytes(hash_of(seed, tcp.options), tcp.payload.bytes());
}

std::uint64_t hash_of(std::uint64_t seed, const UdpDatagram& udp) {
  seed = hash_mix(seed, (std::uint64_t{udp.source_port} << 16) | udp.destination_port);
  return hash_bytes(seed, udp.payload.bytes());
}

std::uint64_t hash_of(std::uint64_t seed, const IcmpMessage& icmp) {
  seed = hash_mix(seed, (static_cast<std::uint64_t>(icmp.kind) << 48) |
                            (std::uint64_t{icmp.type} << 40) | (std::uint64_t{icmp.code} << 32) |
                            icmp.mtu);
  return hash_bytes(seed, icmp.quoted.bytes());
}

std::uint64_t hash_of(std::uint64_t seed, const OtherPayload& other) {
  return hash_bytes(hash_mix(seed, other.protocol), other.payload.bytes());
}

}  // namespace

FourTuple sender_tuple(const Packet& packet) {
  if (const TcpSegment* tcp = packet.tcp()) {
    return {{packet.source, tcp->source_port}, {packet.destination, tcp->destination_port}};
  }
  const UdpDatagram* udp = packet.udp();
  LOCKSTEP_CHECK(udp != nullptr);
  return {{packet.source, udp->source_port}, {packet.destination, udp->destination_port}};
}

std::string to_string(const Packet& packet) {
  std::string out;
  if (packet.tcp() != nullptr || packet.udp() != nullptr) {
    append_ends(out, sender_tuple(packet));
  } else {
    append_ends(out, packet.source, packet.destination);
  }
  std::visit([&out](const auto& body) { append_body(out, body); }, packet.body);
  return out;
}

std::string tcp_flags_text(TcpFlags flags) {
  struct NamedFlag {
    TcpFlags flag;
    std::string_view name;
  };
  static constexpr NamedFlag names[] = {
      {tcp_syn, "SYN"}, {tcp_fin, "FIN"}, {tcp_rst, "RST"}, {tcp_psh, "PSH"},
      {tcp_ack, "ACK"}, {tcp_urg, "URG"}, {tcp_ece, "ECE"}, {tcp_cwr, "CWR"},
  };
  std::string out;
  for (const NamedFlag& named : names) {
    if ((flags & named.flag) == 0) continue;
    if (!out.empty()) out += '|';
    out += named.name;
  }
  return out;
}

std::uint64_t stable_hash(const Packet& packet) {
  std::uint64_t seed = hash_mix(stable_hash(packet.source), stable_hash(packet.destination));
  seed = hash_mix(seed, (std::uint64_t{packet.ttl} << 8) | packet.body.index());
  return std::visit([seed](const auto& body) { return hash_of(seed, body); }, packet.body);
}

}  // namespace lockstep
