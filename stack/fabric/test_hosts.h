// For tests: three hosts of a fabric, a UDP socket on the first, and what the network shows of it.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "stack/fabric/fabric.h"
#include "stack/kernel/test_world.h"

namespace lockstep::testing {

// What a tap saw, one line a packet: "0 a left 10.0.0.1:49152 > ... udp ...", and the comment.
struct Trace {
  std::vector<std::string> lines;
  std::vector<Packet> arrived;

  Tap tap() {
    return [this](const Sighting& sighting) {
      const bool left = sighting.kind == Sighting::Kind::left;
      std::string line = std::to_string(sighting.ticks) + ' ' + std::string(sighting.host_name);
      line += (left ? " left " : " arrived ") + to_string(sighting.packet);
      if (!sighting.comment.empty()) line += " (" + std::string(sighting.comment) + ')';
      lines.push_back(std::move(line));
      if (!left) arrived.push_back(sighting.packet);
    };
  }
};

struct ThreeHosts : ::testing::Test {
  Fabric fabric;
  Kernel& a = fabric.add_host("a", host_at({"10.0.0.1", "fd00::1"}));
  Kernel& b = fabric.add_host("b", host_at({"10.0.0.2", "fd00::2"}));
  Kernel& c = fabric.add_host("c", host_at({"10.0.0.3", "fd00::3"}));
  static constexpr HostId a_id{0};
  static constexpr HostId b_id{1};
  static constexpr HostId c_id{2};
  Fd sender = open(a, Type::dgram);
  Trace trace;

  explicit ThreeHosts(const FabricConfig& config = {}) : fabric(config) {}

  Fd receiver(Kernel& host, std::string_view address = "0.0.0.0:9") {
    const Domain domain = address.starts_with('[') ? Domain::inet6 : Domain::inet;
    const Fd fd = open(host, Type::dgram, domain);
    EXPECT_TRUE(host.bind(fd, at(address)).ok());
    return fd;
  }
  void say(std::string_view text, std::string_view to = "10.0.0.2:9") {
    EXPECT_TRUE(a.sendto(sender, bytes_of(text), 0, at(to)).ok());
  }
  // Everything that waits at a UDP socket: "1 2 3".
  static std::string heard(Kernel& host, Fd fd) {
    std::string all;
    for (;;) {
      const std::string one = receive(host, fd);
      if (one == "EAGAIN") return all;
      if (!all.empty()) all += ' ';
      all += one;
    }
  }
  // A connection from a to b: {client, server}.
  std::pair<Fd, Fd> connected() {
    const Fd listener = open(b, Type::stream);
    b.bind(listener, at("10.0.0.2:80"));
    b.listen(listener, 4);
    const Fd client = open(a, Type::stream);
    a.connect(client, at("10.0.0.2:80"));
    EXPECT_TRUE(fabric.run_until_quiet());
    a.connect(client, at("10.0.0.2:80"));
    return {client, Fd{static_cast<std::int32_t>(b.accept(listener).value)}};
  }
  static std::string error_of(Kernel& host, Fd fd) {
    const auto pending = host.get_option(fd, OptionName::so_error).option_value.value;
    return std::string(errno_name(static_cast<Errno>(pending)));
  }
};

}  // namespace lockstep::testing
