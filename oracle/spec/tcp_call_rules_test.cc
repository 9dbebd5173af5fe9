// A trace for and one against each rule of rules_tcp_calls.h.
#include <gtest/gtest.h>

#include <algorithm>

#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

using T = TcpTrace;

constexpr PollEvents idle = poll_out | poll_hup;

void bound(T& t) {
  t.open(3);
  t.bind(3, 80);
}
void listener(T& t, int backlog = 8) {
  bound(t);
  t.listen(3, backlog);
}
// A handshake with the listener.
void child(T& t, std::uint16_t port) {
  t.ends(80, port);
  t.in({"S", 0});
  t.out({"SA", 0, 1});
  t.in({"A", 1, 1});
}
void data(T& t, int length = 10) {
  t.in({"A", 1, 1, length});
  t.out({"A", 1, 1 + length});
}
void connecting(T& t) {
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
}
void refused(T& t) {
  connecting(t);
  t.in({"RA", 0, 1});
}
void peer_fin(T& t) {
  t.in({"FA", 1, 1});
  t.out({"A", 1, 2});
}
void reset(T& t) { t.in({"R", 1}); }
void time_wait(T& t) {
  t.client();
  t.shutdown(4, ShutdownHow::write);
  t.out({"FA", 1, 1});
  t.in({"A", 1, 2});
  t.in({"FA", 1, 2});
  t.out({"A", 2, 2});
}

// clang-format off
constexpr TcpRuleCase listening[] = {
    {Rule::tcp_listen_succeeds,
     [](T& t) { listener(t); t.listen(3, -1); t.listen(3, 0); },
     [](T& t) { bound(t); t.listen(3, 1, Errno::enobufs); }},
    {Rule::tcp_listen_connected,
     [](T& t) { t.client(); t.listen(4, 1, Errno::einval); },
     [](T& t) { t.client(); t.listen(4, 1); }},
    {Rule::tcp_listen_one_listener,
     [](T& t) { t.conflicts = true; bound(t); t.listen(3, 1, Errno::eaddrinuse); },
     [](T& t) { t.conflicts = true; bound(t); t.listen(3, 1); }},
    {Rule::tcp_listen_exhausted,
     [](T& t) { t.ports_free = false; t.ports_exhausted = true; t.open(3); t.listen(3, 1, Errno::eaddrinuse); },
     [](T& t) { t.ports_free = false; t.ports_exhausted = true; t.open(3); t.listen(3, 1); }},
    {Rule::tcp_accept_needs_listener,
     [](T& t) { bound(t); t.accept(3, 4, 1, Errno::einval); },
     [](T& t) { bound(t); t.accept(3, 4, 1, Errno::eagain); }},
    {Rule::tcp_accept_empty_is_eagain,
     [](T& t) { listener(t); t.accept(3, 4, 1, Errno::eagain); },
     [](T& t) { listener(t); t.accept(3, 4, 1, Errno::econnaborted); }},
    {Rule::tcp_accept_queued_is_returned,
     [](T& t) { t.server(); t.accept(3, 5, 1, Errno::eagain); },
     [](T& t) { listener(t); child(t, 9000); t.accept(3, 4, 1, Errno::eagain); }},
    {Rule::tcp_accept_only_established,
     [](T& t) { listener(t); child(t, 9000); reset(t); t.accept(3, 4); t.recv_fails(4, Errno::econnreset); },
     [](T& t) { listener(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.accept(3, 4); }},
    {Rule::tcp_accept_in_order,
     [](T& t) { listener(t); child(t, 9001); child(t, 9000); t.accept(3, 4, 9001); t.accept(3, 5, 9000); },
     [](T& t) { listener(t); child(t, 9001); child(t, 9000); t.accept(3, 4, 9000); }},
    {Rule::tcp_accepting,
     [](T& t) { listener(t); t.accepting(3, 1); t.open(5); t.accepting(5, 0); },
     [](T& t) { listener(t); t.accepting(3, 0); }},
    {Rule::tcp_listener_calls,
     [](T& t) { listener(t); t.recv_fails(3, Errno::enotconn); t.send(3, 1, 0, Errno::epipe); t.inq(3, 0, Errno::einval);
                t.connect(3, "10.0.0.2:80", Errno::eisconn); },
     [](T& t) { listener(t); t.recv_fails(3, Errno::eagain); }},
    {Rule::tcp_shutdown_listener,
     [](T& t) { listener(t); child(t, 9000); t.shutdown(3, ShutdownHow::read); t.out({"RA", 1, 1});
                t.accept(3, 4, 1, Errno::einval); t.listen(3); },
     [](T& t) { listener(t); t.shutdown(3, ShutdownHow::read, Errno::enotconn); }},
    {Rule::tcp_close_listener_resets_children,
     [](T& t) { listener(t); child(t, 9000); t.close(3); t.out({"RA", 1, 1}); t.in({"A", 1, 1}); t.out({"R", 1}); },
     [](T& t) { listener(t); child(t, 9000); t.close(3); }},
};

constexpr TcpRuleCase connecting_cases[] = {
    {Rule::tcp_unconnected_calls,
     [](T& t) { t.open(4); t.send(4, 1, 0, Errno::epipe); t.recv_fails(4, Errno::enotconn); },
     [](T& t) { t.open(4); t.send(4, 1, 0, Errno::enotconn); }},
    {Rule::tcp_connect_progress,
     [](T& t) { connecting(t); t.connect(4, "10.0.0.2:80", Errno::ealready); t.in({"SA", 0, 1}); t.out({"A", 1, 1});
                t.connect(4, "10.0.0.2:80", Errno::ok); t.connect(4, "10.0.0.2:80", Errno::eisconn); },
     [](T& t) { connecting(t); t.connect(4, "10.0.0.2:80", Errno::ok); }},
    {Rule::tcp_connect_sends_syn,
     [](T& t) { connecting(t); t.in({"RA", 0, 1}); },
     [](T& t) { t.open(4); t.connect(4); }},
    {Rule::tcp_connect_error_once,
     [](T& t) { refused(t); t.connect(4, "10.0.0.2:80", Errno::econnrefused); t.connect(4); t.out({"S", 0}); },
     [](T& t) { refused(t); t.so_error(4, Errno::econnrefused); t.connect(4, "10.0.0.2:80", Errno::econnrefused); }},
    {Rule::tcp_connect_addresses,
     [](T& t) { t.open(4); t.connect(4, "[::1]:80", Errno::eafnosupport); t.connect(4, "224.0.0.1:80", Errno::enetunreach); },
     [](T& t) { t.open(4); t.connect(4, "224.0.0.1:80"); }},
    {Rule::tcp_connect_tuple_taken,
     [](T& t) { t.client(); t.open(5); t.bind(5, 50000); t.connect(5, "10.0.0.2:80", Errno::eaddrnotavail); },
     [](T& t) { t.client(); t.open(5); t.bind(5, 50000); t.connect(5, "10.0.0.2:81", Errno::eaddrnotavail); }},
    {Rule::tcp_connect_exhausted,
     [](T& t) { t.ports_free = false; t.ports_exhausted = true; t.open(4); t.connect(4, "10.0.0.2:80", Errno::eaddrnotavail); },
     nullptr},
    {Rule::tcp_connecting_calls,
     [](T& t) { connecting(t); t.send(4, 1, 0, Errno::eagain); t.recv_fails(4, Errno::eagain); },
     [](T& t) { connecting(t); t.send(4, 1, 0, Errno::enotconn); }},
    {Rule::tcp_disconnect_succeeds,
     [](T& t) { t.open(4); t.disconnect(4); connecting(t); t.disconnect(4); },
     [](T& t) { t.open(4); t.disconnect(4, Errno::enotconn); }},
    {Rule::tcp_disconnect_resets,
     [](T& t) { t.client(); t.disconnect(4); t.out({"RA", 1, 1}); t.poll(4, idle); },
     [](T& t) { t.client(); t.disconnect(4); }},
    {Rule::tcp_peer_name,
     [](T& t) { connecting(t); t.peer(4, "", Errno::enotconn); t.in({"SA", 0, 1}); t.out({"A", 1, 1}); t.peer(4, "10.0.0.2:80"); },
     [](T& t) { t.client(); reset(t); t.peer(4, "10.0.0.2:80"); }},
    {Rule::tcp_error_reported_once,
     [](T& t) { refused(t); t.so_error(4, Errno::econnrefused); t.so_error(4, Errno::ok); },
     [](T& t) { t.client(); reset(t); t.recv_fails(4, Errno::econnreset); t.so_error(4, Errno::econnreset); }},
};

constexpr TcpRuleCase streams[] = {
    {Rule::tcp_send_succeeds,
     [](T& t) { t.client(); peer_fin(t); t.send(4, 10, 10); t.out({"A", 1, 2, 10}); },
     [](T& t) { t.client(); peer_fin(t); t.send(4, 10, 0, Errno::epipe); }},
    {Rule::tcp_sendto_ignores_address,
     [](T& t) { t.client(); t.sendto(4, "10.0.0.9:7", 10); t.out({"A", 1, 1, 10}); },
     [](T& t) { t.client(); t.sendto(4, "10.0.0.9:7", 10, Errno::eisconn); }},
    {Rule::tcp_send_takes_some,
     [](T& t) { t.client(); t.send(4, 10, 4); t.out({"A", 1, 1, 4}); t.send(4, 0, 0); },
     [](T& t) { t.client(); t.send(4, 10, 11); }},
    {Rule::tcp_send_buffer_is_bounded,
     [](T& t) { t.client(); t.send(4, 60000, 50000); t.send(4, 50000, 0, Errno::eagain); },
     [](T& t) { t.client(); t.send(4, 10, 0, Errno::eagain); }},
    {Rule::tcp_send_after_end,
     [](T& t) { t.client(); reset(t); t.send(4, 1, 0, Errno::econnreset); t.send(4, 1, 0, Errno::epipe); },
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); t.send(4, 1, 1); }},
    {Rule::tcp_recv_at_most_available,
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4); t.recv(4, 100, 6); },
     [](T& t) { t.client(); data(t); t.recv(4, 100, 11); }},
    {Rule::tcp_recv_in_order,
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4, msg_peek); t.recv(4, 4, 4); t.recv(4, 4, 4, msg_trunc); t.recv(4, 9, 2); },
     [](T& t) { t.client(); data(t); t.recv_other(4, 100, 10); }},
    {Rule::tcp_recv_returns_queued,
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::read); data(t); t.recv(4, 10, 10); t.recv(4, 10, 0); },
     [](T& t) { t.client(); data(t); t.recv_fails(4, Errno::eagain); }},
    {Rule::tcp_recv_data_before_error,
     [](T& t) { t.client(); data(t); t.in({"R", 11}); t.recv(4, 10, 10); t.recv_fails(4, Errno::econnreset); },
     [](T& t) { t.client(); data(t); t.in({"R", 11}); t.recv_fails(4, Errno::econnreset); }},
    {Rule::tcp_recv_end_after_fin,
     [](T& t) { t.client(); peer_fin(t); t.recv(4, 10, 0); t.recv(4, 10, 0); },
     [](T& t) { t.client(); peer_fin(t); t.recv_fails(4, Errno::eagain); }},
    {Rule::tcp_recv_end_after_reset,
     [](T& t) { t.client(); reset(t); t.recv_fails(4, Errno::econnreset); t.recv(4, 10, 0); t.recv(4, 10, 0); },
     [](T& t) { t.client(); reset(t); t.recv_fails(4, Errno::econnreset); t.recv_fails(4, Errno::econnreset); }},
    {Rule::tcp_recv_empty_is_eagain,
     [](T& t) { t.client(); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.recv(4, 10, 0); }},
    {Rule::tcp_recv_of_nothing,
     [](T& t) { t.client(); data(t); t.recv(4, 0, 0); },
     [](T& t) { t.client(); data(t); t.recv_fails(4, Errno::eagain, 0); }},
    {Rule::tcp_queue_sizes,
     [](T& t) { t.client(); data(t); t.in({"FA", 11, 1}); t.out({"A", 1, 12}); t.inq(4, 10); t.send(4, 5, 5);
                t.out({"A", 1, 12, 5}); t.outq(4, 5); },
     [](T& t) { t.client(); data(t); t.in({"FA", 11, 1}); t.out({"A", 1, 12}); t.inq(4, 11); }},
};

constexpr TcpRuleCase endings[] = {
    {Rule::tcp_shutdown_bad_how,
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::invalid, Errno::einval); },
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::invalid); }},
    {Rule::tcp_shutdown_needs_connection,
     [](T& t) { t.open(4); t.shutdown(4, ShutdownHow::both, Errno::enotconn); },
     [](T& t) { t.client(); reset(t); t.shutdown(4, ShutdownHow::both); }},
    {Rule::tcp_shutdown_succeeds,
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); t.shutdown(4, ShutdownHow::write); },
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::write, Errno::enotconn); }},
    {Rule::tcp_shutdown_opening_ends,
     [](T& t) { connecting(t); t.shutdown(4, ShutdownHow::write); t.so_error(4, Errno::econnreset); t.in({"SA", 0, 1}); t.out({"R", 1}); },
     [](T& t) { connecting(t); t.shutdown(4, ShutdownHow::write, Errno::enotconn); }},
    {Rule::tcp_shutdown_read_ends,
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::read); t.recv(4, 10, 0); },
     [](T& t) { t.client(); t.shutdown(4, ShutdownHow::read); t.recv_fails(4, Errno::eagain); }},
    {Rule::tcp_close_unread_sends_rst,
     [](T& t) { t.client(); data(t); t.close(4); t.out({"RA", 1, 11}); },
     [](T& t) { t.client(); data(t); t.close(4); }},
    {Rule::tcp_close_opening_is_silent,
     [](T& t) { connecting(t); t.close(4); t.in({"SA", 0, 1}); t.out({"R", 1}); },
     [](T& t) { connecting(t); t.close(4); t.out({"R", 1}); }},
    {Rule::tcp_close_syn_received_speaks,
     [](T& t) { connecting(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.close(4); t.out({"FA", 1, 1}); },
     [](T& t) { connecting(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.close(4); }},
    {Rule::tcp_linger_zero_sends_rst,
     [](T& t) { t.client(); t.socket(1).linger_on = true; t.close(4); t.out({"RA", 1, 1}); },
     [](T& t) { t.client(); t.socket(1).linger_on = true; t.close(4); }},
    {Rule::tcp_linger_only_at_close,
     [](T& t) { t.client(); t.socket(1).linger_on = true; t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); },
     [](T& t) { t.client(); t.socket(1).linger_on = true; t.shutdown(4, ShutdownHow::write); t.out({"RA", 1, 1}); }},
    {Rule::tcp_linger2_negative_resets,
     [](T& t) { t.client(); t.socket(1).linger2_seconds = -1; t.close(4); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); t.out({"R", 2}); },
     [](T& t) { t.client(); t.socket(1).linger2_seconds = -1; t.close(4); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); }},
    {Rule::tcp_poll_unconnected,
     [](T& t) { t.open(4); t.poll(4, idle); },
     [](T& t) { t.open(4); t.poll(4, poll_out); }},
    {Rule::tcp_poll_listener,
     [](T& t) { listener(t); t.poll(3, 0); child(t, 9000); t.poll(3, poll_in); },
     [](T& t) { listener(t); t.poll(3, poll_in); }},
    {Rule::tcp_poll_opening,
     [](T& t) { connecting(t); t.poll(4, 0); },
     [](T& t) { connecting(t); t.poll(4, poll_out); }},
    {Rule::tcp_poll_open,
     [](T& t) { t.client(); t.poll(4, poll_out); data(t); t.poll(4, poll_in | poll_out); t.poll(4, 0, poll_pri); },
     [](T& t) { t.client(); data(t); t.poll(4, poll_out); }},
    {Rule::tcp_poll_ended,
     [](T& t) { t.client(); peer_fin(t); t.poll(4, poll_in | poll_out | poll_rdhup); },
     [](T& t) { t.client(); peer_fin(t); t.poll(4, poll_in | poll_out); }},
    {Rule::tcp_poll_gone,
     [](T& t) { time_wait(t); t.poll(4, poll_in | poll_out | poll_hup | poll_rdhup); },
     [](T& t) { time_wait(t); t.poll(4, poll_in | poll_out | poll_rdhup); }},
    {Rule::tcp_poll_error,
     [](T& t) { t.client(); reset(t); t.poll(4, poll_in | poll_out | poll_err | poll_hup | poll_rdhup);
                t.so_error(4, Errno::econnreset); t.poll(4, poll_in | poll_out | poll_hup | poll_rdhup); },
     [](T& t) { t.client(); reset(t); t.poll(4, poll_in | poll_out | poll_hup | poll_rdhup); }},
};

// Ten bytes, the fourth of them urgent.
constexpr T::Segment marked{.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 4};
// Three bytes whose urgent pointer says that the fourth will be urgent.
constexpr T::Segment announcing{.flags = "AU", .seq = 1, .ack = 1, .length = 3, .urgent = 4};

constexpr TcpRuleCase urgent[] = {
    {Rule::tcp_urgent_none_is_einval,
     [](T& t) { t.client(); t.recv_urgent_fails(4, Errno::einval); data(t); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.client(); data(t); t.recv_urgent_fails(4, Errno::eagain); }},
    {Rule::tcp_urgent_awaited_is_eagain,
     [](T& t) { t.client(); t.in(announcing); t.out({"A", 1, 4}); t.recv_urgent_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in(announcing); t.out({"A", 1, 4}); t.recv_urgent_fails(4, Errno::einval); }},
    {Rule::tcp_urgent_byte_is_returned,
     [](T& t) { t.client(); t.in(marked); t.out({"A", 1, 11}); t.recv_urgent(4, 4); },
     [](T& t) { t.client(); t.in(marked); t.out({"A", 1, 11}); t.recv_urgent(4, 5); }},
    {Rule::tcp_urgent_stream_stops,
     [](T& t) { t.client(); t.in(marked); t.out({"A", 1, 11}); t.recv(4, 10, 3); t.skip(4, 1); t.recv(4, 10, 6); },
     [](T& t) { t.client(); t.in(marked); t.out({"A", 1, 11}); t.recv(4, 10, 10); }},
    {Rule::tcp_poll_urgent,
     [](T& t) { t.client(); t.poll(4, poll_out); t.in(marked); t.out({"A", 1, 11}); t.poll(4, poll_in | poll_out | poll_pri);
                t.recv_urgent(4, 4); t.poll(4, poll_in | poll_out); },
     [](T& t) { t.client(); t.in(marked); t.out({"A", 1, 11}); t.poll(4, poll_in | poll_out); }},
};
// clang-format on

TEST(TcpCallRules, OfListeningHoldAndAloneReject) { check_tcp_rule_cases(listening); }
TEST(TcpCallRules, OfConnectingHoldAndAloneReject) { check_tcp_rule_cases(connecting_cases); }
TEST(TcpCallRules, OfStreamsHoldAndAloneReject) { check_tcp_rule_cases(streams); }
TEST(TcpCallRules, OfUrgentDataHoldAndAloneReject) { check_tcp_rule_cases(urgent); }
TEST(TcpCallRules, OfEndingsHoldAndAloneReject) { check_tcp_rule_cases(endings); }

TEST(TcpCallRules, EachHasACase) {
  std::vector<Rule> seen;
  const auto note = [&](const TcpRuleCase& c) { seen.push_back(c.rule); };
  std::ranges::for_each(listening, note);
  std::ranges::for_each(connecting_cases, note);
  std::ranges::for_each(streams, note);
  std::ranges::for_each(endings, note);
  std::ranges::for_each(urgent, note);
#define LOCKSTEP_HAS_CASE(id, name, force, sections, source, sentence) \
  EXPECT_EQ(std::ranges::count(seen, Rule::id), 1) << name;
  LOCKSTEP_TCP_CALL_RULES(LOCKSTEP_HAS_CASE)
#undef LOCKSTEP_HAS_CASE
}

}  // namespace
}  // namespace lockstep::oracle
