// ConnectedPair: an established TCP connection from host 0 to host 1 over a network that loses
// nothing. Amounts are moved in full, in as many calls as it takes.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "properties/generators/lossy_pair.h"

namespace lockstep::properties {

class ConnectedPair {
 public:
  explicit ConnectedPair(const PortMaker& make);

  // Why the connection could not be made; empty when it stands.
  const std::string& wrong() const { return wrong_; }
  LossyPair& network() { return network_; }
  const LossyPair& network() const { return network_; }
  Fd fd(std::size_t host) const { return ends_[host].fd; }

  // Sends so many bytes and delivers them; receives so many of those sent and compares each. Give
  // what went wrong, or nothing.
  std::string send_exactly(std::size_t host, std::uint32_t bytes);
  std::string receive_exactly(std::size_t host, std::uint32_t bytes);
  // One receive; its bytes are not compared.
  SyscallResult receive(std::size_t host, std::uint32_t room);

 private:
  struct End {
    Fd fd;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
  };

  std::string connect();

  LossyPair network_;
  std::array<End, 2> ends_;
  std::string wrong_;
};

}  // namespace lockstep::properties
