// For tests of single segments: what a host sends as text, and a listener whose peers are made by
// hand.
#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "stack/kernel/test_world.h"

namespace lockstep::testing {

// "ACK|PSH 1:11": flags, and the numbers that it occupies from `iss` on; an empty one "ACK 1".
inline std::string shown(const Packet& packet, SequenceNumber iss) {
  const TcpSegment& segment = *packet.tcp();
  const std::uint32_t first = SequenceNumber(segment.seq).distance_from(iss);
  std::string text = tcp_flags_text(segment.flags) + " " + std::to_string(first);
  const std::uint32_t length = segment.sequence_length();
  return length == 0 ? text : text + ":" + std::to_string(first + length);
}

// What `host` sends now of `fd`'s connection.
inline std::string sent(Kernel& host, Fd fd) {
  const SequenceNumber iss = host.find_socket(fd)->tcb.iss;
  std::string text;
  for (const Packet& packet : drain(host)) text += (text.empty() ? "" : ", ") + shown(packet, iss);
  return text;
}

// "3: ACK 1, 9: ...": what leaves at which of the next ticks.
inline std::string sent_at(Kernel& host, SequenceNumber iss, int ticks) {
  std::string text;
  for (int tick = 1; tick <= ticks; ++tick) {
    host.tick(1);
    for (const Packet& packet : drain(host)) {
      text += (text.empty() ? "" : ", ") + std::to_string(tick) + ": " + shown(packet, iss);
    }
  }
  return text;
}

inline SequenceNumber iss_of(const Kernel& host, Fd fd) { return host.find_socket(fd)->tcb.iss; }

inline void set(Kernel& host, Fd fd, OptionName option, std::int32_t value) {
  EXPECT_TRUE(host.set_option(fd, option, {value, 0}).ok()) << option_name(option);
}

inline std::size_t socket_count(const Kernel& host) {
  std::size_t count = 0;
  host.for_each_socket([&](const Socket&) { ++count; });
  return count;
}

// A listener with backlog 1, and peers made by hand.
struct Listener {
  Kernel host;
  Fd fd;

  explicit Listener(const HostConfig& config)
      : host(config), fd(testing::open(host, Type::stream)) {
    host.bind(fd, at("10.0.0.2:80"));
    host.listen(fd, 1);
  }
  Packet from(std::uint16_t port, TcpFlags flags, std::uint32_t seq, std::uint32_t ack = 0) {
    return Packet{.source = ip("10.0.0.1"),
                  .destination = ip("10.0.0.2"),
                  .body = TcpSegment{.source_port = port,
                                     .destination_port = 80,
                                     .seq = seq,
                                     .ack = ack,
                                     .flags = flags,
                                     .window = 1000}};
  }
  std::uint32_t syn(std::uint16_t port) {
    host.deliver(from(port, tcp_syn, 100));
    return drain(host).at(0).tcp()->seq;
  }
  std::vector<Packet> ack(std::uint16_t port, std::uint32_t iss) {
    host.deliver(from(port, tcp_ack, 101, iss + 1));
    return drain(host);
  }
  // The third of three handshakes finds the queue full.
  std::vector<Packet> overflow(std::uint32_t& third) {
    const std::uint32_t first = syn(1);
    const std::uint32_t second = syn(2);
    EXPECT_TRUE(ack(1, first).empty());
    third = syn(3);
    EXPECT_TRUE(ack(2, second).empty());
    return ack(3, third);
  }
};

}  // namespace lockstep::testing
