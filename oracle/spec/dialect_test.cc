// What each dialect asks for, and what each choice of a dialect other than linux lets happen and
// forbids: the same trace is kept under one and broken under the other.
#include "oracle/spec/dialect.h"

#include <gtest/gtest.h>

#include "oracle/spec/oracle.h"
#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

const Dialect& named(std::string_view name) {
  const Dialect* dialect = find_dialect(name);
  EXPECT_NE(dialect, nullptr) << name;
  return dialect == nullptr ? linux_dialect() : *dialect;
}

// The rule that the trace breaks under the dialect; nullopt when it is kept.
std::optional<Rule> broken_under(std::string_view dialect, void (*happens)(TcpTrace&)) {
  TcpTrace trace;
  trace.hold_to(named(dialect));
  happens(trace);
  return trace.broken();
}

void retry(TcpTrace& t, int times, std::uint32_t first, std::uint32_t factor) {
  t.client();
  t.send(4, 10, 10);
  t.out({"A", 1, 1, 10});
  std::uint32_t interval = first;
  for (int i = 0; i < times; ++i) {
    t.tick(interval);
    t.out({"A", 1, 1, 10});
    interval *= factor;
  }
}

void hear_in_handshake(TcpTrace& t, IcmpKind kind) {
  t.open(3);
  t.bind(3, 80);
  t.listen(3);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.icmp(kind);
  t.in({"A", 1, 1});
}

TEST(Dialects, AreFoundByName) {
  for (const Dialect& dialect : dialects()) EXPECT_EQ(find_dialect(dialect.name), &dialect);
  EXPECT_EQ(find_dialect("plan9"), nullptr);
  EXPECT_EQ(linux_dialect().name, "linux");
}

TEST(Dialects, LinuxAsksForEveryRule) {
  for (const RuleRow& row : rule_rows()) EXPECT_TRUE(asks_for(linux_dialect(), row)) << row.name;
}

TEST(Dialects, Rfc9293AsksForWhatRfcsSayAlone) {
  const Dialect& rfc = named("rfc9293");
  EXPECT_TRUE(asks_for(rfc, rule_row(Rule::tcp_exact_reset_kills)));
  EXPECT_TRUE(asks_for(rfc, rule_row(Rule::udp_boundaries_are_kept)));
  EXPECT_FALSE(asks_for(rfc, rule_row(Rule::bind_range_exhausted)));
  EXPECT_FALSE(asks_for(rfc, rule_row(Rule::option_buffer_is_doubled)));
}

TEST(Dialects, AnIcmpErrorMayOutliveADisconnect) {
  const auto is_told = [](TcpTrace& t) {
    t.client();
    t.icmp(IcmpKind::host_unreachable);
    t.disconnect(4);
    t.out({"RA", 1, 1});
    t.so_error(4, Errno::econnreset);
    t.so_error(4, Errno::ehostunreach);
    t.so_error(4, Errno::ok);
  };
  const auto is_forgotten = [](TcpTrace& t) {
    t.client();
    t.icmp(IcmpKind::host_unreachable);
    t.disconnect(4);
    t.out({"RA", 1, 1});
    t.so_error(4, Errno::econnreset);
    t.so_error(4, Errno::ok);
  };
  EXPECT_EQ(broken_under("linux", is_told), std::nullopt);
  EXPECT_EQ(broken_under("rfc9293", is_told), Rule::tcp_error_reported_once);
  EXPECT_EQ(broken_under("linux", is_forgotten), Rule::tcp_error_reported_once);
  EXPECT_EQ(broken_under("rfc9293", is_forgotten), std::nullopt);
}

TEST(Dialects, ARuleThatIsNotAskedForEndsInDoubtAndNotInAViolation) {
  HostConfig config;
  config.addresses = {IpAddress::v4(10, 0, 0, 1)};
  PortTraits traits;
  const HostConfig* configs[] = {&config};
  const PortTraits* of_ports[] = {&traits};
  const auto close_of_nothing_succeeds = [&](Oracle& oracle) {
    oracle.start(configs, of_ports);
    Syscall call;
    call.call = Call::close;
    call.fd = Fd{7};
    oracle.on_call(0, call, SyscallResult(), PayloadTag());
  };
  Oracle by_linux(linux_dialect());
  close_of_nothing_succeeds(by_linux);
  EXPECT_TRUE(by_linux.violation());
  Oracle by_rfc(named("rfc9293"));
  close_of_nothing_succeeds(by_rfc);
  EXPECT_FALSE(by_rfc.violation());
  EXPECT_FALSE(by_rfc.inconclusive().empty());
}

TEST(Dialects, TurmoilForgetsAConnectionThatBothEndsClosed) {
  const auto fin_again_is_acknowledged = [](TcpTrace& t) {
    t.close_both();
    t.in({"FA", 1, 2});
    t.out({"A", 2, 2});
  };
  const auto fin_again_is_reset = [](TcpTrace& t) {
    t.close_both();
    t.in({"FA", 1, 2});
    t.out({"R", 2});
  };
  EXPECT_EQ(broken_under("linux", fin_again_is_acknowledged), std::nullopt);
  EXPECT_NE(broken_under("turmoil", fin_again_is_acknowledged), std::nullopt);
  EXPECT_EQ(broken_under("turmoil", fin_again_is_reset), std::nullopt);
  EXPECT_NE(broken_under("linux", fin_again_is_reset), std::nullopt);
}

TEST(Dialects, TurmoilAcknowledgesTheLastFinBeforeItForgets) {
  const auto last_ack_is_missing = [](TcpTrace& t) {
    t.client();
    t.close(4);
    t.out({"FA", 1, 1});
    t.in({"A", 1, 2});
    t.in({"FA", 1, 2});
    t.tick(1);
  };
  EXPECT_EQ(broken_under("turmoil", last_ack_is_missing), Rule::tcp_fin_is_acked);
}

TEST(Dialects, TimeoutsOfTurmoilStayAsTheyAre) {
  EXPECT_EQ(broken_under("turmoil", [](TcpTrace& t) { retry(t, 5, 3, 1); }), std::nullopt);
  EXPECT_EQ(broken_under("linux", [](TcpTrace& t) { retry(t, 5, 3, 2); }), std::nullopt);
  EXPECT_EQ(broken_under("turmoil", [](TcpTrace& t) { retry(t, 5, 3, 2); }),
            Rule::tcp_retransmits_in_time);
}

TEST(Dialects, TurmoilGivesUpWithAReset) {
  const auto answers_reset = [](TcpTrace& t) {
    retry(t, 5, 3, 1);
    t.tick(3);
    t.so_error(4, Errno::econnreset);
  };
  const auto answers_timeout = [](TcpTrace& t) {
    retry(t, 5, 3, 1);
    t.tick(3);
    t.so_error(4, Errno::etimedout);
  };
  EXPECT_EQ(broken_under("turmoil", answers_reset), std::nullopt);
  EXPECT_NE(broken_under("turmoil", answers_timeout), std::nullopt);
}

TEST(Dialects, TurmoilKeepsNothingPastAGap) {
  const auto both_pieces_are_acknowledged = [](TcpTrace& t) {
    t.client();
    t.in({"A", 11, 1, 10});
    t.out({"A", 1, 1});
    t.in({"A", 1, 1, 10});
    t.out({"A", 1, 21});
  };
  const auto the_second_comes_again = [](TcpTrace& t) {
    t.client();
    t.in({"A", 11, 1, 10});
    t.out({"A", 1, 1});
    t.in({"A", 1, 1, 10});
    t.out({"A", 1, 11});
    t.in({"A", 11, 1, 10});
    t.out({"A", 1, 21});
  };
  EXPECT_EQ(broken_under("linux", both_pieces_are_acknowledged), std::nullopt);
  EXPECT_EQ(broken_under("turmoil", both_pieces_are_acknowledged), Rule::tcp_ack_of_arrived_only);
  EXPECT_EQ(broken_under("turmoil", the_second_comes_again), std::nullopt);
  EXPECT_EQ(broken_under("linux", the_second_comes_again), std::nullopt);
}

TEST(Dialects, Rfc9293ReadsTheRfcWhereLinuxDoesNot) {
  // RFC 9293 3.10.7.4: text past the peer's FIN is ignored; Linux may reset for it.
  const auto text_across_the_fin_resets = [](TcpTrace& t) {
    t.client();
    t.in({"FA", 1, 1, 5});
    t.out({"A", 1, 7});
    t.in({"A", 1, 1, 20});
    t.out({"R", 1});
  };
  EXPECT_EQ(broken_under("linux", text_across_the_fin_resets), std::nullopt);
  EXPECT_NE(broken_under("rfc9293", text_across_the_fin_resets), std::nullopt);
}

TEST(Dialects, SoftErrorsEndAHandshakeOfIpv4WhereLinuxHeedsThem) {
  const auto host_unreachable_drops = [](TcpTrace& t) {
    hear_in_handshake(t, IcmpKind::host_unreachable);
    t.out({"R", 1});
  };
  const auto port_unreachable_drops = [](TcpTrace& t) {
    hear_in_handshake(t, IcmpKind::port_unreachable);
    t.out({"R", 1});
  };
  const auto port_unreachable_is_ignored = [](TcpTrace& t) {
    hear_in_handshake(t, IcmpKind::port_unreachable);
    t.accept(3, 4);
  };
  EXPECT_EQ(broken_under("linux", host_unreachable_drops), std::nullopt);
  EXPECT_EQ(broken_under("rfc9293", host_unreachable_drops), Rule::tcp_reset_needs_cause);
  EXPECT_EQ(broken_under("linux", port_unreachable_drops), Rule::tcp_reset_needs_cause);
  EXPECT_EQ(broken_under("rfc9293", port_unreachable_drops), std::nullopt);
  EXPECT_EQ(broken_under("linux", port_unreachable_is_ignored), std::nullopt);
  EXPECT_EQ(broken_under("rfc9293", port_unreachable_is_ignored), std::nullopt);
}

TEST(Dialects, AByteOfAHeaderPassesForAnUrgentOneWhereLinuxReadsIt) {
  // The byte at 15 is announced and lost; the FIN stands one past it.
  const auto told_by_the_fin = [](const Dialect& dialect) {
    TcpTrace t;
    t.hold_to(dialect);
    t.client();
    t.in({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 15});
    t.out({"A", 1, 11});
    t.in({"FA", 16, 1});
    t.out({"A", 1, 11});
    t.poll(4, poll_pri, poll_pri);
    return t.broken();
  };
  Dialect strict = linux_dialect();
  strict.urgent_byte_may_be_of_header = false;
  EXPECT_EQ(told_by_the_fin(linux_dialect()), std::nullopt);
  EXPECT_EQ(told_by_the_fin(strict), Rule::tcp_poll_urgent);
}

}  // namespace
}  // namespace lockstep::oracle
