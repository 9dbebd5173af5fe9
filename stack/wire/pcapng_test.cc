#include "stack/wire/pcapng.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>

#include "stack/wire/sample_packets.h"

namespace lockstep {
namespace {

std::vector<std::byte> bytes_of(const std::string& text) {
  const auto bytes = std::as_bytes(std::span(text));
  return {bytes.begin(), bytes.end()};
}

TEST(Pcapng, StartsWithASectionAndAnInterface) {
  // section header: type, 44 bytes, magic, version 1.0, no section length,
  //   shb_userappl "lockstep", end of options, 44 bytes
  // interface description: type, 32 bytes, linktype 101, no snapshot length,
  //   if_tsresol 9, end of options, 32 bytes
  EXPECT_EQ(bytes_of(PcapngWriter().bytes()),
            sample::hex("0a 0d 0d 0a 2c 00 00 00 4d 3c 2b 1a 01 00 00 00 "
                        "ff ff ff ff ff ff ff ff 04 00 08 00 6c 6f 63 6b "
                        "73 74 65 70 00 00 00 00 2c 00 00 00 "
                        "01 00 00 00 20 00 00 00 65 00 00 00 00 00 00 00 "
                        "09 00 01 00 09 00 00 00 00 00 00 00 20 00 00 00"));
}

TEST(Pcapng, WritesAPacketWithItsTimeAndComment) {
  PcapngWriter writer;
  const std::size_t start = writer.bytes().size();
  writer.add_bytes(sample::hex("45 00 01"), 0x0000000102030405, "hi");
  // enhanced packet: type, 52 bytes, interface 0, time high, time low, captured 3, original 3,
  //   the bytes padded to 4, opt_comment "hi" padded to 4, end of options, 52 bytes
  EXPECT_EQ(bytes_of(writer.bytes().substr(start)),
            sample::hex("06 00 00 00 30 00 00 00 00 00 00 00 01 00 00 00 "
                        "05 04 03 02 03 00 00 00 03 00 00 00 45 00 01 00 "
                        "01 00 02 00 68 69 00 00 00 00 00 00 30 00 00 00"));
}

TEST(Pcapng, NamesItsInterfacesAndSaysWhichOneSawAPacket) {
  PcapngWriter writer = PcapngWriter::without_interfaces();
  const std::size_t start = writer.bytes().size();
  EXPECT_EQ(writer.add_interface("a"), 0u);
  // interface description: type, 40 bytes, linktype 101, no snapshot length, if_name "a",
  //   if_tsresol 9, end of options, 40 bytes
  EXPECT_EQ(bytes_of(writer.bytes().substr(start)),
            sample::hex("01 00 00 00 28 00 00 00 65 00 00 00 00 00 00 00 "
                        "02 00 01 00 61 00 00 00 09 00 01 00 09 00 00 00 "
                        "00 00 00 00 28 00 00 00"));
  EXPECT_EQ(writer.add_interface("b"), 1u);
  const std::size_t packet = writer.bytes().size();
  writer.add_bytes(sample::hex("45"), 0, "", {1, PcapngPlace::Direction::outbound});
  // enhanced packet: type, 48 bytes, interface 1, time, captured 1, original 1, the byte padded,
  //   epb_flags 2 (outbound), end of options, 48 bytes
  EXPECT_EQ(bytes_of(writer.bytes().substr(packet)),
            sample::hex("06 00 00 00 30 00 00 00 01 00 00 00 00 00 00 00 "
                        "00 00 00 00 01 00 00 00 01 00 00 00 45 00 00 00 "
                        "02 00 04 00 02 00 00 00 00 00 00 00 30 00 00 00"));
}

TEST(Pcapng, WritesNoOptionsWithoutAComment) {
  PcapngWriter writer;
  const std::size_t start = writer.bytes().size();
  writer.add_bytes(sample::hex("45 00 01 02"), 0, "");
  EXPECT_EQ(writer.bytes().size() - start, 36u);
}

TEST(Pcapng, AddsNothingForAPacketWithoutAnEncoding) {
  PcapngWriter writer;
  const std::string before = writer.bytes();
  const Packet packet{IpAddress::v4(1), IpAddress::v6(0, 1), 64, UdpDatagram{}};
  EXPECT_EQ(writer.add(packet, 0, "x").error(), EncodeError::mixed_families);
  EXPECT_EQ(writer.bytes(), before);
}

TEST(Pcapng, CutsACommentThatItsLengthFieldCannotSay) {
  PcapngWriter writer;
  const std::size_t start = writer.bytes().size();
  writer.add_bytes({}, 0, std::string(70'000, 'c'));
  EXPECT_EQ(writer.bytes().size() - start, 32u + 4 + 65'536 + 4);
}

TEST(Pcapng, CountsTicksInNanoseconds) { EXPECT_EQ(nanoseconds_of_ticks(3, 100), 300'000'000u); }

// A file that is gone with its holder.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& contents) {
    path_ = testing::TempDir() + "lockstep_pcapng_XXXXXX";
    const int fd = mkstemp(path_.data());
    EXPECT_GE(fd, 0);
    std::FILE* file = fdopen(fd, "wb");
    EXPECT_EQ(std::fwrite(contents.data(), 1, contents.size(), file), contents.size());
    EXPECT_EQ(std::fclose(file), 0);
  }
  ~TemporaryFile() { std::remove(path_.c_str()); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Output {
  int status = -1;
  std::vector<std::string> lines;
};

Output run(const std::string& command) {
  Output output;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return output;
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), n);
  }
  output.status = pclose(pipe);
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) output.lines.push_back(line);
  return output;
}

class PcapngInTshark : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(run("command -v tshark").status, 0)
        << "tshark is not installed: run ci/setup, which installs what the tests need";
  }

  // The given fields of every packet that `filter` shows ("" for all), one line a packet.
  static std::vector<std::string> tshark(const TemporaryFile& capture, const std::string& filter,
                                         const std::string& fields) {
    const Output output = run("tshark -n -r '" + capture.path() +
                              "' -o ip.check_checksum:TRUE -o tcp.check_checksum:TRUE"
                              " -o udp.check_checksum:TRUE -o tcp.analyze_sequence_numbers:FALSE"
                              " -T fields " +
                              fields + " -Y '" + filter + "' 2>/dev/null");
    EXPECT_EQ(output.status, 0) << filter;
    return output.lines;
  }
};

// tshark also verifies the segment that an ICMP error quotes; a quote cut short cannot be right.
constexpr std::string_view bad_checksum =
    "ip.checksum.status == 0 || icmp.checksum.status == 0 || icmpv6.checksum.status == 0 || "
    "(!icmp && !icmpv6 && (tcp.checksum.status == 0 || udp.checksum.status == 0))";

TEST_F(PcapngInTshark, AThousandPacketsOfEveryKindAreWellFormed) {
  constexpr std::size_t count = 1'000;
  sample::Random random(8);
  PcapngWriter writer;
  for (std::size_t i = 0; i < count; ++i) {
    const Packet packet = sample::random_packet(random);
    ASSERT_TRUE(writer.add(packet, nanoseconds_of_ticks(i, 100) + i,
                           "step " + std::to_string(i) + ": " + to_string(packet)));
  }
  const TemporaryFile capture(writer.bytes());
  const auto none = std::vector<std::string>();
  EXPECT_EQ(tshark(capture, "_ws.malformed", "-e frame.number -e _ws.col.Info"), none);
  EXPECT_EQ(tshark(capture, std::string(bad_checksum), "-e frame.number -e _ws.col.Info"), none);

  const auto comments = tshark(capture, "frame.comment", "-e frame.comment -e frame.time_relative");
  ASSERT_EQ(comments.size(), count);
  sample::Random again(8);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string nanoseconds =
        std::to_string(1'000'000'000 + nanoseconds_of_ticks(i % 10, 100) + i);
    const std::string seconds = std::to_string(i / 10) + "." + nanoseconds.substr(1);
    EXPECT_EQ(comments[i], "step " + std::to_string(i) + ": " +
                               to_string(sample::random_packet(again)) + "\t" + seconds);
  }
  for (const char* kind : {"tcp.options.sack && tcp.options.timestamp && ip",
                           "tcp.options.mss && ipv6", "tcp.options.wscale && tcp.options.sack_perm",
                           "icmp.code == 4 && tcp", "icmpv6.type == 2"}) {
    EXPECT_FALSE(tshark(capture, kind, "-e frame.number").empty()) << kind;
  }
}

TEST_F(PcapngInTshark, ADamagedPacketShowsAsOne) {
  const Packet packet{IpAddress::v4(10, 0, 0, 1), IpAddress::v4(10, 0, 0, 2), 64, TcpSegment()};
  PcapngWriter writer;
  ASSERT_TRUE(writer.add(packet, 0, "whole"));
  std::string bytes = writer.bytes();
  bytes[bytes.find("whole") - 8] ^= 1;  // A bit of the TCP header's checksum or urgent pointer.
  EXPECT_EQ(tshark(TemporaryFile(bytes), std::string(bad_checksum), "-e frame.comment"),
            std::vector<std::string>{"whole"});
}

}  // namespace
}  // namespace lockstep
