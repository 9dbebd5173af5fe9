// The conditions of a network as rules: what links do to packets. Each is a value to be installed
// in a fabric, alone or with others, for all links or for some (between, both_ways).
#pragma once

#include <cstdint>

#include "stack/fabric/random.h"
#include "stack/fabric/rule.h"

namespace lockstep::conditions {

// Every packet takes `ticks`.
Rule latency(std::uint32_t ticks);
// Every packet takes 0 to `ticks_max`, each as likely as the others.
Rule jitter(std::uint32_t ticks_max);

Rule loss(Chance chance);
// Drops everything: with between() one direction of a link, in a guard until it is mended.
Rule cut();

// A second copy comes 0 to `ticks_max` ticks after the first.
Rule duplication(Chance chance, std::uint32_t ticks_max = 0);

struct Reordering {
  std::uint32_t packets_max = 3;  // > 0
  std::uint32_t ticks_max = 0;
};
// A packet comes 0 to ticks_max ticks late; of those that come in time 1 to packets_max of the
// packets that leave after it in the same round overtake it.
Rule reordering(Chance chance, Reordering reordering = {});

// Flips `bits` bits of the encoded packet. One is always noticed by a host, except where IPv6
// has no checksum over it (RFC 8200 3: traffic class, flow label, hop limit); several may cancel
// out in the Internet checksum. Requires: 0 < bits <= Copy::flips_max.
Rule corruption(Chance chance, std::uint8_t bits = 1);

// Packets of more than `bytes`, IP header included, are refused with a packet-too-big (RFC 1191,
// RFC 8201): no packet here may be fragmented.
Rule link_mtu(std::uint32_t bytes);

// `routers` routers on the way: each takes one off the TTL or hop limit, and the one that leaves
// nothing of it refuses the packet with a time-exceeded (RFC 1812 5.3.1, RFC 8200 3).
Rule hops(std::uint8_t routers);

// Stands for every host in the two below.
inline constexpr HostId any_host = {0xfffffffe};

// `rule` for what goes from one host to another.
Rule between(HostId from, HostId to, Rule rule);
// The same in both directions.
Rule both_ways(HostId a, HostId b, Rule rule);

}  // namespace lockstep::conditions
