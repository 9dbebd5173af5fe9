// A trace for and one against each rule of rules_udp.h.
#include <gtest/gtest.h>

#include "oracle/spec/rule_cases.h"

namespace lockstep::oracle {
namespace {

using T = Trace;

constexpr std::string_view a = "10.0.0.1:7";
constexpr std::string_view b = "10.0.0.2:9";
constexpr std::string_view c = "10.0.0.3:9";

void bound(T& t) {
  t.socket(3);
  t.bind(3, a);
}
void connected(T& t) {
  bound(t);
  t.connect(3, b);
}
// Two sockets that share the address by SO_REUSEADDR; 4 was bound last.
void shared(T& t) {
  for (int fd : {3, 4}) {
    t.socket(fd);
    t.set(fd, OptionName::so_reuseaddr);
    t.bind(fd, a);
  }
}
void refused(T& t) {
  connected(t);
  t.icmp_arrived(a, b);
}

// clang-format off
constexpr RuleCase cases[] = {
    {Rule::udp_boundaries_are_kept,
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received(3, b, 10, 1); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received(3, b, 10, 2); }},
    {Rule::udp_recv_in_order,
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.arrived(b, a, 10, 2); t.received(3, b, 10, 1); t.received(3, b, 10, 2); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.arrived(b, a, 10, 2); t.received(3, b, 10, 2); }},
    {Rule::udp_recv_queued_is_returned,
     [](T& t) { connected(t); t.arrived(b, a, 10, 1); t.shutdown(3, ShutdownHow::read); t.received(3, b, 10, 1); t.receive_fails(3); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.receive_fails(3); }},
    {Rule::udp_recv_empty_is_eagain,
     [](T& t) { t.socket(3); t.receive_fails(3); t.name(3, "0.0.0.0:0"); },
     [](T& t) { connected(t); t.shutdown(3, ShutdownHow::read); t.received_value(3, "", 1, 100, 0, false); }},
    {Rule::udp_recv_names_the_sender,
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received(3, b, 10, 1); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received(3, c, 10, 1); }},
    {Rule::udp_recv_truncates,
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received(3, b, 10, 1, 4); t.receive_fails(3); t.arrived(b, a, 10, 2); t.received(3, b, 10, 2, 4, msg_trunc); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.received_value(3, b, 1, 4, 4, false); }},
    {Rule::udp_recv_no_other_error,
     [](T& t) { bound(t); t.receive_fails(3); },
     [](T& t) { bound(t); t.receive_fails(3, Errno::enotconn); }},
    {Rule::udp_full_buffer_drops_newest,
     [](T& t) { t.config.receive_buffer = 3000; bound(t); t.arrived(b, a, 900, 1); t.arrived(b, a, 900, 2); t.received(3, b, 900, 1); t.receive_fails(3); },
     nullptr},
    {Rule::udp_buffer_is_bounded,
     [](T& t) { t.config.receive_buffer = 1000; bound(t); t.arrived(b, a, 400, 1); t.arrived(b, a, 1600, 2); t.received(3, b, 400, 1); t.received(3, b, 1600, 2); },
     [](T& t) { t.config.receive_buffer = 1000; bound(t); t.arrived(b, a, 400, 1); t.arrived(b, a, 1601, 2); t.received(3, b, 400, 1); t.received(3, b, 1601, 2); }},
    {Rule::udp_demux_best_match,
     [](T& t) { t.socket(3); t.set(3, OptionName::so_reuseaddr); t.bind(3, "0.0.0.0:7"); t.socket(4); t.set(4, OptionName::so_reuseaddr); t.bind(4, a);
                t.arrived(b, a, 10, 1); t.received(4, b, 10, 1); t.receive_fails(3); },
     [](T& t) { t.socket(3); t.set(3, OptionName::so_reuseaddr); t.bind(3, "0.0.0.0:7"); t.socket(4); t.set(4, OptionName::so_reuseaddr); t.bind(4, a);
                t.arrived(b, a, 10, 1); t.received(3, b, 10, 1); }},
    {Rule::udp_demux_last_bound,
     [](T& t) { shared(t); t.arrived(b, a, 10, 1); t.received(4, b, 10, 1); },
     [](T& t) { shared(t); t.arrived(b, a, 10, 1); t.received(3, b, 10, 1); }},
    {Rule::udp_send_one_datagram_leaves,
     [](T& t) { bound(t); t.send(3, 10, b); t.left(a, b, 10); },
     [](T& t) { bound(t); t.send(3, 10, b); }},
    {Rule::udp_send_source_is_the_sockets,
     [](T& t) { t.socket(3); t.send(3, 10, b); t.left("10.0.0.1:50000", b, 10); t.name(3, "0.0.0.0:50000"); },
     [](T& t) { bound(t); t.send(3, 10, b); t.left("10.0.0.1:8", b, 10); }},
    {Rule::udp_nothing_from_nowhere,
     [](T& t) { bound(t); t.send(3, 10, b); t.left(a, b, 10); },
     [](T& t) { bound(t); t.send(3, 10, b); t.left(a, b, 10); t.left(a, b, 10); }},
    {Rule::udp_send_takes_all,
     [](T& t) { bound(t); t.send(3, 0, b); t.left(a, b, 0); },
     [](T& t) { bound(t); t.send_takes(3, 10, b, 9); }},
    {Rule::udp_send_needs_destination,
     [](T& t) { bound(t); t.send(3, 10, "", Errno::edestaddrreq); },
     [](T& t) { bound(t); t.send(3, 10); }},
    {Rule::udp_send_port_zero,
     [](T& t) { bound(t); t.send(3, 10, "10.0.0.2:0", Errno::einval); },
     [](T& t) { bound(t); t.send(3, 10, "10.0.0.2:0"); }},
    {Rule::udp_send_too_long,
     [](T& t) { bound(t); t.send(3, 1472, b); t.left(a, b, 1472); t.send(3, 1473, b, Errno::emsgsize); t.send(3, 65508, "127.0.0.1:9", Errno::emsgsize); },
     [](T& t) { bound(t); t.send(3, 1473, b); }},
    {Rule::udp_send_broadcast_needs_option,
     [](T& t) { bound(t); t.send(3, 10, "255.255.255.255:9", Errno::eacces); t.set(3, OptionName::so_broadcast); t.send(3, 10, "255.255.255.255:9"); t.left(a, "255.255.255.255:9", 10); },
     [](T& t) { bound(t); t.connect(3, "255.255.255.255:9"); }},
    {Rule::udp_send_oob,
     [](T& t) { bound(t); t.send(3, 1, b, Errno::eopnotsupp, msg_oob); },
     [](T& t) { bound(t); t.send(3, 1, b, Errno::ok, msg_oob); }},
    {Rule::udp_send_after_shutdown,
     [](T& t) { bound(t); t.shutdown(3, ShutdownHow::write, Errno::enotconn); t.send(3, 1, b, Errno::epipe); },
     [](T& t) { connected(t); t.shutdown(3, ShutdownHow::write); t.send(3, 1); }},
    {Rule::udp_wrong_family,
     [](T& t) { bound(t); t.send(3, 1, "[::1]:9", Errno::eafnosupport); t.connect(3, "[::1]:9", Errno::eafnosupport); },
     [](T& t) { bound(t); t.connect(3, "[::1]:9"); }},
    {Rule::udp_loopback_stays_inside,
     [](T& t) { t.socket(3); t.bind(3, "127.0.0.1:7"); t.send(3, 1, b, Errno::einval); },
     [](T& t) { t.socket(3); t.bind(3, "127.0.0.1:7"); t.send(3, 1, b); }},
    {Rule::udp_port_range_exhausted,
     [](T& t) { t.config.ephemeral_last = 49152; t.socket(3); t.bind(3, "0.0.0.0:49152"); t.socket(4); t.send(4, 1, b, Errno::eagain); },
     [](T& t) { t.socket(3); t.send(3, 1, b, Errno::eagain); }},
    {Rule::udp_unreachable_network,
     [](T& t) { t.socket(3, Type::dgram, Domain::inet6); t.connect(3, "[fd00::2]:9", Errno::enetunreach); },
     nullptr},
    {Rule::udp_send_otherwise_succeeds,
     [](T& t) { connected(t); t.send(3, 10, c); t.left(a, c, 10); },
     [](T& t) { connected(t); t.send(3, 10, c, Errno::eisconn); }},
    {Rule::udp_connect_otherwise_succeeds,
     [](T& t) { connected(t); t.connect(3, c); t.connect(3, "10.0.0.2:0"); t.connect(3, "unspec"); },
     [](T& t) { connected(t); t.connect(3, c, Errno::eisconn); }},
    {Rule::udp_connect_names_the_route,
     [](T& t) { t.config.addresses.push_back(IpAddress::v4(10, 0, 0, 5)); t.socket(3); t.connect(3, b); t.name(3, "10.0.0.5:50000"); },
     [](T& t) { t.socket(3); t.connect(3, b); t.name(3, "0.0.0.0:50000"); }},
    {Rule::udp_peer_name,
     [](T& t) { bound(t); t.peer(3, "", Errno::enotconn); t.connect(3, b); t.peer(3, b); t.connect(3, "10.0.0.2:0"); t.peer(3, "", Errno::enotconn); },
     [](T& t) { connected(t); t.connect(3, "unspec"); t.peer(3, b); }},
    {Rule::udp_shutdown_needs_peer,
     [](T& t) { bound(t); t.shutdown(3, ShutdownHow::both, Errno::enotconn); t.connect(3, b); t.shutdown(3, ShutdownHow::both); },
     [](T& t) { bound(t); t.shutdown(3, ShutdownHow::both); }},
    {Rule::udp_shutdown_bad_how,
     [](T& t) { connected(t); t.shutdown(3, ShutdownHow::invalid, Errno::einval); },
     [](T& t) { connected(t); t.shutdown(3, ShutdownHow::invalid); }},
    {Rule::udp_error_is_reported_once,
     [](T& t) { refused(t); t.connect(3, c); t.send(3, 1, "", Errno::econnrefused); t.send(3, 1); t.left(a, c, 1); t.receive_fails(3); },
     [](T& t) { refused(t); t.receive_fails(3); }},
    {Rule::udp_error_needs_icmp,
     [](T& t) { refused(t); t.get(3, OptionName::so_error, {111}); t.get(3, OptionName::so_error, {0}); },
     [](T& t) { refused(t); t.get(3, OptionName::so_error, {111}); t.receive_fails(3, Errno::econnrefused); }},
    {Rule::udp_icmp_closed_port,
     [](T& t) { connected(t); t.arrived(c, a, 10, 1); t.icmp_left(c, a); },
     [](T& t) { bound(t); t.arrived(b, "10.0.0.1:8", 10, 1); }},
    {Rule::udp_icmp_from_nowhere,
     [](T& t) { bound(t); t.arrived(b, "10.0.0.1:8", 10, 1); t.icmp_left(b, "10.0.0.1:8"); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.icmp_left(b, a); }},
    {Rule::udp_poll,
     [](T& t) { bound(t); t.poll(3, poll_out); t.arrived(b, a, 0, 1); t.poll(3, poll_in | poll_out); t.shutdown(3, ShutdownHow::both, Errno::enotconn);
                t.poll(3, poll_in | poll_out | poll_hup | poll_rdhup); },
     [](T& t) { refused(t); t.poll(3, poll_out); }},
    {Rule::udp_queue_size,
     [](T& t) { bound(t); t.queue_size(3, 0); t.arrived(b, a, 10, 1); t.arrived(b, a, 20, 2); t.queue_size(3, 10); t.queue_size(3, 0, Call::siocoutq); },
     [](T& t) { bound(t); t.arrived(b, a, 10, 1); t.arrived(b, a, 20, 2); t.queue_size(3, 30); }},
};
// clang-format on

TEST(UdpRules, EachHasATraceForAndOneAgainst) {
  constexpr std::string_view families[] = {"udp."};
  check_rule_cases(cases, families);
}

TEST(UdpQueue, WhatMayHaveBeenDroppedIsSettledByWhatIsSeen) {
  Trace t;
  t.config.receive_buffer = 3000;
  bound(t);
  t.arrived(b, a, 900, 1);
  t.arrived(b, a, 900, 2);
  t.arrived(b, a, 900, 3);
  t.received(3, b, 900, 1);
  t.received(3, b, 900, 3);
  t.poll(3, poll_out);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  t.received(3, b, 900, 2);
  EXPECT_EQ(t.broken(), Rule::udp_boundaries_are_kept) << t.text();
}

TEST(UdpQueue, PeekLeavesTheDatagram) {
  Trace t;
  bound(t);
  t.arrived(b, a, 10, 1);
  t.received(3, b, 10, 1, 4, msg_peek);
  t.received(3, b, 10, 1);
  t.receive_fails(3);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(UdpQueue, EqualDatagramsOfWhichOneMayBeMissingAreNotDemandedTwice) {
  Trace t;
  t.config.receive_buffer = 3000;
  bound(t);
  t.arrived(b, a, 900, 1);
  t.arrived(b, a, 900, 1);
  t.received(3, b, 900, 1);
  t.receive_fails(3);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(UdpLoopback, IsClosedOverWhereItIsNotShown) {
  Trace t;
  t.traits.features = {Feature::icmp};
  bound(t);
  t.socket(4);
  t.bind(4, "127.0.0.1:9");
  t.connect(3, a);
  t.send(3, 10);
  t.poll(3, poll_in | poll_out);
  t.connect(3, "10.0.0.1:8");
  t.send(3, 10);
  t.poll(3, poll_in | poll_out | poll_err);
  t.get(3, OptionName::so_error, {111});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(UdpLoopback, IsMatchedWhereItIsShown) {
  Trace t;
  bound(t);
  t.send(3, 10, a);
  t.left(a, a, 10);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(UdpConnect, AFailedOneMayMisdirectWhatFollows) {
  Trace t;
  connected(t);
  t.connect(3, "255.255.255.255:9", Errno::eacces);
  t.peer(3, b);
  t.send(3, 10);
  t.left(a, "255.255.255.255:9", 10);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(UdpIcmp, SoftErrorsAndStrangersAreIgnored) {
  Trace t;
  connected(t);
  t.icmp_arrived(a, b, IcmpKind::host_unreachable);
  t.icmp_arrived(a, c);
  t.receive_fails(3);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  t.receive_fails(3, Errno::ehostunreach);
  EXPECT_TRUE(t.broken());
}

TEST(UdpIcmp, APathThatGotNarrowerMayRefuse) {
  for (Errno error : {Errno::ok, Errno::emsgsize}) {
    Trace t;
    bound(t);
    t.icmp_arrived(a, b, IcmpKind::packet_too_big, 600);
    t.send(3, 1000, b, error);
    if (error == Errno::ok) t.left(a, b, 1000);
    t.send(3, 500, b);
    t.left(a, b, 500);
    EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  }
}

// Who joins a SO_REUSEPORT group after a socket was connected to port 0 may get what is for that
// one; who was in it before may not.
TEST(UdpRules, AGroupMayOutdoWhoWasConnectedToPortZeroOutsideIt) {
  const auto takes = [](int fd, bool joins_later) {
    Trace t;
    for (int joined : {3, 4}) {
      t.socket(joined);
      t.set(joined, OptionName::so_reuseport);
      t.bind(joined, a);
      if (joined == (joins_later ? 3 : 4)) t.connect(3, "10.0.0.2:0");
    }
    t.arrived(b, a, 10, 1);
    t.received(fd, b, 10, 1);
    return t.broken();
  };
  EXPECT_EQ(takes(3, true), std::nullopt);
  EXPECT_EQ(takes(4, true), std::nullopt);
  EXPECT_EQ(takes(3, false), std::nullopt);
  EXPECT_EQ(takes(4, false), Rule::udp_demux_best_match);
}

}  // namespace
}  // namespace lockstep::oracle
