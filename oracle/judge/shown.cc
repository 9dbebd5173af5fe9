#include "oracle/judge/shown.h"

namespace lockstep::judge {
namespace {

// Whether `a` is later than `b` in a 32-bit sequence space.
bool later(std::uint32_t a, std::uint32_t b) { return static_cast<std::int32_t>(a - b) > 0; }

// Numbers further back than this are another connection's.
constexpr std::uint32_t retransmission_reach = 1 << 20;

void take_over(Shown& shown, const TcpSegment& segment) {
  const std::uint32_t end = segment.seq + segment.sequence_length();
  if (segment.has(tcp_syn) || !segment.has(tcp_rst)) {
    if (segment.has(tcp_syn) || later(end, shown.snd_nxt)) shown.snd_nxt = end;
    if (segment.has(tcp_ack)) {
      shown.rcv_nxt = segment.ack;
      shown.acknowledges = true;
    }
  }
}

}  // namespace

const Shown* find_shown(const std::vector<Shown>& all, scenario::HostIndex host,
                        const FourTuple& tuple, bool tcp) {
  for (const Shown& shown : all) {
    if (shown.host == host && shown.tcp == tcp && shown.tuple == tuple) return &shown;
  }
  return nullptr;
}

bool note_shown(std::vector<Shown>& all, scenario::HostIndex from, const Packet& packet,
                bool quotable) {
  const FourTuple tuple = sender_tuple(packet);
  const TcpSegment* segment = packet.tcp();
  Shown* shown = nullptr;
  for (Shown& candidate : all) {
    if (candidate.host == from && candidate.tcp == (segment != nullptr) &&
        candidate.tuple == tuple) {
      shown = &candidate;
      break;
    }
  }
  const bool fresh = shown == nullptr;
  if (fresh) {
    shown = &all.emplace_back();
    shown->host = from;
    shown->tcp = segment != nullptr;
    shown->tuple = tuple;
    if (segment != nullptr) shown->snd_nxt = segment->seq + segment->sequence_length();
  }
  if (quotable) shown->last = packet;
  if (segment == nullptr) return false;
  const bool again = !fresh && segment->sequence_length() > 0 && !segment->has(tcp_rst) &&
                     later(shown->snd_nxt, segment->seq) &&
                     shown->snd_nxt - segment->seq <= retransmission_reach;
  take_over(*shown, *segment);
  return again;
}

}  // namespace lockstep::judge
