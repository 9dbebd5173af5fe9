#include "oracle/judge/normaliser.h"

namespace lockstep::judge {

Packet Normaliser::operator()(Packet packet) {
  TcpSegment* segment = packet.tcp();
  if (segment == nullptr) return packet;
  const FourTuple tuple = sender_tuple(packet);
  if (segment->has(tcp_syn)) initial_[tuple] = segment->seq;
  const auto own = initial_.find(tuple);
  const auto other = initial_.find({tuple.peer, tuple.local});
  if (own != initial_.end()) segment->seq -= own->second;
  if (other == initial_.end()) return packet;
  if (segment->has(tcp_ack)) segment->ack -= other->second;
  for (std::size_t i = 0; i < segment->options.sack_count; ++i) {
    segment->options.sack[i].left -= other->second;
    segment->options.sack[i].right -= other->second;
  }
  return packet;
}

}  // namespace lockstep::judge
