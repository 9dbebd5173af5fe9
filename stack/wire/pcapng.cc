#include "stack/wire/pcapng.h"

#include <algorithm>

#include "stack/api/check.h"
#include "stack/wire/codec.h"

namespace lockstep {
namespace {

constexpr std::uint32_t section_header_type = 0x0a0d0d0a;
constexpr std::uint32_t interface_description_type = 1;
constexpr std::uint32_t enhanced_packet_type = 6;
constexpr std::uint32_t byte_order_magic = 0x1a2b3c4d;
constexpr std::uint16_t linktype_raw = 101;

constexpr std::uint16_t option_end = 0;
constexpr std::uint16_t option_comment = 1;
constexpr std::uint16_t option_name = 2;             // if_name
constexpr std::uint16_t option_packet_flags = 2;     // epb_flags
constexpr std::uint16_t option_application = 4;      // shb_userappl
constexpr std::uint16_t option_time_resolution = 9;  // if_tsresol

template <typename Number>
void put(std::string& out, Number number) {
  auto value = static_cast<std::uint64_t>(number);
  for (std::size_t i = 0; i < sizeof(Number); ++i) {
    out += static_cast<char>(value & 0xff);
    value >>= 8;
  }
}

void pad(std::string& out) { out.append((4 - out.size() % 4) % 4, '\0'); }

void put_option(std::string& out, std::uint16_t code, std::string_view value) {
  value = value.substr(0, 0xffff);
  put(out, code);
  put(out, static_cast<std::uint16_t>(value.size()));
  out += value;
  pad(out);
}

void end_options(std::string& out) { put(out, std::uint32_t{option_end}); }

// Starts a block; its length is filled in by end_block. Gives where the block starts.
std::size_t begin_block(std::string& out, std::uint32_t type) {
  const std::size_t start = out.size();
  put(out, type);
  put(out, std::uint32_t{0});
  return start;
}

void end_block(std::string& out, std::size_t start) {
  const auto length = static_cast<std::uint32_t>(out.size() + 4 - start);
  put(out, length);
  std::copy_n(out.end() - 4, 4, out.begin() + static_cast<std::ptrdiff_t>(start + 4));
}

void put_section_header(std::string& out) {
  const std::size_t start = begin_block(out, section_header_type);
  put(out, byte_order_magic);
  put(out, std::uint16_t{1});  // Version 1.0.
  put(out, std::uint16_t{0});
  put(out, ~std::uint64_t{0});  // Section length: not given.
  put_option(out, option_application, "lockstep");
  end_options(out);
  end_block(out, start);
}

void put_interface(std::string& out, std::string_view name) {
  const std::size_t start = begin_block(out, interface_description_type);
  put(out, linktype_raw);
  put(out, std::uint16_t{0});  // Reserved.
  put(out, std::uint32_t{0});  // Snapshot length: no limit.
  if (!name.empty()) put_option(out, option_name, name);
  put_option(out, option_time_resolution, "\x09");  // 10^-9 seconds.
  end_options(out);
  end_block(out, start);
}

}  // namespace

PcapngWriter::PcapngWriter(NoInterfaces) { put_section_header(out_); }

PcapngWriter::PcapngWriter() : PcapngWriter(NoInterfaces()) { add_interface(""); }

PcapngWriter PcapngWriter::without_interfaces() { return PcapngWriter(NoInterfaces()); }

std::uint32_t PcapngWriter::add_interface(std::string_view name) {
  put_interface(out_, name);
  return interfaces_++;
}

std::expected<void, EncodeError> PcapngWriter::add(const Packet& packet, std::uint64_t nanoseconds,
                                                   std::string_view comment, PcapngPlace place) {
  encoded_.clear();
  const auto size = encode_packet(packet, encoded_);
  if (!size) return std::unexpected(size.error());
  add_bytes(encoded_, nanoseconds, comment, place);
  return {};
}

void PcapngWriter::add_bytes(std::span<const std::byte> bytes, std::uint64_t nanoseconds,
                             std::string_view comment, PcapngPlace place) {
  LOCKSTEP_CHECK(place.interface < interfaces_);
  const std::size_t start = begin_block(out_, enhanced_packet_type);
  const auto size = static_cast<std::uint32_t>(bytes.size());
  put(out_, place.interface);
  put(out_, static_cast<std::uint32_t>(nanoseconds >> 32));
  put(out_, static_cast<std::uint32_t>(nanoseconds));
  put(out_, size);  // Captured ...
  put(out_, size);  // ... and original length.
  std::transform(bytes.begin(), bytes.end(), std::back_inserter(out_),
                 [](std::byte b) { return static_cast<char>(b); });
  pad(out_);
  const bool directed = place.direction != PcapngPlace::Direction::unknown;
  if (!comment.empty()) put_option(out_, option_comment, comment);
  if (directed) {
    const char flags[4] = {static_cast<char>(place.direction), 0, 0, 0};
    put_option(out_, option_packet_flags, std::string_view(flags, sizeof flags));
  }
  if (directed || !comment.empty()) end_options(out_);
  end_block(out_, start);
}

}  // namespace lockstep
