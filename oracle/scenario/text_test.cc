#include "oracle/scenario/text.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

namespace lockstep::scenario {
namespace {

constexpr std::string_view two_hosts = "host a 10.0.0.1\nhost b 10.0.0.2\n";

Scenario parsed(std::string_view text) {
  const std::expected<Scenario, ParseError> scenario = parse(text, "test.scn");
  if (!scenario.has_value()) {
    ADD_FAILURE() << to_string(scenario.error());
    return {};
  }
  return *scenario;
}

// The error of a text that begins with the two hosts' lines.
std::string error_of(std::string_view steps) {
  const auto scenario = parse(std::string(two_hosts) + std::string(steps), "test.scn");
  return scenario.has_value() ? "no error" : to_string(scenario.error());
}

const step::Call& call_of(const Scenario& scenario, std::size_t index) {
  return std::get<step::Call>(scenario.steps.at(index).action);
}

TEST(ScenarioText, TheExampleReadsAndPrintsAsItStands) {
  const std::string text =
      "# A server that closes with unread bytes resets the connection.\n"
      "host a 10.0.0.1\n"
      "host b 10.0.0.2 mtu=576\n"
      "b: l = socket inet stream\n"
      "b: bind l 10.0.0.2:8000\n"
      "b: listen l 8\n"
      "a: c = socket inet stream\n"
      "a: connect c 10.0.0.2:8000      -> EINPROGRESS\n"
      "settle\n"
      "b: s = accept l\n"
      "a: send c 100                   -> 100\n"
      "settle\n"
      "b: close s\n"
      "expect b > a tcp RST\n"
      "settle\n"
      "a: recv c 100                   -> ECONNRESET\n";
  const Scenario scenario = parsed(text);
  EXPECT_EQ(scenario.hosts.at(1).config.mtu, 576u);
  EXPECT_EQ(scenario.socket_names, (std::vector<std::string>{"l", "c", "s"}));
  EXPECT_EQ(scenario.steps.size(), 13u);
  EXPECT_EQ(scenario.steps.back().line, 16u);
  EXPECT_EQ(scenario.steps.back().label, 13u);
  EXPECT_EQ(call_of(scenario, 4).address.literal,
            SocketAddress(Endpoint{IpAddress::v4(10, 0, 0, 2), 8000}));
  EXPECT_EQ(scenario.steps.at(4).expected->error, Errno::einprogress);
  EXPECT_EQ(scenario.steps.at(7).expected->value, 100);
  EXPECT_EQ(print(scenario), text);
}

TEST(ScenarioText, EveryFormOfAStepPrintsAsItWasRead) {
  const std::vector<std::string> steps = {
      "a: u = socket inet6 dgram",
      "a: socket local seqpacket",
      "a: accept u",
      "a: v = dup u",
      "a: bind u [::]:0",
      "a: bind u unix:/tmp/x\\x20y",
      "a: bind u unix:@hidden",
      "a: bind u unix:\\x40at",
      "a: bind u unix:",
      "a: listen u -1",
      "a: connect u unspec",
      "a: connect u peer(v)",
      "a: send u 0 peek|dontwait|0x10000000",
      "a: sendto u 10 local(v) oob",
      "a: sendto u 10 unspec",
      "a: recv u 1048576 trunc",
      "a: recvfrom u 10                -> 10 from 10.0.0.2:53",
      "a: shutdown u invalid           -> EINVAL",
      "a: close _                      -> EBADF",
      "a: getsockname u                -> 10.0.0.2:8000",
      "a: getpeername u                -> OK",
      "a: accept u                     -> OK from [::1]:9",
      "a: setsockopt u so_linger 1 0",
      "a: setsockopt u so_reuseaddr 1",
      "a: getsockopt u so_error        -> ECONNREFUSED",
      "a: getsockopt u so_rcvbuf       -> -4",
      "a: poll u in|out                -> IN|OUT|0x4000",
      "a: poll u none                  -> none",
      "a: siocinq u                    -> 0",
      "a: siocoutq u",
      "deliver a > b syn",
      "deliver a > b u data 2",
      "drop b > a u other",
      "[40] duplicate 40.1",
      "hold b > a udp",
      "corrupt 40.65536 bit=12",
      "replay 7.1",
      "forge u RST seq=+0 ack=-1 len=10 win=100",
      "forge u none seq=+0 ack=+0",
      "icmp u port_unreachable",
      "icmp u packet_too_big mtu=600",
      "tick a 3",
      "partition a b",
      "heal a b",
      "reboot b",
      "expect no a > b",
      "expect a > b udp len=10",
      "expect a > b data tcp PSH|ACK len=0",
  };
  std::string text =
      "host a 10.0.0.1 fd00::1 mtu=68 send_buffer=1 backlog=0 iss=4294967295 "
      "ephemeral=5-5 unprivileged\nhost b 10.0.0.2\n";
  for (const std::string& step : steps) text += step + "\n";
  // Steps that others refer to show their label.
  text.replace(text.find("a: bind u unix:@hidden"), 0, "[7] ");
  const Scenario scenario = parsed(text);
  EXPECT_EQ(print(scenario), text);
  EXPECT_EQ(canonical(scenario), scenario);
  EXPECT_EQ(parsed(print(scenario)), scenario);
}

TEST(ScenarioText, LabelsFollowTheLabelBefore) {
  const Scenario scenario = parsed(std::string(two_hosts) + "settle\n[7] settle\nsettle\n");
  EXPECT_EQ(scenario.steps[0].label, 1u);
  EXPECT_EQ(scenario.steps[1].label, 7u);
  EXPECT_EQ(scenario.steps[2].label, 8u);
  EXPECT_EQ(print(scenario), std::string(two_hosts) + "settle\n[7] settle\nsettle\n");
}

TEST(ScenarioText, CarriageReturnsBlankLinesAndLaterCommentsAreNotKept) {
  const Scenario scenario = parsed(
      "\r\n# head\r\n#\r\n\r\n# not head\r\nhost a 10.0.0.1 # tail\r\n\r\nsettle # tail\r\n");
  EXPECT_EQ(scenario.comments, (std::vector<std::string>{"head", ""}));
  EXPECT_EQ(print(scenario), "# head\n#\nhost a 10.0.0.1\nsettle\n");
}

TEST(ScenarioText, AByteOrderMarkIsSkipped) {
  EXPECT_EQ(parsed("\xef\xbb\xbf# head\nhost a\n"), parsed("# head\nhost a\n"));
  EXPECT_FALSE(parse("host a\n\xef\xbb\xbfsettle\n", "x").has_value());
}

TEST(ScenarioText, NamesOfUnixSocketsSayWhenTheyAreTooLong) {
  const std::string longest(107, 'y');
  parsed("host a\na: bind x unix:@" + longest + "\n");
  EXPECT_NE(error_of("a: bind x unix:@y" + longest).find("at most 108 bytes"), std::string::npos);
}

TEST(ScenarioText, ErrorsSayWhereWhatAndWhatWouldBeRight) {
  struct Case {
    std::string_view step;
    std::string_view message;
  };
  const std::vector<Case> cases = {
      {"c: close x", "test.scn:3:1: unknown host 'c'; hosts are a, b"},
      {"a: x = socket inet stream\nx: close x", "test.scn:4:1: 'x' is a socket, but a host"},
      {"a: close b", "test.scn:3:10: 'b' is a host, but a socket's name"},
      {"a: bind x 10.0.0.1:70000", "test.scn:3:11: expected an address"},
      {"a: send x 10 pek", "test.scn:3:14: unknown message flag in 'pek'"},
      {"a: send x", "test.scn:3:10: the line ends too early: expected the length in bytes"},
      {"a: send x 1048577", "number from 0 to 1048576, found '1048577'"},
      {"a: y = send x 10", "test.scn:3:4: send makes no socket"},
      {"a: c=socket inet stream", "'=' stands between spaces"},
      {"a: sned x 10", "unknown call 'sned'; calls are socket, bind"},
      {"a: data = socket inet stream", "'data' is a kind of packet"},
      {"a: socket ipv4 stream", "unknown domain 'ipv4'; one of: inet, inet6, local"},
      {"a: close x ->", "expected the expected result"},
      {"a: close x -> EWHAT", "expected a result: a number, an errno"},
      {"a : close x", "a call begins with its host and a colon"},
      {"deliver a>b data", "unknown host 'a>b'"},
      {"deliver a > b x", "the line ends too early: expected kind of packet"},
      {"deliver 7", "a packet by its cause is label.ordinal"},
      {"deliver 7.0", "the packet's ordinal is a number from 1 to 65536"},
      {"corrupt 7.1", "expected the bit to flip"},
      {"expect a > b tcp", "expected TCP flag (SYN, FIN"},
      {"settle settle", "test.scn:3:8: nothing more is expected after this step"},
      {"[1] settle\n[1] settle", "label 1 names another step already"},
      {"[0] settle", "a label between brackets"},
      {"frobnicate", "expected a host line, a call such as"},
      {"settle\nhost c 10.0.0.3", "host lines come before the first step"},
      {"host a 10.0.0.3", "there is a host 'a' already"},
      {"host c 10.0.0.2", "address '10.0.0.2' is taken"},
      {"host c 127.0.0.1", "a host's address is neither wildcard"},
      {"host c mtu=5", "mtu is a number from 68 to 65536, found '5'"},
      {"host c ephemeral=7", "ephemeral ports are first-last"},
      {"host c mtu=576 mtu=600", "test.scn:3:16: 'mtu' is given twice"},
      {"host c ephemeral=5-6 ephemeral=5-6", "'ephemeral' is given twice"},
      {"host c unprivileged unprivileged", "test.scn:3:21: 'unprivileged' is given twice"},
      {"partition a a", "test.scn:3:13: two different hosts are wanted"},
      {"heal b b", "test.scn:3:8: two different hosts are wanted"},
      {"a: bind x unix:\\x4", "comes xHH, two hex digits; found 'unix:\\x4'"},
      {"a: accept x -> from unix:\\q", "comes xHH, two hex digits"},
      {"host c colour=7", "unknown setting 'colour'; settings are mtu="},
  };
  for (const Case& c : cases) {
    const std::string error = error_of(c.step);
    EXPECT_NE(error.find(c.message), std::string::npos) << c.step << "\n  gives " << error;
    EXPECT_TRUE(error.starts_with("test.scn:")) << error;
  }
}

TEST(ScenarioText, NineHostsAreTooMany) {
  std::string text;
  for (char host = 'c'; host <= 'i'; ++host) text += std::string("host ") + host + "\n";
  EXPECT_NE(error_of(text).find("at most 8 hosts"), std::string::npos);
}

TEST(ScenarioText, NoHostIsAnError) {
  EXPECT_NE(to_string(parse("", "x").error()).find("at least one host"), std::string::npos);
  EXPECT_NE(to_string(parse("settle", "x").error()).find("write a line such as"),
            std::string::npos);
}

TEST(ScenarioText, BytesOfAnySortGiveAnErrorAndNoMore) {
  EXPECT_FALSE(parse(std::string_view("\0\xff[]:->", 7), "x").has_value());
  EXPECT_FALSE(parse("[", "x").has_value());
  EXPECT_FALSE(parse(":", "x").has_value());
  EXPECT_FALSE(parse("host a\n[4294967295] settle\nsettle", "x").has_value());
  EXPECT_FALSE(parse("host a\na: bind x unix:\\x4", "x").has_value());
  EXPECT_FALSE(parse("host a\na: bind x unix:" + std::string(200, 'y'), "x").has_value());
}

TEST(ScenarioText, CanonicalKeepsWhatAScenarioDoes) {
  Scenario scenario = parsed(std::string(two_hosts) + "a: close x\na: close y\n");
  scenario.comments = {"two\nlines "};
  scenario.socket_names = {"a", "data", "unused", "data"};
  scenario.steps[0].label = 0;
  std::get<step::Call>(scenario.steps[0].action).socket = {3};
  std::get<step::Call>(scenario.steps[0].action).length = 9;
  std::get<step::Call>(scenario.steps[1].action).socket = {0};
  scenario.steps.push_back({1, 0, step::Forge{.socket = {9}}, std::nullopt});
  scenario.steps.push_back({2, 0, step::Settle{}, ExpectedResult{}});
  EXPECT_EQ(parsed(print(scenario)), canonical(scenario));
  EXPECT_EQ(print(scenario), "# two lines\n" + std::string(two_hosts) +
                                 "[3] a: close s\n[2] a: close a_1\n[1] forge s9 ACK seq=+0 "
                                 "ack=+0\n[4] settle\n");
}

}  // namespace
}  // namespace lockstep::scenario
