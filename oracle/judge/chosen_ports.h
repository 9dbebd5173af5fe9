// ChosenPorts: traces without the ports that a stack picked by itself, so that two runs can be
// compared: each has the number of the order in which it appeared with its address.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "oracle/judge/trace.h"

namespace lockstep::judge {

// A port counts as picked when it is in the ephemeral range of some host of the trace and no step
// names it. Packets and results must be shown in the order in which they came.
class ChosenPorts {
 public:
  explicit ChosenPorts(const Trace& trace);

  // The picked ports of an address are 1, 2, 3 ...
  Packet renamed(Packet packet);
  // The same in a result's text: "ok from 10.0.0.1:49152" becomes "ok from 10.0.0.1:1".
  std::string renamed(std::string_view text);

 private:
  // `address` as it stands in front of the port: "10.0.0.1", "[fd00::1]".
  std::uint16_t renamed(std::string_view address, std::uint16_t port);
  void rename(const IpAddress& address, std::uint16_t& port);

  std::uint16_t first_ = 0xffff;
  std::uint16_t last_ = 0;
  std::set<std::uint16_t> named_;
  std::map<std::string, std::map<std::uint16_t, std::uint16_t>, std::less<>> numbers_;
};

}  // namespace lockstep::judge
