// A trace for and one against each rule of rules_tcp_segments.h.
#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

using T = TcpTrace;

void listener(T& t, int backlog = 8) {
  t.open(3);
  t.bind(3, 80);
  t.listen(3, backlog);
}
void embryo(T& t, int backlog = 8) {
  listener(t, backlog);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
}
void connecting(T& t) {
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
}
void data(T& t, int length = 10) {
  t.in({"A", 1, 1, length});
  t.out({"A", 1, 1 + length});
}
void sent(T& t, int length = 10) {
  t.client();
  t.send(4, length, length);
  t.out({"A", 1, 1, length});
}
// Ten more bytes wait for a window that the peer has closed.
void stalled(T& t) {
  sent(t);
  t.in({.flags = "A", .seq = 1, .ack = 11, .window = 0});
  t.send(4, 10, 10);
}
void fin_sent(T& t) {
  t.client();
  t.shutdown(4, ShutdownHow::write);
  t.out({"FA", 1, 1});
}
void fin_wait_2(T& t) {
  t.client();
  t.close(4);
  t.out({"FA", 1, 1});
  t.in({"A", 1, 2});
}
// A connection of a listener that ended in TIME-WAIT here.
void time_wait_of_server(T& t) {
  t.server();
  t.close(4);
  t.out({"FA", 1, 1});
  t.in({"FA", 1, 2});
  t.out({"A", 2, 2});
}
void to_itself(T& t) {
  t.loop();
  t.open(4);
  t.ends(50000, 50000);
  t.connect(4, "10.0.0.1:50000");
  t.out({"S", 0});
}
// A window of 5 bytes came in a segment that left a gap; one of 60 in an older segment came late.
void overtaken(T& t) {
  t.client();
  t.in({"A", 11, 1, 10, 5});
  t.out({"A", 1, 1});
  t.in({"A", 5, 1, 0, 60});
  t.send(4, 10, 10);
}
// A segment of 1,000 bytes met a link that carries packets of 800.
void too_big(T& t) {
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
  t.in({.flags = "SA", .seq = 0, .ack = 1, .mss = 1460});
  t.out({"A", 1, 1});
  t.send(4, 1000, 1000);
  t.out({"A", 1, 1, 1000});
  t.icmp(IcmpKind::packet_too_big, 800);
}
void four_in_flight(T& t) {
  t.client();
  for (int i = 0; i < 4; ++i) {
    t.send(4, 10, 10);
    t.out({"A", 1 + 10 * i, 1, 10});
  }
  t.in({"A", 1, 1});  // The first of its number.
}
void duplicates(T& t, int count) {
  for (int i = 0; i < count; ++i) t.in({"A", 1, 1});
}
void retry(T& t, int times) {
  std::uint32_t wait = 3;
  for (int i = 0; i < times; ++i, wait *= 2) {
    t.tick(wait);
    t.out({"A", 1, 1, 10});
  }
}

// clang-format off
constexpr TcpRuleCase opening[] = {
    {Rule::tcp_source_is_local,
     [](T& t) { connecting(t); },
     [](T& t) { t.settings().addresses = {IpAddress::v4(10, 0, 0, 3)}; connecting(t); }},
    {Rule::tcp_segment_needs_connection,
     [](T& t) { t.client(); },
     [](T& t) { t.client(); t.in({"R", 1}); t.out({"A", 1, 1}); }},
    {Rule::tcp_state_allows_flags,
     [](T& t) { t.client(); },
     [](T& t) { t.client(); t.tick(1); t.out({"SA", 0, 1}); }},
    {Rule::tcp_syn_numbers,
     [](T& t) { connecting(t); },
     [](T& t) { t.open(4); t.ends(50000, 80); t.connect(4); t.out({"S", 0, 0, 5}); }},
    {Rule::tcp_syn_is_repeated,
     [](T& t) { connecting(t); t.tick(3); t.out({"S", 0}); },
     [](T& t) { connecting(t); t.tick(3); t.out({"S", 7}); }},
    {Rule::tcp_syn_ack_numbers,
     [](T& t) { embryo(t); },
     [](T& t) { listener(t); t.in({"S", 0, 0, 5}); t.out({"SA", 0, 6}); }},
    {Rule::tcp_listener_answers_syn,
     [](T& t) { embryo(t); },
     [](T& t) { listener(t); t.in({"S", 0}); }},
    {Rule::tcp_listener_full_is_silent,
     [](T& t) { embryo(t, 0); t.in({"A", 1, 1}); t.ends(80, 9001); t.in({"S", 0}); },
     [](T& t) { embryo(t, 0); t.in({"A", 1, 1}); t.ends(80, 9001); t.in({"S", 0}); t.out({"SA", 0, 1}); }},
    {Rule::tcp_listener_resets_ack,
     [](T& t) { listener(t); t.in({"A", 5, 6}); t.out({"R", 6}); },
     [](T& t) { listener(t); t.in({"A", 5, 6}); }},
    {Rule::tcp_listener_ignores,
     [](T& t) { listener(t); t.in({"F", 5}); t.in({"SF", 5}); t.in({"R", 5}); },
     [](T& t) { listener(t); t.in({"SF", 5}); t.out({"SA", 0, 6}); }},
    {Rule::tcp_duplicate_syn_is_answered,
     [](T& t) { embryo(t); t.in({"S", 0}); t.out({"SA", 0, 1}); },
     [](T& t) { embryo(t); t.in({"S", 0}); }},
    {Rule::tcp_syn_received_resets_bad_ack,
     [](T& t) { embryo(t); t.in({"A", 1, 7}); t.out({"R", 7}); t.in({"A", 1, 1}); t.accept(3, 4); },
     [](T& t) { embryo(t); t.in({"A", 1, 7}); }},
    {Rule::tcp_simultaneous_open,
     [](T& t) { connecting(t); t.in({"S", 0}); t.out({"SA", 0, 1}); },
     [](T& t) { connecting(t); t.in({"S", 0}); }},
    {Rule::tcp_self_connect,
     [](T& t) { to_itself(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.in({"SA", 0, 1}); t.connect(4, "10.0.0.1:50000", Errno::ok); },
     [](T& t) { to_itself(t); t.in({"S", 0}); }},
    {Rule::tcp_handshake_is_acked,
     [](T& t) { t.client(); },
     [](T& t) { connecting(t); t.in({"SA", 0, 1}); }},
    {Rule::tcp_syn_sent_resets_bad_ack,
     [](T& t) { connecting(t); t.in({"A", 5, 9}); t.out({"R", 9}); t.out({"S", 0}); },
     [](T& t) { connecting(t); t.in({"A", 5, 9}); }},
    {Rule::tcp_syn_sent_ignores,
     [](T& t) { connecting(t); t.in({"R", 0}); t.in({"A", 5, 1}); t.poll(4, 0); },
     [](T& t) { connecting(t); t.in({"A", 5, 1}); t.out({"R", 1}); }},
    {Rule::tcp_icmp_is_soft,
     [](T& t) { t.client(); t.icmp(IcmpKind::host_unreachable); t.recv_fails(4, Errno::eagain); t.so_error(4, Errno::ehostunreach);
                t.so_error(4, Errno::ok); },
     [](T& t) { t.client(); t.icmp(IcmpKind::host_unreachable); t.so_error(4, Errno::econnrefused); }},
    {Rule::tcp_urgent_is_announced,
     [](T& t) { t.client(); t.send_urgent(4, 10); t.out({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 10}); },
     [](T& t) { t.client(); t.send_urgent(4, 10); t.out({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 9}); }},
    {Rule::tcp_options_need_both,
     [](T& t) { t.client(); },
     [](T& t) { t.client(); t.tick(1); t.out({.flags = "A", .seq = 1, .ack = 1, .timestamps = true}); }},
};

constexpr TcpRuleCase resets[] = {
    {Rule::tcp_closed_answers_reset,
     [](T& t) { t.in({"A", 5, 6}); t.out({"R", 6}); t.in({"S", 0}); t.out({"RA", -1, 1}); },
     [](T& t) { t.in({"S", 0}); }},
    {Rule::tcp_reset_never_answers_reset,
     [](T& t) { t.in({"RA", 5, 6}); },
     [](T& t) { t.in({"RA", 5, 6}); t.out({"R", 6}); }},
    {Rule::tcp_reset_numbers,
     [](T& t) { t.in({"SA", 0, 6}); t.out({"R", 6}); },
     [](T& t) { t.in({"SA", 0, 6}); t.out({"R", 7}); }},
    {Rule::tcp_reset_needs_cause,
     [](T& t) { t.client(); t.close(4); t.out({"FA", 1, 1}); t.in({"RA", 1, 2}); t.in({"A", 5, 6}); t.out({"R", 6}); t.client(); },
     [](T& t) { t.client(); t.in({"A", 1, 1}); t.out({"R", 1}); }},
    {Rule::tcp_exact_reset_kills,
     [](T& t) { t.client(); t.in({"R", 1}); t.so_error(4, Errno::econnreset); },
     [](T& t) { t.client(); t.in({"R", 1}); t.recv_fails(4, Errno::eagain); }},
    {Rule::tcp_inexact_reset_is_challenged,
     [](T& t) { t.client(); t.in({"R", 2}); t.out({"A", 1, 1}); t.in({"R", 3}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"R", 2}); t.recv_fails(4, Errno::econnreset); }},
    {Rule::tcp_reset_outside_window_is_ignored,
     [](T& t) { t.client(); t.in({"R", -5}); t.in({"R", 70000}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"R", -5}); t.out({"A", 1, 1}); }},
    {Rule::tcp_syn_on_connection_is_challenged,
     [](T& t) { t.client(); t.in({"S", 5}); t.out({"A", 1, 1}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"S", 5}); }},
    {Rule::tcp_ack_too_old_is_challenged,
     [](T& t) { t.client(); t.in({"A", 1, -60000, 10}); t.out({"A", 1, 1}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"A", 1, -60000, 10}); }},
    {Rule::tcp_challenge_may_be_withheld,
     [](T& t) { t.client(); for (int i = 0; i < 10; ++i) { t.in({"S", 5}); t.out({"A", 1, 1}); } t.in({"S", 5}); },
     nullptr},
    {Rule::tcp_no_ack_is_dropped,
     [](T& t) { t.client(); t.in({"P", 1, 0, 10}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"P", 1, 0, 10}); t.out({"A", 1, 11}); }},
    {Rule::tcp_ack_of_unsent_is_dropped,
     [](T& t) { t.client(); t.in({"A", 1, 5, 10}); t.out({"A", 1, 1}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"A", 1, 5, 10}); t.out({"A", 1, 11}); }},
    {Rule::tcp_data_after_close_is_reset,
     [](T& t) { fin_wait_2(t); t.in({"A", 1, 2, 10}); t.out({"R", 2}); },
     [](T& t) { fin_wait_2(t); t.in({"A", 1, 2, 10}); }},
    {Rule::tcp_data_after_shutdown_is_reset,
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::both); t.out({"FA", 1, 1}); t.in({"A", 1, 2, 10}); t.out({"R", 2}); },
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::both); t.out({"FA", 1, 1}); t.in({"A", 1, 2, 10}); }},
};

constexpr TcpRuleCase acknowledging[] = {
    {Rule::tcp_unacceptable_is_acked,
     [](T& t) { t.client(); t.in({"A", -5, 1}); t.out({"A", 1, 1}); t.in({"A", 70000, 1, 5}); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.in({"A", 70000, 1, 5}); }},
    {Rule::tcp_old_duplicate_is_acked,
     [](T& t) { t.client(); data(t); data(t); t.recv(4, 100, 10); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"FA", 1, 1}); t.out({"A", 1, 2}); t.in({"FA", 1, 1}); }},
    {Rule::tcp_out_of_order_is_acked,
     [](T& t) { t.client(); t.in({"A", 11, 1, 10}); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.in({"A", 11, 1, 10}); }},
    {Rule::tcp_filled_gap_is_acked,
     [](T& t) { t.client(); t.in({"A", 11, 1, 10}); t.out({"A", 1, 1}); t.in({"A", 1, 1, 10}); t.out({"A", 1, 21}); },
     [](T& t) { t.client(); t.in({"A", 11, 1, 10}); t.out({"A", 1, 1}); t.in({"A", 1, 1, 10}); }},
    {Rule::tcp_fin_is_acked,
     [](T& t) { t.client(); t.in({"FA", 1, 1}); t.out({"A", 1, 2}); },
     [](T& t) { t.client(); t.in({"FA", 1, 1}); }},
    {Rule::tcp_data_after_fin_is_ignored,
     [](T& t) { t.client(); t.in({"FA", 1, 1}); t.out({"A", 1, 2}); t.in({"A", 2, 1, 10}); t.out({"A", 1, 2}); t.recv(4, 10, 0); },
     [](T& t) { t.client(); t.in({"FA", 1, 1}); t.out({"A", 1, 2}); t.in({"A", 2, 1, 10}); t.out({"A", 1, 12}); }},
    {Rule::tcp_ack_is_timely,
     [](T& t) { t.client(); t.in({"A", 1, 1, 10}); t.tick(2); t.out({"A", 1, 11}); t.tick(9); },
     [](T& t) { t.client(); t.in({"A", 1, 1, 10}); t.tick(9); }},
    {Rule::tcp_ack_of_arrived_only,
     [](T& t) { t.client(); data(t); },
     [](T& t) { t.client(); t.in({"A", 1, 1, 10}); t.out({"A", 1, 12}); }},
    {Rule::tcp_ack_never_goes_back,
     [](T& t) { t.client(); data(t); t.in({"A", 11, 1, 5}); t.tick(1); t.out({"A", 1, 16}); },
     [](T& t) { t.client(); data(t); t.in({"A", 11, 1, 5}); t.out({"A", 1, 11}); }},
    {Rule::tcp_ack_has_next_number,
     [](T& t) { sent(t); t.in({"A", 1, 1, 5}); t.out({"A", 11, 6}); },
     [](T& t) { sent(t); t.in({"A", 1, 1, 5}); t.out({"A", 12, 6}); }},
    {Rule::tcp_window_never_shrinks,
     [](T& t) { t.client(); t.in({"A", 1, 1, 10}); t.out({.flags = "A", .seq = 1, .ack = 11, .window = 59990}); },
     [](T& t) { t.client(); t.in({"A", 1, 1, 10}); t.out({.flags = "A", .seq = 1, .ack = 11, .window = 59989}); }},
    {Rule::tcp_time_wait_acks,
     [](T& t) { t.close_both(); t.in({"FA", 1, 2}); t.out({"A", 2, 2}); },
     [](T& t) { t.close_both(); t.in({"FA", 1, 2}); }},
    {Rule::tcp_time_wait_gives_way,
     [](T& t) { time_wait_of_server(t); t.in({"S", 100}); t.out({"SA", 5, 101}); },
     [](T& t) { time_wait_of_server(t); t.in({"S", 100}); t.out({"SA", 0, 101}); }},
};

constexpr TcpRuleCase sending[] = {
    {Rule::tcp_sends_accepted_bytes,
     [](T& t) { sent(t); t.in({"A", 1, 11}); },
     [](T& t) { t.client(); t.send(4, 10, 10); t.out({"A", 1, 1, 11}); }},
    {Rule::tcp_same_bytes_again,
     [](T& t) { sent(t); t.tick(3); t.out({"A", 1, 1, 10}); },
     [](T& t) { sent(t); t.tick(3); t.out_other_bytes({"A", 1, 1, 10}); }},
    {Rule::tcp_no_gap_in_sending,
     [](T& t) { t.client(); t.send(4, 5, 5); t.out({"A", 1, 1, 5}); t.send(4, 5, 5); t.out({"A", 6, 1, 5}); },
     [](T& t) { t.client(); t.send(4, 10, 10); t.out({"A", 6, 1, 5}); }},
    {Rule::tcp_stays_in_window,
     [](T& t) { t.client(); t.in({"A", 1, 1, 0, 5}); t.send(4, 10, 10); t.out({"A", 1, 1, 5}); t.tick(3); t.out({"A", 1, 1, 5}); },
     [](T& t) { t.client(); t.in({"A", 1, 1, 0, 5}); t.send(4, 10, 10); t.out({"A", 1, 1, 6}); }},
    {Rule::tcp_stays_in_mss,
     [](T& t) { sent(t, 536); },
     [](T& t) { sent(t, 537); }},
    {Rule::tcp_packet_too_big_lowers_segments,
     [](T& t) { too_big(t); t.out({"A", 1, 1, 760}); t.out({"A", 761, 1, 240}); },
     [](T& t) { too_big(t); t.out({"A", 1, 1, 761}); }},
    {Rule::tcp_no_silly_segment,
     [](T& t) { t.client(); t.send(4, 600, 600); t.out({"A", 1, 1, 536}); t.out({"A", 537, 1, 64}); t.in({"A", 1, 601, 0, 30}); t.send(4, 50, 50); t.out({"A", 601, 1, 30}); t.in({"A", 1, 631}); t.out({"A", 631, 1, 20}); },
     [](T& t) { t.client(); t.send(4, 600, 600); t.out({"A", 1, 1, 535}); }},
    {Rule::tcp_fin_needs_close,
     [](T& t) { fin_sent(t); },
     [](T& t) { t.client(); t.tick(1); t.out({"FA", 1, 1}); }},
    {Rule::tcp_fin_follows_data,
     [](T& t) { sent(t); t.close(4); t.out({"FA", 11, 1}); },
     [](T& t) { sent(t); t.send(4, 5, 5); t.close(4); t.out({"FA", 11, 1}); }},
    {Rule::tcp_fin_is_sent,
     [](T& t) { fin_wait_2(t); t.settled(); },
     [](T& t) { t.client(); t.close(4); t.settled(); }},
    {Rule::tcp_fin_is_retransmitted,
     [](T& t) { fin_sent(t); t.tick(3); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); t.settled(); },
     [](T& t) { fin_sent(t); t.settled(); }},
    {Rule::tcp_retransmits_in_time,
     [](T& t) { sent(t); retry(t, 3); },
     [](T& t) { sent(t); t.tick(20); }},
    {Rule::tcp_retransmits_earliest,
     [](T& t) { sent(t); t.send(4, 5, 5); t.out({"A", 11, 1, 5}); t.tick(3); t.out({"A", 1, 1, 10}); t.out({"A", 11, 1, 5}); },
     [](T& t) { sent(t); t.send(4, 5, 5); t.out({"A", 11, 1, 5}); t.tick(3); t.out({"A", 11, 1, 5}); }},
    {Rule::tcp_window_old_update_is_ignored,
     [](T& t) { overtaken(t); t.out({"A", 1, 1, 5}); },
     [](T& t) { overtaken(t); t.out({"A", 1, 1, 10}); }},
    {Rule::tcp_window_is_probed,
     [](T& t) { stalled(t); t.tick(3); t.out({"A", 10, 1}); t.in({.flags = "A", .seq = 1, .ack = 11, .window = 0}); t.tick(6); t.out({"A", 10, 1}); },
     [](T& t) { stalled(t); t.tick(20); }},
    {Rule::tcp_fast_retransmit,
     [](T& t) { four_in_flight(t); duplicates(t, 3); t.out({"A", 1, 1, 10}); },
     [](T& t) { four_in_flight(t); duplicates(t, 3); }},
    {Rule::tcp_keepalive_only_if_asked,
     [](T& t) { sent(t); t.in({"A", 1, 11}); t.tick(72000); },
     [](T& t) { sent(t); t.in({"A", 1, 11}); t.tick(72000); t.out({"A", 10, 1}); }},
    {Rule::tcp_retry_limit,
     [](T& t) { sent(t); retry(t, 5); t.tick(96); t.so_error(4, Errno::etimedout); },
     [](T& t) { sent(t); retry(t, 5); t.tick(400); t.recv_fails(4, Errno::eagain); t.send(4, 1, 1); }},
    {Rule::tcp_syn_is_answered,
     [](T& t) { t.client(); t.settled(); },
     [](T& t) { connecting(t); t.settled(); }},
    {Rule::tcp_delivers_at_last,
     [](T& t) { sent(t); t.in({"A", 1, 11}); t.settled(); },
     [](T& t) { t.client(); t.send(4, 10, 10); t.settled(); }},
};
// clang-format on

TEST(TcpSegmentRules, OfOpeningHoldAndAloneReject) { check_tcp_rule_cases(opening); }
TEST(TcpSegmentRules, OfResetsHoldAndAloneReject) { check_tcp_rule_cases(resets); }
TEST(TcpSegmentRules, OfAcknowledgingHoldAndAloneReject) { check_tcp_rule_cases(acknowledging); }
TEST(TcpSegmentRules, OfSendingHoldAndAloneReject) { check_tcp_rule_cases(sending); }

TEST(TcpSegmentRules, EachHasACase) {
  std::vector<Rule> seen;
  const auto note = [&](const TcpRuleCase& c) { seen.push_back(c.rule); };
  std::ranges::for_each(opening, note);
  std::ranges::for_each(resets, note);
  std::ranges::for_each(acknowledging, note);
  std::ranges::for_each(sending, note);
#define LOCKSTEP_HAS_CASE(id, name, force, sections, source, sentence) \
  EXPECT_EQ(std::ranges::count(seen, Rule::id), 1) << name;
  LOCKSTEP_TCP_SEGMENT_RULES(LOCKSTEP_HAS_CASE)
#undef LOCKSTEP_HAS_CASE
}

}  // namespace
}  // namespace lockstep::oracle
