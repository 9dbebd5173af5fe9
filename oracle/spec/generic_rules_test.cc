// A trace for and one against each rule of rules_generic.h.
#include <gtest/gtest.h>

#include "oracle/spec/rule_cases.h"

namespace lockstep::oracle {
namespace {

using T = Trace;

constexpr auto stream = Type::stream;

void one_port(T& t) { t.config.ephemeral_last = 49152; }
void two_ports(T& t) { t.config.ephemeral_last = 49153; }

// clang-format off
constexpr RuleCase cases[] = {
    {Rule::descriptor_bad_is_ebadf,
     [](T& t) { t.socket(3); t.close(3); t.bind(3, "10.0.0.1:1", Errno::ebadf); t.close(9, Errno::ebadf); },
     [](T& t) { t.socket(3); t.close(3); t.bind(3, "9.9.9.9:1", Errno::eaddrnotavail); }},
    {Rule::descriptor_open_is_known,
     [](T& t) { t.socket(3); t.dup(3, 4); t.close(3); t.name(4, "0.0.0.0:0"); },
     [](T& t) { t.socket(3); t.dup(3, 4); t.close(3); t.name_fails(4, Errno::ebadf); }},
    {Rule::descriptor_table_full,
     [](T& t) { t.config.max_sockets = 1; t.socket(3); t.socket(0, Type::dgram, Domain::inet, Errno::emfile); },
     [](T& t) { t.config.max_sockets = 1; t.socket(3); t.dup(3, 4); }},
    {Rule::descriptor_fresh_is_unused,
     [](T& t) { t.socket(3); t.socket(70000); t.close(3); t.socket(3); },
     [](T& t) { t.socket(70000); t.socket(70000); }},
    {Rule::descriptor_close_succeeds,
     [](T& t) { t.socket(3); t.close(3); },
     [](T& t) { t.socket(3); t.close(3, Errno::einval); }},
    {Rule::socket_known_kind_is_made,
     [](T& t) { t.socket(3); t.socket(4, stream); t.socket(5, stream, Domain::inet6); },
     [](T& t) { t.socket(0, stream, Domain::inet6, Errno::eafnosupport); }},
    {Rule::socket_unknown_kind_is_refused,
     [](T& t) { t.socket(0, Type::seqpacket, Domain::inet, Errno::esocktnosupport); },
     [](T& t) { t.socket(3, Type::seqpacket); }},
    {Rule::bind_once,
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.1:7"); t.bind(3, "10.0.0.1:8", Errno::einval); },
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.1:7"); t.bind(3, "10.0.0.1:8"); }},
    {Rule::bind_needs_local_address,
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.9:7", Errno::eaddrnotavail); t.bind(3, "127.9.9.9:7"); },
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.9:7"); }},
    {Rule::bind_privileged_port,
     [](T& t) { t.config.unprivileged = true; t.socket(3); t.bind(3, "0.0.0.0:1023", Errno::eacces); t.bind(3, "0.0.0.0:1024"); },
     [](T& t) { t.config.unprivileged = true; t.socket(3); t.bind(3, "0.0.0.0:1023"); }},
    {Rule::bind_wrong_family,
     [](T& t) { t.socket(3); t.bind(3, "[::1]:7", Errno::eafnosupport); },
     [](T& t) { t.socket(3); t.bind(3, "[::1]:7"); }},
    {Rule::bind_mapped_on_v6only,
     [](T& t) { t.socket(3, stream, Domain::inet6); t.set(3, OptionName::ipv6_v6only); t.bind(3, "[::ffff:10.0.0.1]:7", Errno::einval); },
     [](T& t) { t.socket(3, stream, Domain::inet6); t.set(3, OptionName::ipv6_v6only); t.bind(3, "[::ffff:10.0.0.1]:7"); }},
    {Rule::bind_tcp_overlap,
     [](T& t) { t.socket(3, stream); t.bind(3, "0.0.0.0:80"); t.socket(4, stream); t.bind(4, "10.0.0.1:80", Errno::eaddrinuse); },
     [](T& t) { t.socket(3, stream); t.bind(3, "0.0.0.0:80"); t.socket(4, stream); t.bind(4, "10.0.0.1:80"); }},
    {Rule::bind_udp_overlap,
     [](T& t) { t.socket(3); t.bind(3, "0.0.0.0:80"); t.socket(4); t.bind(4, "10.0.0.1:80", Errno::eaddrinuse); },
     [](T& t) { t.socket(3); t.set(3, OptionName::so_reuseaddr); t.bind(3, "0.0.0.0:80"); t.socket(4); t.bind(4, "10.0.0.1:80"); }},
    {Rule::bind_free_port_is_free,
     [](T& t) { t.socket(3); t.bind(3, "127.0.0.1:80"); t.socket(4); t.bind(4, "10.0.0.1:80"); t.socket(5, stream); t.bind(5, "127.0.0.1:80"); },
     [](T& t) { t.socket(3); t.bind(3, "127.0.0.1:80"); t.socket(4); t.bind(4, "10.0.0.1:80", Errno::eaddrinuse); }},
    {Rule::bind_range_exhausted,
     [](T& t) { two_ports(t); t.socket(3); t.bind(3, "0.0.0.0:49152"); t.socket(4); t.bind(4, "0.0.0.0:49153"); t.socket(5); t.bind(5, "0.0.0.0:0", Errno::eaddrinuse); },
     [](T& t) { two_ports(t); t.socket(3); t.bind(3, "0.0.0.0:49152"); t.socket(5); t.bind(5, "0.0.0.0:0", Errno::eaddrinuse); }},
    {Rule::bind_otherwise_succeeds,
     [](T& t) { t.socket(3); t.bind(3, "0.0.0.0:0"); },
     [](T& t) { t.socket(3); t.bind(3, "0.0.0.0:0", Errno::enobufs); }},
    {Rule::port_chosen_is_in_range,
     [](T& t) { t.socket(3); t.bind(3, "0.0.0.0:0"); t.name(3, "0.0.0.0:49152"); },
     [](T& t) { t.socket(3); t.bind(3, "0.0.0.0:0"); t.name(3, "0.0.0.0:1025"); }},
    {Rule::port_chosen_is_not_held,
     [](T& t) { t.socket(3, stream); t.bind(3, "127.0.0.1:50000"); t.socket(4, stream); t.bind(4, "10.0.0.1:0"); t.name(4, "10.0.0.1:50000"); },
     [](T& t) { t.socket(3, stream); t.set(3, OptionName::so_reuseaddr); t.bind(3, "0.0.0.0:50000"); t.socket(4, stream);
                t.set(4, OptionName::so_reuseaddr); t.bind(4, "10.0.0.1:0"); t.name(4, "10.0.0.1:50000"); }},
    {Rule::port_connect_shares,
     [](T& t) { one_port(t); t.socket(3, stream); t.connect(3, "10.0.0.2:80", Errno::einprogress); t.syn_left("10.0.0.1:49152", "10.0.0.2:80");
                t.socket(4, stream); t.connect(4, "10.0.0.2:81", Errno::einprogress); t.syn_left("10.0.0.1:49152", "10.0.0.2:81"); },
     [](T& t) { t.socket(3, stream, Domain::inet6); t.bind(3, "[::1]:50000"); t.socket(4, stream);
                t.connect(4, "10.0.0.2:80", Errno::einprogress); t.syn_left("10.0.0.1:50000", "10.0.0.2:80"); }},
    {Rule::name_is_the_bound_address,
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.1:7"); t.name(3, "10.0.0.1:7"); t.name(3, "10.0.0.1:7"); },
     [](T& t) { t.socket(3); t.bind(3, "10.0.0.1:0"); t.name(3, "10.0.0.1:50000"); t.name(3, "10.0.0.1:50001"); }},
    {Rule::name_of_unbound_is_wildcard,
     [](T& t) { t.socket(3); t.name(3, "0.0.0.0:0"); t.socket(4, stream, Domain::inet6); t.name(4, "[::]:0"); },
     [](T& t) { t.socket(3); t.name_fails(3, Errno::einval); }},
    {Rule::name_is_local,
     [](T& t) { t.socket(3, stream); t.connect(3, "10.0.0.2:80", Errno::einprogress); t.syn_left("10.0.0.1:50000", "10.0.0.2:80"); t.name(3, "10.0.0.1:50000"); },
     [](T& t) { t.socket(3, stream); t.connect(3, "10.0.0.2:80", Errno::einprogress); t.syn_left("10.0.0.1:50000", "10.0.0.2:80"); t.name(3, "10.0.0.9:50000"); }},
    {Rule::option_unknown_is_enoprotoopt,
     [](T& t) { t.socket(3); t.set(3, OptionName::unknown_option, {1}, Errno::enoprotoopt); t.get(3, OptionName::unknown_option, {}, Errno::enoprotoopt); },
     [](T& t) { t.socket(3); t.set(3, OptionName::unknown_option, {1}, Errno::einval); }},
    {Rule::option_foreign_level_is_refused,
     [](T& t) { t.socket(3); t.get(3, OptionName::unknown_level, {}, Errno::eopnotsupp); t.set(3, OptionName::tcp_nodelay, {1}, Errno::enoprotoopt); },
     [](T& t) { t.socket(3); t.set(3, OptionName::unknown_level); }},
    {Rule::option_read_only_is_enoprotoopt,
     [](T& t) { t.socket(3); t.set(3, OptionName::so_error, {0}, Errno::enoprotoopt); },
     [](T& t) { t.socket(3); t.set(3, OptionName::so_type); }},
    {Rule::option_v6only_is_fixed_by_bind,
     [](T& t) { t.socket(3, stream, Domain::inet6); t.bind(3, "[::]:7"); t.set(3, OptionName::ipv6_v6only, {1}, Errno::einval); },
     [](T& t) { t.socket(3, stream, Domain::inet6); t.bind(3, "[::]:7"); t.set(3, OptionName::ipv6_v6only); }},
    {Rule::option_value_out_of_range,
     [](T& t) { t.socket(3); t.set(3, OptionName::ip_ttl, {256}, Errno::einval); },
     nullptr},
    {Rule::option_known_is_taken,
     [](T& t) { t.socket(3); t.set(3, OptionName::ip_ttl, {7}); },
     [](T& t) { t.socket(3); t.set(3, OptionName::ip_ttl, {7}, Errno::einval); }},
    {Rule::option_get_answers_the_set,
     [](T& t) { t.socket(3); t.set(3, OptionName::so_broadcast, {5}); t.get(3, OptionName::so_broadcast, {1}); t.set(3, OptionName::so_linger, {1, 9}); t.get(3, OptionName::so_linger, {1, 9}); },
     [](T& t) { t.socket(3); t.set(3, OptionName::ip_ttl, {7}); t.get(3, OptionName::ip_ttl, {64}); }},
    {Rule::option_buffer_is_doubled,
     [](T& t) { t.socket(3); t.set(3, OptionName::so_rcvbuf, {5000}); t.get(3, OptionName::so_rcvbuf, {10000}); t.set(3, OptionName::so_sndbuf, {1}); t.get(3, OptionName::so_sndbuf, {4608}); },
     [](T& t) { t.socket(3); t.set(3, OptionName::so_rcvbuf, {5000}); t.get(3, OptionName::so_rcvbuf, {5000}); }},
    {Rule::option_initial_value,
     [](T& t) { t.socket(3); t.get(3, OptionName::so_reuseaddr, {0}); },
     [](T& t) { t.socket(3); t.get(3, OptionName::so_reuseaddr, {1}); }},
    {Rule::option_type_is_the_sockets,
     [](T& t) { t.socket(3); t.get(3, OptionName::so_type, {2}); },
     [](T& t) { t.socket(3); t.get(3, OptionName::so_type, {1}); }},
    {Rule::poll_closed_is_nval,
     [](T& t) { t.poll(3, poll_nval); },
     [](T& t) { t.poll(3, poll_out); }},
    {Rule::poll_only_asked,
     [](T& t) { t.socket(3, stream); t.poll(3, poll_hup, poll_in); },
     [](T& t) { t.socket(3, stream); t.poll(3, poll_out | poll_hup, poll_in); }},
    {Rule::dgram_has_no_connections,
     [](T& t) { t.socket(3); t.listen(3, Errno::eopnotsupp); t.accept(3, 0, Errno::eopnotsupp); t.get(3, OptionName::so_acceptconn, {0}); },
     [](T& t) { t.socket(3); t.listen(3); }},
};
// clang-format on

TEST(GenericRules, EachHasATraceForAndOneAgainst) {
  constexpr std::string_view families[] = {"descriptor.", "socket.", "port.",
                                           "poll.",       "dgram.",  "name."};
  check_rule_cases(cases, families);
}

TEST(GenericRules, AListenerForbidsWhatABoundSocketAllows) {
  Trace t;
  t.socket(3, stream);
  t.set(3, OptionName::so_reuseaddr);
  t.bind(3, "10.0.0.1:80");
  t.listen(3);
  t.socket(4, stream);
  t.set(4, OptionName::so_reuseaddr);
  t.bind(4, "10.0.0.1:80", Errno::eaddrinuse);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(GenericRules, FlagsClearedAfterTheBindMayStillCount) {
  for (Errno error : {Errno::ok, Errno::eaddrinuse}) {
    Trace t;
    t.socket(3, stream);
    t.set(3, OptionName::so_reuseport);
    t.bind(3, "10.0.0.1:80");
    t.set(3, OptionName::so_reuseport, {0});
    t.socket(4, stream);
    t.set(4, OptionName::so_reuseport);
    t.bind(4, "10.0.0.1:80", error);
    EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  }
}

TEST(GenericRules, AClosedSocketGivesItsPortBack) {
  Trace t;
  t.socket(3);
  t.bind(3, "10.0.0.1:80");
  t.dup(3, 4);
  t.close(3);
  t.socket(5);
  t.bind(5, "10.0.0.1:80", Errno::eaddrinuse);
  t.close(4);
  t.bind(5, "10.0.0.1:80");
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(GenericRules, AnExplicitBindMayMeetAPortThatWasChosenUnseen) {
  for (Errno error : {Errno::ok, Errno::eaddrinuse}) {
    Trace t;
    t.socket(3);
    t.bind(3, "10.0.0.1:0");
    t.socket(4);
    t.bind(4, "10.0.0.1:50000", error);
    EXPECT_EQ(t.broken(), std::nullopt) << t.text();
  }
}

TEST(GenericRules, APortChosenBeforeAnotherSocketSharedItIsFine) {
  Trace t;
  for (int fd : {3, 4}) {
    t.socket(fd, stream);
    t.set(fd, OptionName::so_reuseaddr);
  }
  t.bind(3, "10.0.0.1:0");
  t.bind(4, "10.0.0.1:50000");
  t.name(3, "10.0.0.1:50000");
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(GenericRules, UnixSocketsAreFollowedAsDescriptors) {
  Trace t;
  t.socket(3, stream, Domain::local);
  t.bind(3, "unix:/x", Errno::eaddrinuse);
  t.close(3);
  t.close(3, Errno::ebadf);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(GenericRules, ARebootForgetsEverySocket) {
  Trace t;
  t.socket(3);
  t.bind(3, "10.0.0.1:80");
  t.oracle().on_reboot(0);
  t.close(3, Errno::ebadf);
  t.socket(3);
  t.bind(3, "10.0.0.1:80");
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

}  // namespace
}  // namespace lockstep::oracle
