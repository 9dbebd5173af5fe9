#include <algorithm>

#include "oracle/discriminate/change_parts.h"
#include "stack/api/check.h"

namespace lockstep::discriminate {
namespace {

std::uint16_t& source_port(Packet& packet) {
  if (packet.tcp() != nullptr) return packet.tcp()->source_port;
  return std::get<UdpDatagram>(packet.body).source_port;
}

std::uint16_t& destination_port(Packet& packet) {
  if (packet.tcp() != nullptr) return packet.tcp()->destination_port;
  return std::get<UdpDatagram>(packet.body).destination_port;
}

// Any number but this one, as often near as far.
std::uint32_t another(std::uint32_t number, scenario::Choices& choices) {
  const std::uint32_t by =
      choices.below(2) == 0 ? choices.between(2, 4000) : choices.between(2, 0xffff'fffd);
  return choices.below(2) == 0 ? number + by : number - by;
}

std::uint16_t another_window(std::uint16_t window, scenario::Choices& choices) {
  return static_cast<std::uint16_t>(window + choices.between(1, 0xffff));
}

TcpFlags control_bit(Way way) {
  switch (way) {
    case Way::fin_bit:
      return tcp_fin;
    case Way::syn_bit:
      return tcp_syn;
    case Way::psh_bit:
      return tcp_psh;
    case Way::ack_bit:
      return tcp_ack;
    case Way::urg_bit:
      return tcp_urg;
    case Way::ece_bit:
      return tcp_ece;
    case Way::cwr_bit:
      return tcp_cwr;
    default:
      return 0;
  }
}

void make_bare(TcpSegment& segment, TcpFlags flags) {
  segment.flags = flags;
  segment.payload = {};
  segment.options = {};
}

void change_segment(TcpSegment& segment, Way way, scenario::Choices& choices) {
  switch (way) {
    case Way::seq_one_more:
      ++segment.seq;
      return;
    case Way::seq_one_less:
      --segment.seq;
      return;
    case Way::seq_anything:
      segment.seq = another(segment.seq, choices);
      return;
    case Way::ack_one_more:
      ++segment.ack;
      return;
    case Way::ack_one_less:
      --segment.ack;
      return;
    case Way::ack_anything:
      segment.ack = another(segment.ack, choices);
      return;
    case Way::window_none:
      segment.window = 0;
      return;
    case Way::window_one_more:
      ++segment.window;
      return;
    case Way::window_one_less:
      --segment.window;
      return;
    case Way::window_anything:
      segment.window = another_window(segment.window, choices);
      return;
    case Way::reset_for_segment:
      return make_bare(segment, static_cast<TcpFlags>((segment.flags & tcp_ack) | tcp_rst));
    case Way::segment_for_reset:
      return make_bare(segment, tcp_ack);
    case Way::bare_ack:
      segment.seq += segment.sequence_length();
      return make_bare(segment, tcp_ack);
    default:
      segment.flags ^= control_bit(way);
  }
}

}  // namespace

const Slice& payload_of(const Packet& packet) {
  if (packet.tcp() != nullptr) return packet.tcp()->payload;
  return std::get<UdpDatagram>(packet.body).payload;
}

Slice& payload_of(Packet& packet) {
  if (packet.tcp() != nullptr) return packet.tcp()->payload;
  return std::get<UdpDatagram>(packet.body).payload;
}

Slice with_other_byte(const Slice& bytes, scenario::Choices& choices) {
  const std::uint32_t at = choices.below(static_cast<std::uint32_t>(bytes.size()));
  const auto flip = static_cast<std::byte>(choices.between(1, 0xff));
  return Slice::filled(bytes.size(), [&](std::span<std::byte> out) {
    std::ranges::copy(bytes.bytes(), out.begin());
    out[at] ^= flip;
  });
}

Slice shorter(const Slice& bytes) { return bytes.sub(0, bytes.size() - 1); }

Slice longer(const Slice& bytes, std::byte last) {
  return Slice::filled(bytes.size() + 1, [&](std::span<std::byte> out) {
    std::ranges::copy(bytes.bytes(), out.begin());
    out.back() = last;
  });
}

void change_packet(Packet& packet, Way way, scenario::Choices& choices) {
  switch (way) {
    case Way::source_ip:
      packet.source.low ^= 1;
      return;
    case Way::destination_ip:
      packet.destination.low ^= 1;
      return;
    case Way::source_port:
      source_port(packet) ^= 1;
      return;
    case Way::destination_port:
      destination_port(packet) ^= 1;
      return;
    case Way::payload_byte:
      payload_of(packet) = with_other_byte(payload_of(packet), choices);
      return;
    case Way::payload_shorter:
      payload_of(packet) = shorter(payload_of(packet));
      return;
    default:
      LOCKSTEP_CHECK(packet.tcp() != nullptr);
      change_segment(*packet.tcp(), way, choices);
  }
}

}  // namespace lockstep::discriminate
