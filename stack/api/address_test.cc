#include "stack/api/address.h"

#include <gtest/gtest.h>

#include <set>

namespace lockstep {
namespace {

struct IpRow {
  IpAddress address;
  std::string_view text;  // As printed.
};

const IpRow ip_rows[] = {
    {IpAddress::v4(0), "0.0.0.0"},
    {IpAddress::v4(10, 0, 0, 1), "10.0.0.1"},
    {IpAddress::v4(255, 255, 255, 255), "255.255.255.255"},
    {IpAddress::any(IpFamily::v6), "::"},
    {IpAddress::loopback(IpFamily::v6), "::1"},
    {IpAddress::v6(0x2001'0db8'0000'0000u, 0), "2001:db8::"},
    {IpAddress::v6(0x2001'0db8'0000'0001u, 0x0001'0001'0001'0001u), "2001:db8:0:1:1:1:1:1"},
    {IpAddress::v6(0x2001'0000'0000'0001u, 0x0000'0000'0000'0001u), "2001:0:0:1::1"},
    {IpAddress::v6(0x2001'0db8'0000'0000u, 0x0001'0000'0000'0001u), "2001:db8::1:0:0:1"},
    {IpAddress::v6(0, 0x0000'ffff'0a00'0001u), "::ffff:10.0.0.1"},
    {IpAddress::v6(0x0000'0001'0002'0003u, 0x0004'0005'0006'0007u), "0:1:2:3:4:5:6:7"},
    {IpAddress::v6(0xfe80'0000'0000'0000u, 0xabcd'ef01'2345'6789u), "fe80::abcd:ef01:2345:6789"},
    {IpAddress::v6(0x0001'0002'0003'0004u, 0x0005'0006'0007'0000u), "1:2:3:4:5:6:7:0"},
    {IpAddress::v6(0x0001'0002'0003'0004u, 0x0005'0006'0000'0000u), "1:2:3:4:5:6::"},
};

TEST(IpAddress, PrintsInCanonicalFormAndParsesBack) {
  for (const IpRow& row : ip_rows) {
    EXPECT_EQ(to_string(row.address), row.text);
    EXPECT_EQ(parse_ip_address(row.text), row.address) << row.text;
  }
}

TEST(IpAddress, ParsesFormsThatItNeverPrints) {
  const IpAddress one = IpAddress::v6(0, 1);
  EXPECT_EQ(parse_ip_address("0:0:0:0:0:0:0:1"), one);
  EXPECT_EQ(parse_ip_address("0000::0001"), one);
  EXPECT_EQ(parse_ip_address("::0.0.0.1"), one);
  EXPECT_EQ(parse_ip_address("1:2:3:4:5:6:0.7.0.8"),
            IpAddress::v6(0x0001'0002'0003'0004u, 0x0005'0006'0007'0008u));
  EXPECT_EQ(parse_ip_address("1::2:3:4:5:6:7"),
            IpAddress::v6(0x0001'0000'0002'0003u, 0x0004'0005'0006'0007u));
  EXPECT_EQ(parse_ip_address("ABCD::"), IpAddress::v6(0xabcd'0000'0000'0000u, 0));
}

TEST(IpAddress, RefusesWhatIsNotWhollyAnAddress) {
  for (std::string_view text : {"",
                                " ",
                                "10",
                                "10.0.0",
                                "10.0.0.",
                                "10.0.0.1.",
                                "10.0.0.1.2",
                                "10.0.0.256",
                                "10.0.0.01",
                                "10.0.0.-1",
                                "10.0.0.+1",
                                "10.0.0.1 ",
                                " 10.0.0.1",
                                "10..0.1",
                                "0x0a.0.0.1",
                                ":",
                                ":::",
                                "1:2:3:4:5:6:7",
                                "1:2:3:4:5:6:7:8:9",
                                "1:2:3:4:5:6:7:8::",
                                "::1:2:3:4:5:6:7:8",
                                "1::2::3",
                                ":1::",
                                "::1:",
                                "1:::2",
                                "12345::",
                                "::g",
                                "::-1",
                                "::+1",
                                "::0x1",
                                "1.2.3.4::",
                                "::1.2.3.4:5",
                                "1:2:3:4:5:6:7:1.2.3.4",
                                "::1.2.3",
                                "::1%eth0",
                                "[::1]",
                                "::1 ",
                                "4294967296.0.0.1"}) {
    EXPECT_EQ(parse_ip_address(text), std::nullopt) << "'" << text << "'";
  }
}

TEST(IpAddress, ParsesWhatItPrintsForEveryPatternOfZeroGroups) {
  for (unsigned pattern = 0; pattern < 256; ++pattern) {
    std::uint64_t halves[2] = {0, 0};
    for (unsigned i = 0; i < 8; ++i) {
      const std::uint64_t group = (pattern >> i & 1) != 0 ? 0xa0 + i : 0;
      halves[i / 4] = (halves[i / 4] << 16) | group;
    }
    const IpAddress address = IpAddress::v6(halves[0], halves[1]);
    EXPECT_EQ(parse_ip_address(to_string(address)), address) << to_string(address);
  }
}

TEST(Endpoint, PrintsAndParsesBothFamilies) {
  const Endpoint four{IpAddress::v4(10, 0, 0, 1), 80};
  const Endpoint six{IpAddress::loopback(IpFamily::v6), 65535};
  EXPECT_EQ(to_string(four), "10.0.0.1:80");
  EXPECT_EQ(to_string(six), "[::1]:65535");
  EXPECT_EQ(parse_endpoint("10.0.0.1:80"), four);
  EXPECT_EQ(parse_endpoint("[::1]:65535"), six);
  EXPECT_EQ(parse_endpoint("0.0.0.0:0"), (Endpoint{IpAddress::v4(0), 0}));
}

TEST(Endpoint, RefusesWhatIsNotWhollyAnEndpoint) {
  for (std::string_view text :
       {"", ":", "10.0.0.1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:080", "10.0.0.1:-1",
        "10.0.0.1:8x", "10.0.0.1: 8", ":80", "::1:80", "[::1]", "[::1]:", "[::1]80", "[10.0.0.1]:8",
        "[::1:80", "::1]:80", "[]:80", "10.0.0.1:99999999999"}) {
    EXPECT_EQ(parse_endpoint(text), std::nullopt) << "'" << text << "'";
  }
}

struct SocketAddressRow {
  SocketAddress address;
  std::string_view text;
};

using namespace std::string_view_literals;

const SocketAddressRow socket_address_rows[] = {
    {Unspecified{}, "unspec"},
    {Endpoint{IpAddress::v4(10, 0, 0, 1), 80}, "10.0.0.1:80"},
    {UnixPath{}, "unix:"},
    {UnixPath::from("/tmp/a"), "unix:/tmp/a"},
    {UnixPath::from("\0abc"sv), "unix:@abc"},
    {UnixPath::from("\0"sv), "unix:@"},
    {UnixPath::from("@abc"), "unix:\\x40abc"},
    {UnixPath::from("\0@abc"sv), "unix:@@abc"},
    {UnixPath::from("a b\\#\n\0\xff"sv), "unix:a\\x20b\\x5c\\x23\\x0a\\x00\\xff"},
};

TEST(SocketAddress, PrintsAsOneWordAndParsesBack) {
  for (const SocketAddressRow& row : socket_address_rows) {
    EXPECT_EQ(to_string(row.address), row.text);
    EXPECT_EQ(parse_socket_address(row.text), row.address) << row.text;
  }
}

TEST(SocketAddress, RefusesWhatIsNotWhollyAnAddress) {
  const std::string too_long = "unix:" + std::string(UnixPath::max_size + 1, 'a');
  for (std::string_view text : {"", "unspecified", "unix", "unix:a b", "unix:\\", "unix:\\x4",
                                "unix:\\x4g", "unix:\\n", "10.0.0.1", "UNSPEC"}) {
    EXPECT_EQ(parse_socket_address(text), std::nullopt) << "'" << text << "'";
  }
  EXPECT_EQ(parse_socket_address(too_long), std::nullopt);
}

TEST(StableHash, TellsAddressesApartAndNeverChanges) {
  std::set<std::uint64_t> seen;
  for (const SocketAddressRow& row : socket_address_rows) seen.insert(stable_hash(row.address));
  EXPECT_EQ(seen.size(), std::size(socket_address_rows));
  const Endpoint a{IpAddress::v4(10, 0, 0, 1), 80};
  const Endpoint b{IpAddress::v4(10, 0, 0, 2), 80};
  EXPECT_NE(stable_hash(FourTuple{a, b}), stable_hash(FourTuple{b, a}));
  EXPECT_NE(stable_hash(IpAddress::v4(1)), stable_hash(IpAddress::v6(0, 1)));
}

}  // namespace
}  // namespace lockstep
