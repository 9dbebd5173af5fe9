// A trace for and one against each clause of rules that have several, and of rules that judge more
// than one statement of docs/semantics.md. Where a clause is a premise, the trace for it breaks the
// premise and shows that the rule is silent then.
#include <gtest/gtest.h>

#include "oracle/spec/rule_sections.h"
#include "oracle/spec/tcp_trace_fixture.h"

namespace lockstep::oracle {
namespace {

using T = TcpTrace;

struct Clause {
  int section;  // That the rule cites.
  Rule rule;
  std::string_view clause;
  void (*kept)(T&);
  void (*broken)(T&);  // nullptr: a premise.
};

void listener(T& t) {
  t.open(3);
  t.bind(3, 80);
  t.listen(3);
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
void connecting(T& t) {
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
}
void peer_fin(T& t) {
  t.in({"FA", 1, 1});
  t.out({"A", 1, 2});
}
void lingering(T& t, int seconds = 0) {
  t.socket(1).linger_on = true;
  t.socket(1).linger_seconds = seconds;
}
void abrupt(T& t) { t.socket(1).linger2_seconds = -1; }
void fin_wait_2(T& t) {
  t.client();
  t.close(4);
  t.out({"FA", 1, 1});
  t.in({"A", 1, 2});
}
// Ten bytes, the fourth of them urgent.
void marked(T& t) {
  t.in({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 4});
  t.out({"A", 1, 11});
}
// Three bytes; the fourth will be urgent.
void announced(T& t) {
  t.in({.flags = "AU", .seq = 1, .ack = 1, .length = 3, .urgent = 4});
  t.out({"A", 1, 4});
}
// The second of three segments ends past the edge, and the third has a newer pointer than it.
void crossing(T& t) {
  t.client();
  t.in({"A", 1, 1, 59990});
  t.in({.flags = "AU", .seq = 59991, .ack = 1, .length = 50, .urgent = 40});
  t.in({.flags = "AU", .seq = 60001, .ack = 1, .length = 70, .urgent = 60});
  t.out({"A", 1, 60071});
}
void urgent_sent(T& t) {
  t.client();
  t.send_urgent(4, 10);
  t.out({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 10});
}
void in_flight(T& t, int segments) {
  t.client();
  for (int i = 0; i < segments; ++i) {
    t.send(4, 10, 10);
    t.out({"A", 1 + 10 * i, 1, 10});
  }
  t.in({"A", 1, 1});  // The first of its number.
}
void duplicates(T& t, int count, int window = 60000) {
  for (int i = 0; i < count; ++i) t.in({"A", 1, 1, 0, window});
}
void wide(T& t) {
  t.open(4);
  t.ends(50000, 80);
  t.connect(4);
  t.out({"S", 0});
  t.in({.flags = "SA", .seq = 0, .ack = 1, .mss = 1460});
  t.out({"A", 1, 1});
  t.send(4, 1000, 1000);
  t.out({"A", 1, 1, 1000});
}
// The window came with a segment that left a gap.
void narrowed(T& t) {
  t.client();
  t.in({"A", 11, 1, 10, 5});
  t.out({"A", 1, 1});
}

// clang-format off
constexpr Clause calls[] = {
    {36, Rule::tcp_recv_returns_queued, "bytes that came before accept are kept",
     [](T& t) { listener(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.in({"A", 1, 1}); data(t); t.accept(3, 4); t.recv(4, 20, 10); },
     [](T& t) { listener(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.in({"A", 1, 1}); data(t); t.accept(3, 4); t.recv_fails(4, Errno::eagain); }},
    {36, Rule::tcp_recv_end_after_fin, "a FIN that came before accept is kept",
     [](T& t) { listener(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.in({"A", 1, 1}); peer_fin(t); t.accept(3, 4); t.recv(4, 20, 0); },
     [](T& t) { listener(t); t.in({"S", 0}); t.out({"SA", 0, 1}); t.in({"A", 1, 1}); peer_fin(t); t.accept(3, 4); t.recv_fails(4, Errno::eagain); }},
    {46, Rule::tcp_self_connect, "only a SYN to its own end",
     [](T& t) { connecting(t); t.in({"S", 0}); t.out({"SA", 0, 1}); }, nullptr},
    {56, Rule::tcp_recv_in_order, "MSG_PEEK consumes nothing",
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4, msg_peek); t.recv(4, 4, 4); },
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4, msg_peek); t.skip(4, 4); t.recv(4, 4, 4); }},
    {56, Rule::tcp_recv_returns_queued, "MSG_PEEK shows all that is queued",
     [](T& t) { t.client(); data(t); t.recv(4, 20, 10, msg_peek); },
     [](T& t) { t.client(); data(t); t.recv(4, 20, 9, msg_peek); }},
    {56, Rule::tcp_recv_in_order, "MSG_TRUNC discards what it counts",
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4, msg_trunc); t.recv(4, 20, 6); },
     [](T& t) { t.client(); data(t); t.recv(4, 4, 4, msg_trunc); t.skip(4, -4); t.recv(4, 6, 6); }},
    {58, Rule::tcp_sendto_ignores_address, "a connected stream alone",
     [](T& t) { t.open(4); t.sendto(4, "10.0.0.9:7", 10, Errno::epipe); }, nullptr},
    {86, Rule::tcp_linger_only_at_close, "shutdown",
     [](T& t) { t.client(); lingering(t); t.shutdown(4, ShutdownHow::both); t.out({"FA", 1, 1}); },
     [](T& t) { t.client(); lingering(t); t.shutdown(4, ShutdownHow::both); t.out({"R", 1}); }},
    {86, Rule::tcp_linger_only_at_close, "close in SYN_SENT",
     [](T& t) { connecting(t); lingering(t); t.close(4); },
     [](T& t) { connecting(t); lingering(t); t.close(4); t.out({"R", 1}); }},
    {86, Rule::tcp_linger_only_at_close, "of no seconds",
     [](T& t) { t.client(); lingering(t, 5); t.close(4); t.out({"FA", 1, 1}); }, nullptr},
    {87, Rule::tcp_linger2_negative_resets, "once the FIN is acknowledged",
     [](T& t) { t.client(); abrupt(t); t.close(4); t.out({"FA", 1, 1}); t.tick(1); t.in({"A", 1, 2}); t.out({"R", 2}); },
     [](T& t) { t.client(); abrupt(t); t.close(4); t.out({"FA", 1, 1}); t.tick(1); t.in({"FA", 1, 2}); }},
    {87, Rule::tcp_linger2_negative_resets, "at close, when it already was",
     [](T& t) { t.client(); abrupt(t); t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); t.close(4); t.out({"RA", 2, 1}); },
     [](T& t) { t.client(); abrupt(t); t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); t.close(4); }},
    {87, Rule::tcp_linger2_negative_resets, "not before close",
     [](T& t) { t.client(); abrupt(t); t.shutdown(4, ShutdownHow::write); t.out({"FA", 1, 1}); t.in({"A", 1, 2}); t.in({"FA", 1, 2}); t.out({"A", 2, 2}); },
     nullptr},
    {87, Rule::tcp_linger2_negative_resets, "negative",
     [](T& t) { fin_wait_2(t); t.in({"FA", 1, 2}); t.out({"A", 2, 2}); }, nullptr},
};

constexpr Clause segments[] = {
    {96, Rule::tcp_syn_on_connection_is_challenged, "outside the window, too",
     [](T& t) { t.client(); t.in({"S", -500}); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.in({"S", -500}); }},
    {96, Rule::tcp_syn_on_connection_is_challenged, "it ends nothing",
     [](T& t) { t.client(); t.in({"S", 5}); t.out({"A", 1, 1}); t.recv_fails(4, Errno::eagain); },
     [](T& t) { t.client(); t.in({"S", 5}); t.out({"A", 1, 1}); t.recv_fails(4, Errno::econnreset); }},
    {97, Rule::tcp_ack_of_unsent_is_dropped, "it is answered",
     [](T& t) { t.client(); t.in({"A", 1, 5}); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.in({"A", 1, 5}); }},
    {98, Rule::tcp_ack_too_old_is_challenged, "its bytes are dropped",
     [](T& t) { t.client(); t.in({"A", 1, -60000, 10}); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.in({"A", 1, -60000, 10}); t.out({"A", 1, 11}); }},
    {98, Rule::tcp_ack_too_old_is_challenged, "as old as the largest window is not too old",
     [](T& t) { sent(t); t.in({"A", 1, 11}); t.in({"A", 1, 5, 10}); t.out({"A", 11, 11}); t.recv(4, 10, 10); }, nullptr},
    {99, Rule::tcp_challenge_may_be_withheld, "not the tenth",
     [](T& t) { t.client(); for (int i = 0; i < 9; ++i) { t.in({"S", 5}); t.out({"A", 1, 1}); } },
     nullptr},
    {99, Rule::tcp_challenge_may_be_withheld, "five seconds later each is due again",
     [](T& t) { t.client(); for (int i = 0; i < 10; ++i) { t.in({"S", 5}); t.out({"A", 1, 1}); } t.tick(50); t.in({"S", 5}); t.out({"A", 1, 1}); },
     nullptr},
    {103, Rule::tcp_listener_ignores, "a SYN from the listener's own end",
     [](T& t) { listener(t); t.loop(); t.ends(80, 80); t.in({"S", 0}); },
     [](T& t) { listener(t); t.loop(); t.ends(80, 80); t.in({"S", 0}); t.out({"SA", 0, 1}); }},
    {103, Rule::tcp_ack_of_arrived_only, "what never was one for us is not acknowledged",
     [](T& t) { t.client(); t.tick(1); t.out({"A", 1, 1}); },
     [](T& t) { t.client(); t.tick(1); t.out({"A", 1, 11}); }},
    {104, Rule::tcp_listener_ignores, "a RST is not answered",
     [](T& t) { listener(t); t.in({"R", 5}); },
     [](T& t) { listener(t); t.in({"R", 5}); t.out({"RA", 0, 5}); }},
    {104, Rule::tcp_accept_empty_is_eagain, "the listener still listens",
     [](T& t) { listener(t); t.in({"R", 5}); t.accept(3, 4, 1, Errno::eagain); },
     [](T& t) { listener(t); t.in({"R", 5}); t.accept(3, 4, 1, Errno::einval); }},
    {104, Rule::tcp_listener_answers_syn, "and answers a SYN",
     [](T& t) { listener(t); t.in({"R", 5}); t.in({"S", 0}); t.out({"SA", 0, 1}); },
     [](T& t) { listener(t); t.in({"R", 5}); t.in({"S", 0}); }},
    {109, Rule::tcp_data_after_fin_is_ignored, "never delivered",
     [](T& t) { t.client(); peer_fin(t); t.in({"A", 2, 1, 10}); t.out({"A", 1, 2}); t.recv(4, 10, 0); },
     [](T& t) { t.client(); peer_fin(t); t.in({"A", 2, 1, 10}); t.out({"A", 1, 2}); t.recv(4, 10, 10); }},
    {109, Rule::tcp_recv_end_after_fin, "the stream has ended",
     [](T& t) { t.client(); peer_fin(t); t.in({"A", 2, 1, 10}); t.out({"A", 1, 2}); t.recv(4, 10, 0); },
     [](T& t) { t.client(); peer_fin(t); t.in({"A", 2, 1, 10}); t.out({"A", 1, 2}); t.recv_fails(4, Errno::eagain); }},
    {117, Rule::tcp_window_old_update_is_ignored, "of a lower number",
     [](T& t) { narrowed(t); t.in({"A", 12, 1, 0, 60}); t.send(4, 10, 10); t.out({"A", 1, 1, 10}); }, nullptr},
    {117, Rule::tcp_window_old_update_is_ignored, "that acknowledges nothing new",
     [](T& t) { t.client(); t.send(4, 5, 5); t.out({"A", 1, 1, 5}); t.in({"A", 11, 1, 10, 5}); t.out({"A", 6, 1});
                t.in({"A", 5, 6, 0, 60}); t.send(4, 10, 10); t.out({"A", 6, 1, 10}); }, nullptr},
    {117, Rule::tcp_window_is_probed, "a closed window that came late keeps nothing back",
     [](T& t) { t.client(); t.in({"A", 11, 1, 10, 0}); t.out({"A", 1, 1}); t.send(4, 10, 10); t.tick(3); t.out({"A", 0, 1}); },
     [](T& t) { t.client(); t.in({"A", 11, 1, 10, 0}); t.out({"A", 1, 1}); t.send(4, 10, 10); t.tick(20); }},
    {119, Rule::tcp_exact_reset_kills, "a RST is heeded behind a closed window",
     [](T& t) { t.client(); t.in({"A", 1, 1, 60000}); t.out({.flags = "A", .seq = 1, .ack = 60001, .window = 0}); t.in({"R", 60001}); t.poll(4, poll_err | poll_hup, poll_err); },
     [](T& t) { t.client(); t.in({"A", 1, 1, 60000}); t.out({.flags = "A", .seq = 1, .ack = 60001, .window = 0}); t.in({"R", 60001}); t.so_error(4, Errno::ok); }},
    {119, Rule::tcp_queue_sizes, "an ACK is heeded behind a closed window",
     [](T& t) { sent(t); t.in({"A", 1, 1, 60000}); t.out({.flags = "A", .seq = 11, .ack = 60001, .window = 0}); t.in({"A", 60001, 11}); t.outq(4, 0); },
     [](T& t) { sent(t); t.in({"A", 1, 1, 60000}); t.out({.flags = "A", .seq = 11, .ack = 60001, .window = 0}); t.in({"A", 60001, 11}); t.outq(4, 10); }},
    {119, Rule::tcp_poll_urgent, "an urgent pointer is heeded behind a closed window",
     [](T& t) { t.client(); t.in({"A", 1, 1, 60000}); t.out({.flags = "A", .seq = 1, .ack = 60001, .window = 0});
                t.in({.flags = "AU", .seq = 60001, .ack = 1, .urgent = 1}); t.recv_urgent_fails(4, Errno::eagain); }, nullptr},
    {124, Rule::tcp_fast_retransmit, "the third",
     [](T& t) { in_flight(t, 4); duplicates(t, 2); }, nullptr},
    {124, Rule::tcp_fast_retransmit, "of the earliest segment",
     [](T& t) { in_flight(t, 4); duplicates(t, 3); t.out({"A", 1, 1, 10}); },
     [](T& t) { in_flight(t, 4); duplicates(t, 3); t.out({"A", 11, 1, 10}); }},
    {124, Rule::tcp_fast_retransmit, "of the number of the last",
     [](T& t) { in_flight(t, 4); duplicates(t, 2); t.in({"A", 2, 1}); }, nullptr},
    {124, Rule::tcp_fast_retransmit, "four in flight",
     [](T& t) { in_flight(t, 3); duplicates(t, 3); }, nullptr},
    {124, Rule::tcp_fast_retransmit, "of the same window",
     [](T& t) { in_flight(t, 4); duplicates(t, 2); duplicates(t, 1, 50000); }, nullptr},
    {124, Rule::tcp_fast_retransmit, "without bytes",
     [](T& t) { in_flight(t, 4); duplicates(t, 2); t.in({"A", 1, 1, 10}); t.out({"A", 41, 11}); }, nullptr},
    {127, Rule::tcp_keepalive_only_if_asked, "a byte of garbage is a probe, too",
     [](T& t) { t.client(); t.socket(1).keepalive = true; t.tick(72000); t.out({"A", 0, 1}); }, nullptr},
    {131, Rule::tcp_packet_too_big_lowers_segments, "the largest packet, less its headers",
     [](T& t) { wide(t); t.icmp(IcmpKind::packet_too_big, 800); t.out({"A", 1, 1, 760}); },
     [](T& t) { wide(t); t.icmp(IcmpKind::packet_too_big, 800); t.out({"A", 1, 1, 1000}); }},
    {131, Rule::tcp_packet_too_big_lowers_segments, "552 bytes at least",
     [](T& t) { wide(t); t.icmp(IcmpKind::packet_too_big, 300); t.out({"A", 1, 1, 512}); },
     [](T& t) { wide(t); t.icmp(IcmpKind::packet_too_big, 300); t.out({"A", 1, 1, 513}); }},
    {131, Rule::tcp_packet_too_big_lowers_segments, "about what is in flight",
     [](T& t) { wide(t); t.in({"A", 1, 1001}); t.icmp(IcmpKind::packet_too_big, 800); t.send(4, 1000, 1000); t.out({"A", 1001, 1, 1000}); }, nullptr},
    {131, Rule::tcp_packet_too_big_lowers_segments, "where IP_MTU_DISCOVER was not set",
     [](T& t) { wide(t); t.socket(1).path_mtu_set = true; t.icmp(IcmpKind::packet_too_big, 800); t.out({"A", 1, 1, 1000}); }, nullptr},
    {136, Rule::tcp_fin_is_acked, "not before its time",
     [](T& t) { fin_wait_2(t); t.tick(500); t.in({"FA", 1, 2}); t.out({"A", 2, 2}); },
     [](T& t) { fin_wait_2(t); t.tick(500); t.in({"FA", 1, 2}); }},
    {136, Rule::tcp_segment_needs_connection, "gone after it",
     [](T& t) { fin_wait_2(t); t.tick(700); t.tick(700); t.in({"FA", 1, 2}); t.out({"R", 2}); },
     [](T& t) { fin_wait_2(t); t.tick(700); t.tick(700); t.in({"FA", 1, 2}); t.out({"A", 2, 2}); }},
    {136, Rule::tcp_closed_answers_reset, "what comes later is reset",
     [](T& t) { fin_wait_2(t); t.tick(700); t.tick(700); t.in({"FA", 1, 2}); t.out({"R", 2}); },
     [](T& t) { fin_wait_2(t); t.tick(700); t.tick(700); t.in({"FA", 1, 2}); }},
};

constexpr Clause urgent[] = {
    {67, Rule::tcp_urgent_none_is_einval, "none was announced",
     [](T& t) { t.client(); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.client(); t.recv_urgent_fails(4, Errno::eagain); }},
    {67, Rule::tcp_urgent_none_is_einval, "it was read",
     [](T& t) { t.client(); marked(t); t.recv_urgent(4, 4); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.client(); marked(t); t.recv_urgent(4, 4); t.recv_urgent(4, 4); }},
    {67, Rule::tcp_urgent_none_is_einval, "the stream passed it",
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); t.skip(4, 1); t.recv(4, 10, 6); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); t.skip(4, 1); t.recv(4, 10, 6); t.recv_urgent(4, 4); }},
    {67, Rule::tcp_urgent_none_is_einval, "with SO_OOBINLINE",
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv_urgent(4, 4); }},
    {67, Rule::tcp_urgent_none_is_einval, "of a socket never connected",
     [](T& t) { t.open(4); t.recv_urgent_fails(4, Errno::einval); },
     [](T& t) { t.open(4); t.recv_urgent_fails(4, Errno::enotconn); }},
    {67, Rule::tcp_urgent_awaited_is_eagain, "at the end of the stream",
     [](T& t) { t.client(); announced(t); t.shutdown(4, ShutdownHow::read); t.recv_urgent_fails(4, Errno::ok); },
     [](T& t) { t.client(); announced(t); t.shutdown(4, ShutdownHow::read); t.recv_urgent_fails(4, Errno::eagain); }},
    {67, Rule::tcp_urgent_byte_is_returned, "once it arrived",
     [](T& t) { t.client(); announced(t); t.in({"A", 4, 1, 5}); t.out({"A", 1, 9}); t.recv_urgent(4, 4); },
     [](T& t) { t.client(); announced(t); t.in({"A", 4, 1, 5}); t.out({"A", 1, 9}); t.recv_urgent_fails(4, Errno::eagain); }},
    {67, Rule::tcp_urgent_byte_is_returned, "the one sent last",
     [](T& t) { t.client(); marked(t); t.in({.flags = "AU", .seq = 11, .ack = 1, .length = 2, .urgent = 2}); t.out({"A", 1, 13}); t.recv_urgent(4, 12); },
     [](T& t) { t.client(); marked(t); t.in({.flags = "AU", .seq = 11, .ack = 1, .length = 2, .urgent = 2}); t.out({"A", 1, 13}); t.recv_urgent(4, 4); }},
    {67, Rule::tcp_urgent_byte_is_returned, "MSG_PEEK leaves it",
     [](T& t) { t.client(); marked(t); t.recv_urgent(4, 4, msg_peek); t.recv_urgent(4, 4); },
     [](T& t) { t.client(); marked(t); t.recv_urgent(4, 4, msg_peek); t.recv_urgent_fails(4, Errno::einval); }},
    {67, Rule::tcp_urgent_stream_stops, "before it",
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); },
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 4); }},
    {67, Rule::tcp_urgent_stream_stops, "not earlier",
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); },
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 2); }},
    {67, Rule::tcp_urgent_stream_stops, "the next leaves it out",
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); t.skip(4, 1); t.recv(4, 5, 5); },
     [](T& t) { t.client(); marked(t); t.recv(4, 10, 3); t.recv(4, 5, 5); }},
    {67, Rule::tcp_urgent_stream_stops, "with SO_OOBINLINE it stops there",
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv(4, 10, 3); t.recv(4, 10, 7); },
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv(4, 10, 10); }},
    {67, Rule::tcp_recv_in_order, "with SO_OOBINLINE it is one of the stream",
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv(4, 10, 3); t.recv(4, 5, 5); },
     [](T& t) { t.client(); t.socket(1).oob_inline = true; marked(t); t.recv(4, 10, 3); t.skip(4, 1); t.recv(4, 5, 5); }},
    {67, Rule::tcp_urgent_stream_stops, "SIOCINQ counts up to it",
     [](T& t) { t.client(); marked(t); t.inq(4, 3); },
     [](T& t) { t.client(); marked(t); t.inq(4, 10); }},
    {67, Rule::tcp_urgent_stream_stops, "also where the segment before crossed the window's edge",
     [](T& t) { crossing(t); t.recv(4, 60100, 60059); },
     [](T& t) { crossing(t); t.recv(4, 60100, 60060); }},
    {67, Rule::tcp_poll_urgent, "it arrived",
     [](T& t) { t.client(); announced(t); t.poll(4, poll_in | poll_out); },
     [](T& t) { t.client(); marked(t); t.recv_urgent(4, 4); t.poll(4, poll_in | poll_out | poll_pri); }},
    {67, Rule::tcp_urgent_is_announced, "none was sent",
     [](T& t) { sent(t); },
     [](T& t) { t.client(); t.send(4, 10, 10); t.out({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 10}); }},
    {67, Rule::tcp_urgent_is_announced, "what carries it has URG",
     [](T& t) { urgent_sent(t); },
     [](T& t) { t.client(); t.send_urgent(4, 10); t.out({"A", 1, 1, 10}); }},
    {67, Rule::tcp_urgent_is_announced, "again, too",
     [](T& t) { urgent_sent(t); t.tick(3); t.out({.flags = "AU", .seq = 1, .ack = 1, .length = 10, .urgent = 10}); },
     [](T& t) { urgent_sent(t); t.tick(3); t.out({"A", 1, 1, 10}); }},
    {67, Rule::tcp_urgent_is_announced, "nothing after it",
     [](T& t) { urgent_sent(t); t.send(4, 5, 5); t.out({"A", 11, 1, 5}); },
     [](T& t) { urgent_sent(t); t.send(4, 5, 5); t.out({.flags = "AU", .seq = 11, .ack = 1, .length = 5, .urgent = 5}); }},
};
// clang-format on

void check_clauses(std::span<const Clause> clauses) {
  for (const Clause& c : clauses) {
    SCOPED_TRACE(std::string(rule_row(c.rule).name) + ": " + std::string(c.clause));
    EXPECT_TRUE(cites(rule_row(c.rule), c.section)) << c.section;
    T kept;
    c.kept(kept);
    EXPECT_EQ(kept.broken(), std::nullopt) << kept.text();
    if (c.broken == nullptr) continue;
    T broken;
    c.broken(broken);
    EXPECT_EQ(broken.broken(), c.rule) << broken.text();
  }
}

TEST(RuleClauses, OfCallsHoldAndReject) { check_clauses(calls); }
TEST(RuleClauses, OfSegmentsHoldAndReject) { check_clauses(segments); }
TEST(RuleClauses, OfUrgentDataHoldAndReject) { check_clauses(urgent); }

TEST(RuleClauses, ABytePastTheGapIsNamedByItsOffset) {
  T t;
  t.client();
  data(t);
  t.recv(4, 4, 4, msg_peek);
  t.skip(4, 4);
  t.recv(4, 4, 4);
  ASSERT_EQ(t.broken(), Rule::tcp_recv_in_order);
  EXPECT_NE(t.text().find("byte 0 (offset 0)"), std::string::npos) << t.text();
}

}  // namespace
}  // namespace lockstep::oracle
