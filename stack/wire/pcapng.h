// A pcapng capture (the IETF draft draft-ietf-opsawg-pcapng), written into memory: one section,
// interfaces of raw IP packets (LINKTYPE_RAW, 101), nanosecond timestamps, a comment on each
// packet. All numbers little-endian, so that a capture is the same on every machine.
//
//   block := type u32, length u32, body padded to four, length u32
//   file := section header, (interface description | enhanced packet) *
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stack/wire/codec_error.h"
#include "stack/wire/packet.h"

namespace lockstep {

// Where a packet was seen: on an interface, numbered from 0, and on its way out or in (epb_flags).
struct PcapngPlace {
  enum class Direction : std::uint8_t { unknown = 0, inbound = 1, outbound = 2 };

  std::uint32_t interface = 0;
  Direction direction = Direction::unknown;
};

class PcapngWriter {
 public:
  // With one interface that has no name.
  PcapngWriter();
  // With none: add_interface comes before the first packet.
  static PcapngWriter without_interfaces();

  // Adds an interface and gives its number.
  std::uint32_t add_interface(std::string_view name);

  // Adds a packet that was seen `nanoseconds` after the scenario's start. On an error nothing is
  // added. A comment is UTF-8 text of any number of lines; none when empty, cut after 65,535 bytes.
  std::expected<void, EncodeError> add(const Packet& packet, std::uint64_t nanoseconds,
                                       std::string_view comment, PcapngPlace place = {});
  // The same for bytes as they are, damaged ones too.
  void add_bytes(std::span<const std::byte> bytes, std::uint64_t nanoseconds,
                 std::string_view comment, PcapngPlace place = {});

  // The capture so far: a whole file at any time.
  const std::string& bytes() const { return out_; }

 private:
  struct NoInterfaces {};
  explicit PcapngWriter(NoInterfaces);

  std::uint32_t interfaces_ = 0;
  std::string out_;
  std::vector<std::byte> encoded_;
};

// The time of a packet seen in tick `ticks` of `tick_ms` milliseconds each.
constexpr std::uint64_t nanoseconds_of_ticks(std::uint64_t ticks, std::uint32_t tick_ms) {
  return ticks * tick_ms * 1'000'000;
}

}  // namespace lockstep
