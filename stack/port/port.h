// Port: one host's stack, seen from its two faces. The api face takes calls and gives results; the
// wire face takes packets in and gives packets out. The harness and the oracle see nothing else of
// a stack, so anything that implements this can be verified. Implementations: stack/ports.
//
// A port is driven from outside: nothing happens between two calls of these functions, and packets
// that a call caused are given out by the next egress().
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stack/api/digest.h"
#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/wire/packet.h"
#include "stack/wire/wire_event.h"

namespace lockstep {

// Whether timers fire only in tick() or may fire at any time.
enum class PortClock : std::uint8_t { exact, elapsing };

// What a port may be unable to do; the generator heeds it and the judge reports `unsupported`.
enum class Feature : std::uint8_t {
  ipv6,
  local_sockets,  // AF_UNIX
  dual_stack,     // IPv4-mapped addresses, IPV6_V6ONLY
  urgent_data,
  linger,
  buffer_options,  // SO_RCVBUF, SO_SNDBUF, SO_RCVLOWAT
  tcp_options,     // TCP_CORK, TCP_MAXSEG, keepalive, TCP_USER_TIMEOUT, TCP_LINGER2
  ip_options,      // IP_RECVERR, IP_MTU_DISCOVER
  dup,
  queue_sizes,  // SIOCINQ, SIOCOUTQ
  disconnect,   // connect(AF_UNSPEC)
  icmp,         // ICMP errors are heeded and generated
  window_scale,
  multicast,
  loopback_shown,  // packets that a host sends to itself appear in egress()
  reboot,
};

// "ipv6", "local_sockets" ...
std::string_view feature_name(Feature feature);

// A set of features.
class FeatureSet {
 public:
  constexpr FeatureSet() = default;
  constexpr FeatureSet(std::initializer_list<Feature> features) {
    for (Feature feature : features) bits_ |= bit(feature);
  }
  constexpr bool has(Feature feature) const { return (bits_ & bit(feature)) != 0; }
  constexpr FeatureSet intersect(FeatureSet other) const {
    FeatureSet result;
    result.bits_ = bits_ & other.bits_;
    return result;
  }

 private:
  static constexpr std::uint32_t bit(Feature feature) {
    return std::uint32_t{1} << static_cast<unsigned>(feature);
  }
  std::uint32_t bits_ = 0;
};

struct PortTraits {
  std::string name;  // "in_process", "linux", ...
  PortClock clock = PortClock::exact;
  FeatureSet features;
};

class Port {
 public:
  virtual ~Port() = default;

  virtual const PortTraits& traits() const = 0;

  // Makes the host as new, with this configuration: no socket, no packet, no timer.
  virtual void reset(const HostConfig& config) = 0;

  // Makes one call. Never blocks.
  virtual SyscallResult call(const Syscall& call) = 0;

  // A packet arrives. `deliver_bytes` takes an encoded packet that may be damaged in any way; a
  // stack drops what is malformed or fails its checksum.
  virtual void deliver(const Packet& packet) = 0;
  virtual void deliver_bytes(std::span<const std::byte> bytes) = 0;

  // Lets `ticks` ticks of protocol time pass. Costs by the timers that fire, not by `ticks`.
  virtual void tick(std::uint32_t ticks) = 0;

  // Whether something sent still waits for its acknowledgment and will be sent again, or given up.
  // Asked of elapsing clocks alone: there a settle waits for it.
  virtual bool retransmits() { return false; }
  // The same, or whether a closed window waits to be probed. Asked of elapsing clocks alone.
  virtual bool awaits_timer() { return retransmits(); }

  // Appends what happened on the wire face since the last call.
  virtual void egress(std::vector<WireEvent>& out) = 0;

  // What a model checker asks for; a port that lacks either can be fuzzed, not explored.

  // Takes over the whole state of another port that was made alike. False: this one cannot.
  virtual bool copy_from(const Port&) { return false; }
  // Appends everything that decides what the port will do from now on: equal words, equal futures.
  // Times are relative to now. False: this one cannot.
  virtual bool digest(Digest&) const { return false; }
};

}  // namespace lockstep
