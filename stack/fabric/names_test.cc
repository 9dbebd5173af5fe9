#include "stack/fabric/names.h"

#include <gtest/gtest.h>

#include "stack/kernel/test_world.h"

namespace lockstep {
namespace {

using testing::ip;

TEST(Names, HandOutAddressesInOrder) {
  Names names;
  const auto a = names.add("a");
  const auto b = names.add("b");
  EXPECT_EQ(names.assign(a, IpFamily::v4), ip("192.168.0.1"));
  EXPECT_EQ(names.assign(b, IpFamily::v4), ip("192.168.0.2"));
  EXPECT_EQ(names.assign(b, IpFamily::v6), ip("fd4c:6f63:6b73::1"));
  EXPECT_EQ(names.assign(a, IpFamily::v6), ip("fd4c:6f63:6b73::2"));
  EXPECT_EQ(names.resolve("a"),
            (std::vector<IpAddress>{ip("192.168.0.1"), ip("fd4c:6f63:6b73::2")}));
}

TEST(Names, HandOutTheWholePoolWithoutItsZerosAnd255s) {
  Names names;
  const auto all = names.add("all");
  std::uint32_t last = 0;
  for (std::uint32_t i = 0; i < Names::pool_v4_size; ++i) {
    const auto address = names.assign(all, IpFamily::v4);
    ASSERT_TRUE(address.has_value()) << i;
    const auto bits = static_cast<std::uint32_t>(address->low);
    EXPECT_EQ(bits >> 16, 0xc0a8u);
    EXPECT_GT(bits, last);
    EXPECT_NE(bits & 0xff, 0u);
    EXPECT_NE(bits & 0xff, 255u);
    last = bits;
  }
  EXPECT_EQ(last, ip("192.168.255.254").low);
  EXPECT_EQ(names.assign(all, IpFamily::v4), std::nullopt);
  EXPECT_EQ(names.assign(all, IpFamily::v4), std::nullopt);
  EXPECT_TRUE(names.assign(all, IpFamily::v6).has_value());
}

TEST(Names, SkipWhatTheEndOfANetworkHolds) {
  Names names;
  const auto name = names.add("a");
  for (int i = 1; i < 254; ++i) names.assign(name, IpFamily::v4);
  EXPECT_EQ(names.assign(name, IpFamily::v4), ip("192.168.0.254"));
  EXPECT_EQ(names.assign(name, IpFamily::v4), ip("192.168.1.1"));
}

TEST(Names, HandOutNothingThatSomebodyHas) {
  Names names;
  const auto chosen = names.add("chosen");
  EXPECT_TRUE(names.add_address(chosen, ip("192.168.0.1")));
  EXPECT_TRUE(names.add_address(chosen, ip("fd4c:6f63:6b73::1")));
  const auto other = names.add("other");
  EXPECT_FALSE(names.add_address(other, ip("192.168.0.1")));
  EXPECT_EQ(names.assign(other, IpFamily::v4), ip("192.168.0.2"));
  EXPECT_EQ(names.assign(other, IpFamily::v6), ip("fd4c:6f63:6b73::2"));
}

TEST(Names, ResolveBothWays) {
  Names names;
  const auto number = names.add("db.example");
  names.add_address(number, ip("10.1.2.3"));
  EXPECT_EQ(names.find("db.example"), number);
  EXPECT_EQ(names.reverse(ip("10.1.2.3")), "db.example");
  EXPECT_EQ(names.owner_of(ip("10.1.2.3")), number);
  EXPECT_EQ(names.reverse(ip("10.1.2.4")), std::nullopt);
  EXPECT_EQ(names.find("db"), std::nullopt);
  EXPECT_TRUE(names.resolve("db").empty());
}

TEST(Names, ResolveAnAddressAsTextToItself) {
  EXPECT_EQ(Names().resolve("10.0.0.1"), std::vector{ip("10.0.0.1")});
  EXPECT_EQ(Names().resolve("fd00::1"), std::vector{ip("fd00::1")});
}

}  // namespace
}  // namespace lockstep
