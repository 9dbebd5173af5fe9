// A trace for and one against each rule of rules_local.h about bytes, datagrams and buffers.
#include <gtest/gtest.h>

#include "oracle/spec/local_trace.h"
#include "oracle/spec/rule_cases.h"

namespace lockstep::oracle {
namespace {

using T = Trace;
using R = Rule;
using E = Errno;

constexpr Type records = Type::seqpacket;

// 4 has sent 10 and 20 bytes to 5.
void two_sends(T& t, Type type = Type::stream) {
  local_pair(t, type);
  t.send(4, 10);
  t.send(4, 20);
}
// 5 has sent 11 datagrams of a byte to 3, which then is full.
void full(T& t) {
  local_dgrams(t);
  t.connect(5, "unix:@a");
  for (int i = 0; i < 11; ++i) t.send(5, 1);
}
// SO_SNDBUF of 4 reads 20000.
void small(T& t, Type type = Type::stream) {
  local_pair(t, type);
  t.set(4, OptionName::so_sndbuf, {10'000});
}
void taken(T& t, int fd, std::size_t size, std::int64_t value, E error = E::ok) {
  Syscall made = made_on(Call::send, fd);
  const std::vector<std::byte> bytes(size);
  made.data = bytes;
  t.observe(made, error == E::ok ? SyscallResult::success(value) : SyscallResult::failure(error));
}

// clang-format off
constexpr RuleCase cases[] = {
    {R::local_send_too_long,
     [](T& t) { small(t, records); taken(t, 4, 19'969, 0, E::emsgsize); taken(t, 4, 19'968, 19'968); },
     [](T& t) { small(t, records); taken(t, 4, 19'969, 19'969); }},
    {R::local_send_oob,
     [](T& t) { local_pair(t); t.send(4, 0, "", E::eopnotsupp, msg_oob); t.send(4, 1, "", E::ok, msg_oob); },
     [](T& t) { local_pair(t, records); t.send(4, 1, "", E::ok, msg_oob); }},
    {R::local_send_full,
     [](T& t) { small(t); taken(t, 4, 30'000, 19'744); taken(t, 4, 1, 0, E::eagain); },
     nullptr},
    {R::local_send_bounded,
     [](T& t) { small(t); taken(t, 4, 20'000, 20'000); taken(t, 4, 1, 0, E::eagain); },
     [](T& t) { small(t); taken(t, 4, 20'000, 20'000); taken(t, 4, 1, 1); }},
    {R::local_send_takes_all,
     [](T& t) { small(t); taken(t, 4, 5000, 5000); taken(t, 4, 0, 0); },
     [](T& t) { small(t); taken(t, 4, 5000, 4999); }},
    {R::local_send_otherwise_succeeds,
     [](T& t) { local_pair(t, records); t.send(4, 0, "unix:/nobody"); t.send(4, 5); },
     [](T& t) { local_pair(t, records); t.send(4, 5, "unix:/nobody", E::eisconn); }},
    {R::local_recv_oob,
     [](T& t) { local_pair(t); get_fails(t, 4, E::einval, msg_oob); },
     [](T& t) { local_pair(t, records); get_fails(t, 4, E::einval, msg_oob); }},
    {R::local_recv_queued,
     [](T& t) { two_sends(t); t.shutdown(5, ShutdownHow::both); gets(t, 5, {.value = 30}); },
     [](T& t) { two_sends(t, records); get_fails(t, 5, E::eagain); }},
    {R::local_recv_empty,
     [](T& t) { local_dgrams(t); t.shutdown(3, ShutdownHow::both); get_fails(t, 3, E::eagain); },
     [](T& t) { local_pair(t); gets(t, 5, {}); }},
    {R::local_stream_bytes,
     [](T& t) { two_sends(t); gets(t, 5, {.value = 30, .flags = msg_peek}); gets(t, 5, {.value = 4, .room = 4}); gets(t, 5, {.offset = 4, .value = 26}); },
     [](T& t) { two_sends(t); gets(t, 5, {.value = 4, .room = 4}); gets(t, 5, {.offset = 0, .value = 26}); }},
    {R::local_stream_coalesces,
     [](T& t) { two_sends(t); gets(t, 5, {.value = 30}); },
     [](T& t) { two_sends(t); gets(t, 5, {.value = 10}); }},
    {R::local_boundaries_are_kept,
     [](T& t) { two_sends(t, records); gets(t, 5, {.value = 10}); gets(t, 5, {.offset = 10, .value = 20}); },
     [](T& t) { two_sends(t, records); gets(t, 5, {.value = 30}); }},
    {R::local_recv_in_order,
     [](T& t) { two_sends(t, records); gets(t, 5, {.value = 10, .flags = msg_peek}); gets(t, 5, {.value = 10}); },
     [](T& t) { two_sends(t, records); gets(t, 5, {.offset = 10, .value = 20}); }},
    {R::local_recv_truncates,
     [](T& t) { two_sends(t, records); gets(t, 5, {.value = 4, .room = 4, .truncated = true}); gets(t, 5, {.offset = 10, .value = 20, .room = 4, .flags = msg_trunc, .truncated = true}); get_fails(t, 5, E::eagain); },
     [](T& t) { two_sends(t, records); gets(t, 5, {.value = 4, .room = 4}); }},
    {R::local_recv_names_the_sender,
     [](T& t) { local_dgrams(t); t.send(4, 5, "unix:@a"); gets(t, 3, {.value = 5, .from = "unix:@b"}); t.send(5, 6, "unix:@a"); gets(t, 3, {.offset = 5, .value = 6, .from = "unspec"}); },
     [](T& t) { local_dgrams(t); t.send(4, 5, "unix:@a"); gets(t, 3, {.value = 5, .from = "unix:@a"}); }},
    {R::local_dgram_third_party,
     [](T& t) { local_dgrams_tied(t); t.send(5, 1, "unix:@a", E::eperm); t.connect(5, "unix:@a", E::eperm); t.send(4, 1, "unix:@a"); },
     [](T& t) { local_dgrams_tied(t); t.send(5, 1, "unix:@a"); }},
    {R::local_dgram_peer_gone,
     [](T& t) { local_dgrams_tied(t); t.close(4); t.peer(3, "unix:@b"); t.send(3, 0, "", E::econnrefused); t.send(3, 1, "", E::enotconn); t.peer(3, "", E::enotconn); },
     [](T& t) { local_dgrams_tied(t); t.close(4); t.send(3, 1); }},
    {R::local_dgram_queue_limit,
     [](T& t) { full(t); t.send(5, 1, "", E::eagain); t.send(4, 1, "unix:@a", E::eagain); t.send(3, 1, "unix:@a"); },
     [](T& t) { full(t); t.send(4, 1, "unix:@a"); }},
    {R::local_dgram_leaving_drops,
     [](T& t) { local_dgrams_tied(t); t.send(4, 5); t.connect(3, "unix:@b"); t.connect(3, "unspec"); get_fails(t, 3, E::eagain); t.send(4, 1, "", E::econnreset); t.send(4, 2); gets(t, 3, {.offset = 6, .value = 2}); },
     nullptr},
    {R::local_poll_dgram,
     [](T& t) { full(t); t.poll(5, 0); t.poll(3, poll_in | poll_out); t.poll(4, poll_out); gets(t, 3, {.value = 1}); t.poll(5, poll_out); t.shutdown(4, ShutdownHow::both); t.poll(4, poll_in | poll_out | poll_hup | poll_rdhup); },
     [](T& t) { full(t); t.poll(5, poll_out); }},
    {R::local_queue_size,
     [](T& t) { two_sends(t); t.queue_size(5, 30); gets(t, 5, {.value = 4, .room = 4}); t.queue_size(5, 26); },
     [](T& t) { two_sends(t); t.queue_size(5, 10); }},
    {R::local_unread_size,
     [](T& t) { two_sends(t); t.queue_size(4, 1536, Call::siocoutq); gets(t, 5, {.value = 30}); t.queue_size(4, 0, Call::siocoutq); },
     [](T& t) { two_sends(t); t.queue_size(4, 20, Call::siocoutq); }},
};
// clang-format on

TEST(LocalData, EachHasATraceForAndOneAgainst) {
  constexpr std::string_view families[] = {"local.stream.", "local.dgram.", "local.boundaries",
                                           "local.queue_size", "local.unread_size"};
  check_rule_cases(cases, families);
}

struct Clause {
  Rule rule;
  void (*broken)(T&);
};

// clang-format off
constexpr Clause clauses[] = {
    {R::local_send_too_long, [](T& t) { small(t, records); taken(t, 4, 19'968, 0, E::emsgsize); }},
    {R::local_send_oob, [](T& t) { local_pair(t); t.send(4, 0, "", E::ok, msg_oob); }},
    {R::local_send_bounded, [](T& t) { small(t); taken(t, 4, 40'000, 31'000); }},
    {R::local_send_otherwise_succeeds, [](T& t) { small(t); taken(t, 4, 5000, 5000); taken(t, 4, 1, 0, E::eagain); }},
    {R::local_send_takes_all, [](T& t) { small(t, records); taken(t, 4, 5000, 4000); }},
    {R::local_send_takes_all, [](T& t) { small(t); taken(t, 4, 30'000, 0); }},
    {R::local_recv_oob, [](T& t) { local_pair(t); gets(t, 4, {.value = 1, .flags = msg_oob}); }},
    {R::local_recv_empty, [](T& t) { local_pair(t); t.send(4, 0); gets(t, 5, {}); }},
    {R::local_recv_empty, [](T& t) { local_dgrams(t); t.shutdown(3, ShutdownHow::read); gets(t, 3, {}); }},
    {R::local_recv_queued, [](T& t) { local_pair(t, records); t.send(4, 0); get_fails(t, 5, E::eagain); }},
    {R::local_recv_queued, [](T& t) { two_sends(t); gets(t, 5, {}); }},
    {R::local_stream_bytes, [](T& t) { two_sends(t); gets(t, 5, {.offset = 10, .value = 30}); }},
    {R::local_stream_coalesces, [](T& t) { two_sends(t); gets(t, 5, {.value = 31}); }},
    {R::local_boundaries_are_kept, [](T& t) { two_sends(t, records); gets(t, 5, {.offset = 500, .value = 10}); }},
    {R::local_boundaries_are_kept, [](T& t) { two_sends(t, records); gets(t, 5, {.value = 9}); }},
    {R::local_boundaries_are_kept, [](T& t) { two_sends(t, records); gets(t, 5, {.value = 10, .truncated = true}); }},
    {R::local_recv_truncates, [](T& t) { two_sends(t, records); gets(t, 5, {.value = 4, .room = 4, .flags = msg_trunc, .truncated = true}); }},
    {R::local_boundaries_are_kept, [](T& t) { two_sends(t, records); gets(t, 5, {.value = 4, .room = 4, .truncated = true}); gets(t, 5, {.offset = 4, .value = 6}); }},
    {R::local_recv_names_the_sender, [](T& t) { local_dgrams(t); t.send(5, 5, "unix:@a"); gets(t, 3, {.value = 5, .from = "unix:@b"}); }},
    {R::local_recv_names_the_sender, [](T& t) { local_pair(t); t.close(4); gets(t, 5, {.from = "unix:@l"}); }},
    {R::local_dgram_third_party, [](T& t) { local_dgrams_tied(t); t.connect(5, "unix:@a"); }},
    {R::local_send_otherwise_succeeds, [](T& t) { local_dgrams_tied(t); t.send(4, 1, "", E::eperm); }},
    {R::local_send_not_connected, [](T& t) { local_dgrams_tied(t); t.close(4); t.send(3, 1, "", E::econnrefused); t.send(3, 1, "", E::econnrefused); }},
    {R::local_dgram_peer_gone, [](T& t) { local_dgrams_tied(t); t.close(4); t.send(3, 1, "", E::enotconn); }},
    {R::local_send_otherwise_succeeds, [](T& t) { local_dgrams(t); t.send(5, 1, "unix:@a", E::eagain); }},
    {R::local_recv_empty, [](T& t) { local_dgrams_tied(t); t.send(4, 5); t.connect(3, "unspec"); gets(t, 3, {.value = 5}); }},
    {R::local_recv_reset, [](T& t) { local_dgrams_tied(t); t.send(4, 5); t.connect(3, "unspec"); t.get(4, OptionName::so_error, {0}); }},
    {R::local_error_needs_cause, [](T& t) { local_dgrams(t); t.connect(3, "unix:@b"); t.send(4, 5, "unix:@a"); t.connect(3, "unspec"); t.get(4, OptionName::so_error, {104}); }},
    {R::local_poll_dgram, [](T& t) { local_dgrams(t); t.poll(3, poll_in | poll_out); }},
    {R::local_poll_dgram, [](T& t) { local_dgrams(t); t.send(5, 0, "unix:@a"); t.poll(3, poll_out); }},
    {R::local_poll_dgram, [](T& t) { local_dgrams_tied(t); t.send(4, 5); t.connect(3, "unspec"); t.poll(4, poll_out); }},
    {R::local_poll_dgram, [](T& t) { local_dgrams(t); t.poll(3, poll_out | poll_hup); }},
    {R::local_queue_size, [](T& t) { local_dgrams(t); t.send(5, 3, "unix:@a"); t.send(5, 4, "unix:@a"); t.queue_size(3, 7); }},
    {R::local_queue_size, [](T& t) { local_pair(t); t.queue_size(3, 0); }},
    {R::local_unread_size, [](T& t) { two_sends(t); gets(t, 5, {.value = 30}); t.queue_size(4, 768, Call::siocoutq); }},
};
// clang-format on

TEST(LocalData, EachClauseCanBeBroken) {
  for (const Clause& clause : clauses) {
    Trace t;
    clause.broken(t);
    EXPECT_EQ(t.broken(), clause.rule) << rule_row(clause.rule).name << ": " << t.text();
  }
}

TEST(LocalData, WhatIsClosedGivesItsBufferBack) {
  Trace t;
  small(t);
  taken(t, 4, 20'000, 20'000);
  t.poll(4, 0);
  t.close(5);
  t.queue_size(4, 0, Call::siocoutq);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(LocalData, UrgentDataIsNotFollowed) {
  Trace t;
  local_pair(t);
  t.send(4, 5, "", E::ok, msg_oob);
  gets(t, 5, {.value = 3});
  t.poll(5, poll_in | poll_pri | poll_out);
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

}  // namespace
}  // namespace lockstep::oracle
