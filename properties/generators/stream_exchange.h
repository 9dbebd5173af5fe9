// StreamExchange: one TCP connection over a LossyPair. Both ends send position-coded bytes, and
// each byte received is compared at once with the one that was sent at that place.
#pragma once

#include <array>
#include <cstdint>
#include <set>
#include <string>

#include "properties/generators/lossy_pair.h"

namespace lockstep::properties {

// Whether the connection may break: ends close in the middle and packets of the past come again.
enum class Hardness : std::uint8_t { must_survive, may_break };

class StreamExchange {
 public:
  // Draws the two hosts' settings, makes the sockets and starts to connect. Nothing has arrived
  // yet. `choices` outlives the exchange.
  StreamExchange(const PortMaker& make, Hardness hardness, scenario::Choices& choices);

  // One drawn action of a program or of the network.
  void act();
  // Delivers, ticks and reads until both ends have read everything and seen the end, or gives up.
  void finish_on_healed_network();

  // The first thing that went wrong; empty while nothing did.
  const std::string& wrong() const { return wrong_; }
  const std::set<std::string>& tags() const { return tags_; }
  std::uint64_t received() const { return ends_[0].received + ends_[1].received; }

 private:
  struct End {
    Fd fd;
    std::uint64_t sent = 0;
    std::uint64_t received = 0;
    bool made = false;      // There is a socket: host 1's is accepted some time.
    bool finished = false;  // shutdown(SHUT_WR) succeeded.
    bool saw_end = false;   // recv returned 0.
    bool closed = false;
  };

  void accept();
  void send(std::size_t host, std::uint32_t length);
  void receive(std::size_t host, std::uint32_t room);
  void finish(std::size_t host);
  void close(std::size_t host);
  void meddle();
  void tick_both(std::uint32_t ticks);
  bool is_complete() const;
  void fail(std::size_t host, const std::string& what);
  // Whether the result is one that a connection which survives never gives.
  bool breaks(const SyscallResult& result) const;

  scenario::Choices& choices_;
  Hardness hardness_;
  LossyPair pair_;
  Fd listener_;
  std::array<End, 2> ends_;
  std::uint32_t ticks_left_ = 0;  // While the network is lossy.
  std::string wrong_;
  std::set<std::string> tags_;
};

}  // namespace lockstep::properties
