// LossyPair: two hosts and the wire between them, for properties that look at a stack directly,
// with no runner and no oracle. The wire keeps packets in order until someone meddles with them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "oracle/scenario/choices.h"
#include "stack/port/port.h"

namespace lockstep::properties {

using PortMaker = std::function<std::unique_ptr<Port>()>;

// The port that properties are about, and the same one with a lie from stack/ports/lies.
std::unique_ptr<Port> make_honest_port();
PortMaker lying_port_maker(const std::string& lie);

class LossyPair {
 public:
  using HostNumber = std::size_t;  // 0 or 1.

  // Host n has `configs[n]`; its addresses must not be the other host's.
  LossyPair(const PortMaker& make, const std::array<HostConfig, 2>& configs);

  SyscallResult call(HostNumber host, const Syscall& call);
  void tick(HostNumber host, std::uint32_t ticks);

  std::size_t in_flight() const { return flight_.size(); }
  // What happens to the packet at `index` (below in_flight()). `duplicate` puts a second copy, and
  // `hold_back` the packet itself, behind everything in flight.
  void deliver(std::size_t index);
  void drop(std::size_t index);
  void duplicate(std::size_t index);
  void hold_back(std::size_t index);
  // One of the latest packets arrives once more.
  void replay(scenario::Choices& choices);
  // Delivers in order until nothing is in flight; false when that takes over 4,096 packets.
  bool deliver_all();

  // The packets that this host sent to the other since the last forget_left().
  const std::vector<Packet>& left(HostNumber host) const { return left_[host]; }
  void forget_left();

 private:
  struct Travelling {
    HostNumber to = 0;
    Packet packet;
  };
  static constexpr std::size_t archive_capacity = 64;

  void collect(HostNumber host);
  bool has_address(HostNumber host, const IpAddress& address) const;
  Travelling take(std::size_t index);

  std::array<HostConfig, 2> configs_;
  std::array<std::unique_ptr<Port>, 2> ports_;
  std::vector<Travelling> flight_;
  std::vector<Travelling> archive_;
  std::array<std::vector<Packet>, 2> left_;
  std::vector<WireEvent> events_;
};

}  // namespace lockstep::properties
