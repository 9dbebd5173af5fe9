// PacketLabels: a packet in a few words, with sequence numbers counted from where each direction of
// its connection began, as in a textbook.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "stack/wire/packet.h"

namespace lockstep::view {

class PacketLabels {
 public:
  // Learns where the packet's direction begins, from its SYN or else from the first packet seen.
  // Call it for packets in the order in which they left.
  void note(const Packet& packet);

  // "SYN|ACK seq=0 ack=1 win=65535", "udp 5000 > 53 len=4", "icmp port_unreachable".
  std::string label(const Packet& packet) const;

 private:
  std::uint32_t base(const FourTuple& sender) const;

  std::map<FourTuple, std::uint32_t> first_;  // By sender: the sequence number shown as 0.
};

}  // namespace lockstep::view
