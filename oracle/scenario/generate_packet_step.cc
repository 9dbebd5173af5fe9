#include <algorithm>

#include "oracle/scenario/draw.h"
#include "oracle/scenario/generate_action.h"

namespace lockstep::scenario {
namespace {

PacketByCause cause_of(const InFlight& entry) {
  return {entry.cause_label, static_cast<std::uint16_t>(entry.ordinal)};
}

// A packet in flight, the next to arrive most often. Requires: one is in flight.
PacketByCause draw_packet(Choices& choices, const Situation& situation) {
  const auto in_flight = situation.flight->in_flight();
  const auto count = static_cast<std::uint32_t>(in_flight.size());
  const std::uint32_t index = choices.one_in(4) ? choices.below(count) : 0;
  return cause_of(in_flight[index]);
}

// A packet of the last steps that is archived: a few tries, as most labels caused none.
Action draw_replay(Choices& choices, const Situation& situation) {
  constexpr std::uint32_t look_back = 24;
  const std::uint32_t last = situation.next_label - 1;
  if (last == 0) return step::Settle{};
  const std::uint32_t newest = choices.below(std::min(last, look_back));
  for (std::uint32_t back = newest; back < std::min(last, newest + look_back); ++back) {
    const Label label = last - back;
    const std::uint32_t ordinal = back == newest ? choices.below(3) : 0;
    if (situation.flight->find_archived(label, ordinal) != nullptr) {
      return step::Replay{{label, static_cast<std::uint16_t>(ordinal)}};
    }
  }
  return step::Settle{};
}

Action draw_forge(Choices& choices, const Situation& situation) {
  constexpr std::array<std::uint16_t, 8> lengths{0, 0, 0, 1, 10, 100, 1400, 536};
  constexpr std::array<std::uint16_t, 6> windows{65535, 65535, 0, 1, 1000, 32768};
  const OpenSocket* socket = draw_socket(choices, situation, [](const OpenSocket& candidate) {
    return is_open(candidate) && is_tcp(candidate) && candidate.peer.port != 0;
  });
  if (socket == nullptr) return step::Settle{};
  step::Forge forge;
  forge.socket = socket->name;
  forge.flags = draw_tcp_flags(choices);
  forge.seq_delta = draw_sequence_delta(choices);
  forge.ack_delta = draw_sequence_delta(choices);
  forge.length = choices.of(lengths);
  forge.window = choices.of(windows);
  return forge;
}

Action draw_icmp(Choices& choices, const Situation& situation) {
  constexpr std::array<IcmpKind, 6> kinds{IcmpKind::port_unreachable, IcmpKind::host_unreachable,
                                          IcmpKind::net_unreachable,  IcmpKind::packet_too_big,
                                          IcmpKind::time_exceeded,    IcmpKind::other};
  constexpr std::array<std::uint32_t, 6> mtus{600, 1280, 576, 68, 0, 9000};
  const OpenSocket* socket = draw_socket(choices, situation, [&](const OpenSocket& candidate) {
    return is_open(candidate) && candidate.domain != Domain::local &&
           (candidate.peer.port != 0 || candidate.sent > 0) &&
           situation.features[candidate.host].has(Feature::icmp);
  });
  if (socket == nullptr) return step::Settle{};
  step::Icmp icmp;
  icmp.socket = socket->name;
  icmp.kind = choices.of(kinds);
  if (icmp.kind == IcmpKind::packet_too_big) icmp.mtu = choices.of(mtus);
  return icmp;
}

HostIndex draw_host(Choices& choices, const Situation& situation) {
  return static_cast<HostIndex>(choices.below(static_cast<std::uint32_t>(situation.hosts.size())));
}

Action draw_partition(Choices& choices, const Situation& situation) {
  const auto hosts = static_cast<std::uint32_t>(situation.hosts.size());
  if (hosts < 2) return step::Settle{};
  const std::uint32_t a = choices.below(hosts - 1);
  const std::uint32_t b = a + 1 + choices.below(hosts - 1 - a);
  return step::Partition{static_cast<HostIndex>(a), static_cast<HostIndex>(b)};
}

Action draw_heal(Choices& choices, const Situation& situation) {
  if (situation.partitions.empty()) return step::Settle{};
  const auto& [a, b] =
      situation.partitions[choices.below(static_cast<std::uint32_t>(situation.partitions.size()))];
  return step::Heal{a, b};
}

}  // namespace

Action generate_packet_step(Choices& choices, Family family, const Situation& situation) {
  if (family == Family::tick) {
    const HostIndex host = draw_host(choices, situation);
    return step::Tick{host, draw_ticks(choices)};
  }
  if (family == Family::replay) return draw_replay(choices, situation);
  if (family == Family::forge) return draw_forge(choices, situation);
  if (family == Family::icmp) return draw_icmp(choices, situation);
  if (family == Family::partition) return draw_partition(choices, situation);
  if (family == Family::heal) return draw_heal(choices, situation);
  if (family == Family::reboot) return step::Reboot{draw_host(choices, situation)};
  if (family == Family::settle || situation.flight->empty()) return step::Settle{};
  const PacketByCause packet = draw_packet(choices, situation);
  if (family == Family::drop) return step::Drop{packet};
  if (family == Family::duplicate) return step::Duplicate{packet};
  if (family == Family::hold) return step::Hold{packet};
  if (family == Family::corrupt) return step::Corrupt{packet, choices.below(1024)};
  return step::Deliver{packet};
}

}  // namespace lockstep::scenario
