#include "stack/tcp/no_connection.h"

#include "stack/api/check.h"

namespace lockstep {

void refuse_segment(const Packet& packet, std::vector<Packet>& outbound) {
  const TcpSegment* segment = packet.tcp();
  LOCKSTEP_CHECK(segment != nullptr);
  if (segment->has(tcp_rst)) return;
  Packet& answer = outbound.emplace_back();
  answer.source = packet.destination;
  answer.destination = packet.source;
  auto& reset = std::get<TcpSegment>(answer.body);
  reset.source_port = segment->destination_port;
  reset.destination_port = segment->source_port;
  if (segment->has(tcp_ack)) {
    reset.seq = segment->ack;
    reset.flags = tcp_rst;
  } else {
    reset.ack = segment->seq + segment->sequence_length();
    reset.flags = tcp_rst | tcp_ack;
  }
}

}  // namespace lockstep
