#include "stack/fabric/capture.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <sstream>

#include "stack/fabric/conditions.h"
#include "stack/fabric/test_hosts.h"

namespace lockstep {
namespace {

// A file that is gone with its holder.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& contents) {
    path_ = ::testing::TempDir() + "lockstep_capture_XXXXXX";
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

std::vector<std::string> output_of(const std::string& command) {
  std::vector<std::string> lines;
  std::FILE* pipe = popen(command.c_str(), "r");
  if (pipe == nullptr) return lines;
  std::string text;
  std::array<char, 4096> buffer;
  for (std::size_t n; (n = std::fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) {
    text.append(buffer.data(), n);
  }
  EXPECT_EQ(pclose(pipe), 0) << command;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> tshark(const std::string& capture, const std::string& filter,
                                const std::string& fields) {
  const TemporaryFile file(capture);
  return output_of("tshark -n -r '" + file.path() +
                   "' -o ip.check_checksum:TRUE -o udp.check_checksum:TRUE -T fields " + fields +
                   " -Y '" + filter + "' 2>/dev/null");
}

struct Captured : testing::ThreeHosts {
  Capture capture;
  Fd at_b = receiver(b);

  void SetUp() override { fabric.set_tap(capture.tap()); }
};

TEST_F(Captured, ShowsInTsharkWhoSawWhatAndWhen) {
  using namespace conditions;
  say("plain");
  fabric.egress_all();
  {
    const RuleGuard guard = fabric.install(cut());
    say("lost");
    fabric.egress_all();
  }
  fabric.tick(3);
  {
    const RuleGuard twice = fabric.install(duplication(Chance::always()));
    const RuleGuard late = fabric.install(latency(2));
    say("twice");
    fabric.egress_all();
  }
  fabric.tick(2);
  say("away", "10.0.0.9:9");
  fabric.egress_all();
  const std::vector<std::string> expected = {
      "a\t0x00000002\t0.000000000\t",
      "b\t0x00000001\t0.000000000\t",
      "a\t0x00000002\t0.000000000\tdropped by cut",
      "a\t0x00000002\t0.300000000\tduplicated by duplication, delayed 2 ticks by latency, "
      "delayed 2 ticks by latency",
      "b\t0x00000001\t0.500000000\t",
      "b\t0x00000001\t0.500000000\tcopy 2",
      "a\t0x00000002\t0.500000000\tdropped by nobody there",
  };
  EXPECT_EQ(tshark(capture.bytes(), "udp",
                   "-e frame.interface_name -e frame.packet_flags -e frame.time_relative "
                   "-e frame.comment"),
            expected);
  EXPECT_EQ(capture.skipped(), 0u);
}

TEST_F(Captured, KeepsDamagedBytesAsTheyArrived) {
  // A bit of the payload, which UDP's checksum covers.
  const RuleGuard guard =
      fabric.install({"a worn cable", [](const Transit&) {
                        return Passage::one({.flip_count = 1, .flips = {28 * 8 + 2}});
                      }});
  say("text");
  fabric.egress_all();
  const std::vector<std::string> expected = {"a\t1\tcorrupted by a worn cable",
                                             "b\t0\tcorrupted, flipped bits 226"};
  EXPECT_EQ(tshark(capture.bytes(), "udp",
                   "-e frame.interface_name -e udp.checksum.status -e frame.comment"),
            expected);
}

TEST_F(Captured, ReadsAWholeConversationWithoutFault) {
  Capture sent(100, Capture::Ends::senders);
  Capture received(100, Capture::Ends::receivers);
  fabric.set_tap([&](const Sighting& sighting) {
    sent.see(sighting);
    received.see(sighting);
  });
  const auto [client, server] = connected();
  testing::send(a, client, std::string(20'000, 'x'));
  fabric.run_until_quiet();
  a.close(client);
  b.close(server);
  fabric.run_until_quiet();
  // Nothing malformed, good checksums, no remark of the analysis of the stream.
  const std::vector<std::string> expected(fabric.counts().left, "\t1\t");
  for (const Capture* one : {&sent, &received}) {
    EXPECT_EQ(
        tshark(one->bytes(), "tcp", "-e _ws.malformed -e ip.checksum.status -e tcp.analysis.flags"),
        expected);
  }
}

}  // namespace
}  // namespace lockstep
