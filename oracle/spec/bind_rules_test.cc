#include "oracle/spec/bind_rules.h"

#include <gtest/gtest.h>

namespace lockstep::oracle {
namespace {

constexpr auto v4_any = IpAddress::any(IpFamily::v4);
constexpr auto v6_any = IpAddress::any(IpFamily::v6);
constexpr auto a = IpAddress::v4(10, 0, 0, 1);
constexpr auto b = IpAddress::v4(10, 0, 0, 2);
constexpr auto v4_loop = IpAddress::loopback(IpFamily::v4);
constexpr auto v6_loop = IpAddress::loopback(IpFamily::v6);
constexpr auto mapped_loop = IpAddress::v6(0, 0xffff'7f00'0001u);

// Columns: an address of each socket, whether :: is IPv6-only, whether they overlap (as measured
// on Linux 6.18).
struct Pair {
  IpAddress first;
  IpAddress second;
  bool first_v6_only;
  bool second_v6_only;
  bool overlap;
};

// clang-format off
constexpr Pair pairs[] = {
    {a,       a,           false, false, true},
    {a,       b,           false, false, false},
    {v4_any,  a,           false, false, true},
    {v4_any,  v4_any,      false, false, true},
    {v4_loop, a,           false, false, false},
    {v6_any,  v4_any,      false, false, true},
    {v6_any,  v4_loop,     false, false, true},
    {v6_any,  v6_loop,     false, false, true},
    {v6_any,  v6_any,      false, false, true},
    {v6_any,  v4_any,      true,  false, false},
    {v6_any,  v4_loop,     true,  false, false},
    {v6_any,  v6_loop,     true,  false, true},
    {v6_any,  v6_any,      true,  true,  true},
    {v6_any,  v6_any,      true,  false, true},
    {v6_loop, v4_loop,     false, false, false},
    {v6_loop, v4_any,      false, false, false},
    {v4_any,  mapped_loop, false, false, true},
    {v4_loop, mapped_loop, false, false, true},
    {a,       mapped_loop, false, false, false},
    {v6_any,  mapped_loop, false, false, true},
};
// clang-format on

TEST(BindRules, AddressesOverlapAsInTheTableInEitherOrder) {
  for (const Pair& p : pairs) {
    SCOPED_TRACE(to_string(p.first) + " " + to_string(p.second));
    const IpAddress first = unmapped(p.first);
    const IpAddress second = unmapped(p.second);
    EXPECT_EQ(addresses_overlap(first, p.first_v6_only, second, p.second_v6_only), p.overlap);
    EXPECT_EQ(addresses_overlap(second, p.second_v6_only, first, p.first_v6_only), p.overlap);
  }
}

// Columns: flags of the holder and of the newcomer, then whether sharing is allowed for UDP, for
// TCP with a holder that only is bound, for TCP with one that listens.
struct Flags {
  bool holder_address;
  bool holder_port;
  bool newcomer_address;
  bool newcomer_port;
  bool udp;
  bool tcp_bound;
  bool tcp_listening;
};

// clang-format off
constexpr Flags flags[] = {
    {0, 0, 0, 0,  0, 0, 0},
    {0, 0, 0, 1,  0, 0, 0},
    {0, 0, 1, 0,  0, 0, 0},
    {0, 0, 1, 1,  0, 0, 0},
    {0, 1, 0, 0,  0, 0, 0},
    {0, 1, 0, 1,  1, 1, 1},
    {0, 1, 1, 0,  0, 0, 0},
    {0, 1, 1, 1,  1, 1, 1},
    {1, 0, 0, 0,  0, 0, 0},
    {1, 0, 0, 1,  0, 0, 0},
    {1, 0, 1, 0,  1, 1, 0},
    {1, 0, 1, 1,  1, 1, 0},
    {1, 1, 0, 0,  0, 0, 0},
    {1, 1, 0, 1,  1, 1, 1},
    {1, 1, 1, 0,  1, 1, 0},
    {1, 1, 1, 1,  1, 1, 1},
};
// clang-format on

PortHolder holder(Type type, const IpAddress& ip, bool address, bool port, bool listening = false) {
  return {.socket = 1,
          .type = type,
          .local = {ip, 5000},
          .reuse_address = address,
          .reuse_port = port,
          .listening = listening};
}

TEST(BindRules, ConflictsFollowTheTableForAllFlagsAndAddresses) {
  for (const Pair& p : pairs) {
    for (const Flags& f : flags) {
      const auto expect = [&](Type type, bool listening, bool shares) {
        PortHolder first = holder(type, p.first, f.holder_address, f.holder_port, listening);
        PortHolder second = holder(type, p.second, f.newcomer_address, f.newcomer_port);
        first.v6_only = p.first_v6_only;
        second.v6_only = p.second_v6_only;
        const Conflict expected = p.overlap && !shares ? Conflict::yes : Conflict::no;
        EXPECT_EQ(bind_conflict(first, second), expected)
            << to_string(p.first) << " " << to_string(p.second) << " listening " << listening;
      };
      expect(Type::dgram, false, f.udp);
      expect(Type::stream, false, f.tcp_bound);
      expect(Type::stream, true, f.tcp_listening);
    }
  }
}

TEST(BindRules, ProtocolsAndPortsAreIndependent) {
  const PortHolder tcp = holder(Type::stream, a, false, false);
  PortHolder other = holder(Type::dgram, a, false, false);
  EXPECT_EQ(bind_conflict(tcp, other), Conflict::no);
  other.type = Type::stream;
  EXPECT_EQ(bind_conflict(tcp, other), Conflict::yes);
  other.local.port = 5001;
  EXPECT_EQ(bind_conflict(tcp, other), Conflict::no);
}

TEST(BindRules, WhatCannotBeToldAllowsBoth) {
  const PortHolder newcomer = holder(Type::dgram, a, true, false);
  PortHolder unknown_port = holder(Type::dgram, a, false, false);
  unknown_port.local.port = 0;
  EXPECT_EQ(bind_conflict(unknown_port, newcomer), Conflict::maybe);
  PortHolder perhaps = holder(Type::dgram, a, false, false);
  perhaps.maybe = true;
  EXPECT_EQ(bind_conflict(perhaps, newcomer), Conflict::maybe);
  PortHolder cleared = holder(Type::dgram, a, false, false);
  cleared.reuse_address_cleared = true;
  EXPECT_EQ(bind_conflict(cleared, newcomer), Conflict::maybe);
}

TEST(BindRules, MappedAddressesStandForIpv4) {
  EXPECT_EQ(unmapped(mapped_loop), v4_loop);
  EXPECT_EQ(unmapped(v6_loop), v6_loop);
  EXPECT_EQ(unmapped(v6_any), v6_any);
}

}  // namespace
}  // namespace lockstep::oracle
