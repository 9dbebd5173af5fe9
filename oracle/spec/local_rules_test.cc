// A trace for and one against each rule of rules_local.h about names, connections and their ends.
#include <gtest/gtest.h>

#include "oracle/spec/local_trace.h"
#include "oracle/spec/rule_cases.h"

namespace lockstep::oracle {
namespace {

using T = Trace;
using R = Rule;
using E = Errno;

constexpr Type stream = Type::stream;
constexpr Type records = Type::seqpacket;
constexpr Type dgram = Type::dgram;

void one(T& t, Type type = stream) {
  allow_local(t);
  t.socket(3, type, Domain::local);
}
void named(T& t, Type type = stream) {
  one(t, type);
  t.bind(3, "unix:/tmp/s");
}
void listener(T& t, std::int32_t backlog = 1) {
  named(t);
  listens(t, 3, backlog);
  t.socket(4, stream, Domain::local);
}
// The peer of 4 closes with data unread.
void reset(T& t, Type type = stream) {
  local_pair(t, type);
  t.send(5, 10);
  t.send(4, 20);
  t.close(5);
}
constexpr PollEvents all_ends = poll_in | poll_out | poll_hup | poll_rdhup;

// clang-format off
constexpr RuleCase cases[] = {
    {R::local_bind_once,
     [](T& t) { named(t); t.bind(3, "unix:/tmp/t", E::einval); t.bind(3, "unix:"); t.name(3, "unix:/tmp/s"); },
     [](T& t) { named(t); t.bind(3, "unix:/tmp/t"); }},
    {R::local_bind_name_in_use,
     [](T& t) { named(t); t.close(3); one(t, dgram); t.bind(3, "unix:/tmp/../tmp/s", E::eaddrinuse); t.bind(3, "unix:@s");
                t.socket(4, stream, Domain::local); t.bind(4, "unix:@s"); t.socket(5, dgram, Domain::local); t.bind(5, "unix:@s", E::eaddrinuse); t.close(3); t.bind(5, "unix:@s"); },
     [](T& t) { named(t); t.close(3); one(t); t.bind(3, "unix:/tmp/s"); }},
    {R::local_bind_bad_address,
     [](T& t) { one(t); t.bind(3, "10.0.0.1:80", E::einval); t.bind(3, "unspec", E::einval); },
     [](T& t) { one(t); t.bind(3, "10.0.0.1:80"); }},
    {R::local_bind_needs_directory,
     [](T& t) { named(t); t.socket(4, stream, Domain::local); t.bind(4, "unix:/no/x", E::enoent); t.bind(4, "unix:x/", E::enoent); t.bind(4, "unix:/tmp/s/x", E::enotdir); },
     [](T& t) { one(t); t.bind(3, "unix:/no/x"); }},
    {R::local_bind_otherwise_succeeds,
     [](T& t) { local_pair(t); t.bind(4, "unix:/c"); t.bind(5, "unix:"); },
     [](T& t) { one(t); t.bind(3, "unix:/c", E::enoent); }},
    {R::local_autobind_five_digits,
     [](T& t) { one(t); t.bind(3, "unix:"); t.name(3, "unix:@00a1f"); t.name(3, "unix:@00a1f"); },
     [](T& t) { one(t); t.bind(3, "unix:"); t.name(3, "unix:@00A1F"); }},
    {R::local_name,
     [](T& t) { local_pair(t); t.name(4, "unix:"); t.name(5, "unix:@l"); t.name(3, "unix:@l"); },
     [](T& t) { local_pair(t); t.name(5, "unix:"); }},
    {R::local_peer_name,
     [](T& t) { local_pair(t); t.peer(4, "unix:@l"); t.peer(5, "unix:"); t.bind(4, "unix:/c"); t.close(4); t.peer(5, "unix:/c"); t.peer(3, "", E::enotconn); },
     [](T& t) { local_pair(t); t.bind(4, "unix:/c"); t.peer(5, "unix:"); }},
    {R::local_listen_needs_name,
     [](T& t) { one(t); listens(t, 3, 1, E::einval); },
     [](T& t) { one(t); listens(t, 3, 1); }},
    {R::local_listen_needs_idle,
     [](T& t) { local_pair(t); t.bind(4, "unix:/c"); listens(t, 4, 1, E::einval); listens(t, 5, 1, E::einval); },
     [](T& t) { local_pair(t); t.bind(4, "unix:/c"); listens(t, 4, 1); }},
    {R::local_listen_otherwise_succeeds,
     [](T& t) { listener(t); listens(t, 3, 5); t.get(3, OptionName::so_acceptconn, {1}); },
     [](T& t) { named(t); listens(t, 3, 1, E::einval); }},
    {R::local_connect_bad_address,
     [](T& t) { one(t); t.connect(3, "unix:", E::einval); t.connect(3, "unspec", E::einval); t.connect(3, "10.0.0.1:80", E::einval); },
     [](T& t) { one(t); t.connect(3, "unspec"); }},
    {R::local_connect_no_path,
     [](T& t) { listener(t); t.connect(4, "unix:/none", E::enoent); t.connect(4, "unix:/tmp/s/", E::enotdir); },
     [](T& t) { listener(t); t.connect(4, "unix:/none", E::econnrefused); }},
    {R::local_connect_refused,
     [](T& t) { listener(t); t.close(3); t.connect(4, "unix:/tmp/s", E::econnrefused); t.connect(4, "unix:/tmp", E::econnrefused); t.connect(4, "unix:@none", E::econnrefused); },
     [](T& t) { listener(t); t.close(3); t.connect(4, "unix:/tmp/s"); }},
    {R::local_connect_wrong_type,
     [](T& t) { listener(t); t.socket(5, dgram, Domain::local); t.connect(5, "unix:/tmp/s", E::eprototype); t.send(5, 3, "unix:/tmp/s", E::eprototype); },
     [](T& t) { listener(t); t.socket(5, records, Domain::local); t.connect(5, "unix:/tmp/s"); }},
    {R::local_connect_needs_listener,
     [](T& t) { named(t); t.socket(4, stream, Domain::local); t.connect(4, "unix:/tmp/s", E::econnrefused); listens(t, 3, 1); t.shutdown(3, ShutdownHow::read); t.connect(4, "unix:/tmp/s", E::econnrefused); },
     [](T& t) { listener(t); t.shutdown(3, ShutdownHow::read); t.connect(4, "unix:/tmp/s"); }},
    {R::local_connect_full_queue,
     [](T& t) { listener(t, 0); t.connect(4, "unix:/tmp/s"); t.socket(5, stream, Domain::local); t.connect(5, "unix:/tmp/s", E::eagain); accepts(t, 3, 6); t.connect(5, "unix:/tmp/s"); },
     [](T& t) { listener(t, 0); t.connect(4, "unix:/tmp/s"); t.socket(5, stream, Domain::local); t.connect(5, "unix:/tmp/s"); }},
    {R::local_connect_once,
     [](T& t) { local_pair(t); t.connect(4, "unix:@l", E::eisconn); t.connect(3, "unix:@l", E::einval); },
     [](T& t) { local_pair(t); t.connect(4, "unix:@l"); }},
    {R::local_connect_otherwise_succeeds,
     [](T& t) { local_pair(t); t.socket(6, stream, Domain::local); t.shutdown(3, ShutdownHow::write); t.connect(6, "unix:@l"); },
     [](T& t) { listener(t); t.connect(4, "unix:/tmp/s", E::econnrefused); }},
    {R::local_accept_needs_listener,
     [](T& t) { local_pair(t); accept_fails(t, 4, E::einval); },
     [](T& t) { named(t); accepts(t, 3, 4); }},
    {R::local_accept_pending,
     [](T& t) { listener(t); accept_fails(t, 3, E::eagain); t.connect(4, "unix:/tmp/s"); t.close(4); t.shutdown(3, ShutdownHow::read); accepts(t, 3, 5); },
     [](T& t) { listener(t); t.connect(4, "unix:/tmp/s"); accept_fails(t, 3, E::eagain); }},
    {R::local_accept_names_the_client,
     [](T& t) { listener(t); t.bind(4, "unix:@c"); t.connect(4, "unix:/tmp/s"); accepts(t, 3, 5, "unix:@c"); },
     [](T& t) { listener(t); t.bind(4, "unix:@c"); t.connect(4, "unix:/tmp/s"); t.socket(5, stream, Domain::local); t.connect(5, "unix:/tmp/s"); accepts(t, 3, 6); }},
    {R::local_send_not_connected,
     [](T& t) { one(t); t.send(3, 1, "", E::enotconn); t.socket(4, dgram, Domain::local); t.send(4, 0, "", E::enotconn); },
     [](T& t) { one(t, records); t.send(3, 1); }},
    {R::local_send_address_on_stream,
     [](T& t) { local_pair(t); t.send(4, 1, "unix:@l", E::eisconn); t.socket(6, stream, Domain::local); t.send(6, 1, "unix:@l", E::eopnotsupp); },
     [](T& t) { local_pair(t); t.send(4, 1, "unix:@l"); }},
    {R::local_send_shut,
     [](T& t) { local_pair(t); t.shutdown(4, ShutdownHow::write); t.send(4, 0, "", E::epipe); t.close(4); t.send(5, 1, "", E::epipe); },
     [](T& t) { local_pair(t); t.close(5); t.send(4, 1); }},
    {R::local_send_peer_reads_no_more,
     [](T& t) { local_pair(t); t.socket(6, stream, Domain::local); t.shutdown(6, ShutdownHow::read); t.connect(6, "unix:@l"); accepts(t, 3, 7); t.send(7, 1, "", E::epipe); t.send(7, 0); },
     [](T& t) { local_pair(t); t.socket(6, stream, Domain::local); t.shutdown(6, ShutdownHow::read); t.connect(6, "unix:@l"); accepts(t, 3, 7); t.send(7, 1); }},
    {R::local_shutdown,
     [](T& t) { one(t); t.shutdown(3, ShutdownHow::both); t.shutdown(3, ShutdownHow::invalid, E::einval); },
     [](T& t) { one(t); t.shutdown(3, ShutdownHow::both, E::enotconn); }},
    {R::local_recv_not_connected,
     [](T& t) { one(t); get_fails(t, 3, E::einval); t.socket(4, records, Domain::local); get_fails(t, 4, E::enotconn); },
     [](T& t) { one(t); get_fails(t, 3, E::enotconn); }},
    {R::local_recv_end,
     [](T& t) { local_pair(t); t.send(4, 5); t.shutdown(4, ShutdownHow::write); gets(t, 5, {.value = 5}); gets(t, 5, {.from = "unspec"}); },
     [](T& t) { local_pair(t); t.shutdown(4, ShutdownHow::write); get_fails(t, 5, E::eagain); }},
    {R::local_recv_reset,
     [](T& t) { reset(t); gets(t, 4, {.value = 10}); get_fails(t, 4, E::econnreset); gets(t, 4, {}); },
     [](T& t) { reset(t, records); gets(t, 4, {.value = 10}); }},
    {R::local_error_needs_cause,
     [](T& t) { local_pair(t); t.send(4, 5); gets(t, 5, {.value = 5}); t.close(5); t.get(4, OptionName::so_error, {0}); },
     [](T& t) { local_pair(t); t.send(4, 5); gets(t, 5, {.value = 5}); t.close(5); t.get(4, OptionName::so_error, {104}); }},
    {R::local_poll_connection,
     [](T& t) { reset(t); t.poll(4, all_ends | poll_err); t.get(4, OptionName::so_error, {104}); t.poll(4, all_ends); t.socket(6, stream, Domain::local); t.poll(6, poll_out | poll_hup); },
     [](T& t) { local_pair(t); t.close(5); t.poll(4, all_ends | poll_err); }},
    {R::local_poll_listener,
     [](T& t) { listener(t); t.poll(3, 0); t.connect(4, "unix:/tmp/s"); t.poll(3, poll_in); },
     [](T& t) { listener(t); t.connect(4, "unix:/tmp/s"); t.poll(3, poll_in | poll_out); }},
    {R::local_accepting,
     [](T& t) { listener(t); t.get(3, OptionName::so_acceptconn, {1}); t.get(4, OptionName::so_acceptconn, {0}); },
     [](T& t) { listener(t); t.get(3, OptionName::so_acceptconn, {0}); }},
};
// clang-format on

TEST(LocalRules, EachHasATraceForAndOneAgainst) {
  constexpr std::string_view families[] = {"local.bind.",     "local.autobind", "local.name",
                                           "local.peer_name", "local.listen.",  "local.connect.",
                                           "local.accept",    "local.shutdown", "local.error"};
  check_rule_cases(cases, families);
}

// Each breaks a rule by a clause that its case leaves out.
struct Clause {
  Rule rule;
  void (*broken)(T&);
};

// clang-format off
constexpr Clause clauses[] = {
    {R::local_bind_name_in_use, [](T& t) { named(t, dgram); t.socket(4, dgram, Domain::local); t.bind(4, "unix:/tmp/q", E::eaddrinuse); }},
    {R::local_bind_name_in_use, [](T& t) { one(t); t.bind(3, "unix:@s"); t.socket(4, stream, Domain::local); t.bind(4, "unix:@s"); }},
    {R::local_bind_name_in_use, [](T& t) { one(t); t.bind(3, "unix:/tmp"); }},
    {R::local_bind_needs_directory, [](T& t) { named(t); t.socket(4, stream, Domain::local); t.bind(4, "unix:/tmp/s/x", E::enoent); }},
    {R::local_bind_otherwise_succeeds, [](T& t) { named(t); t.bind(3, "unix:", E::einval); }},
    {R::local_autobind_five_digits, [](T& t) { one(t); t.bind(3, "unix:@00001"); t.socket(4, stream, Domain::local); t.bind(4, "unix:"); t.name(4, "unix:@00001"); }},
    {R::local_autobind_five_digits, [](T& t) { one(t); t.bind(3, "unix:"); t.name(3, "unix:@0a1f"); }},
    {R::local_name, [](T& t) { one(t); t.name(3, "unix:/tmp/s"); }},
    {R::local_name, [](T& t) { one(t); t.name_fails(3, E::einval); }},
    {R::local_name, [](T& t) { one(t); t.bind(3, "unix:"); t.name(3, "unix:"); }},
    {R::local_peer_name, [](T& t) { one(t); t.peer(3, "unix:"); }},
    {R::local_peer_name, [](T& t) { local_pair(t); t.close(5); t.peer(4, "", E::enotconn); }},
    {R::local_connect_no_path, [](T& t) { one(t, dgram); t.send(3, 1, "unix:/none"); }},
    {R::local_connect_refused, [](T& t) { one(t); t.connect(3, "unix:@none", E::enoent); }},
    {R::local_connect_full_queue, [](T& t) { listener(t); t.connect(4, "unix:/tmp/s"); t.socket(5, stream, Domain::local); t.connect(5, "unix:/tmp/s", E::eagain); }},
    {R::local_connect_needs_listener, [](T& t) { named(t); t.socket(4, stream, Domain::local); t.connect(4, "unix:/tmp/s"); }},
    {R::local_connect_once, [](T& t) { local_pair(t); t.connect(3, "unix:@l"); }},
    {R::local_accept_pending, [](T& t) { listener(t); accepts(t, 3, 5); }},
    {R::local_send_address_on_stream, [](T& t) { local_pair(t); t.send(4, 1, "unix:@l", E::eopnotsupp); }},
    {R::local_send_shut, [](T& t) { local_pair(t); t.shutdown(4, ShutdownHow::write); t.send(4, 1); }},
    {R::local_send_peer_reads_no_more, [](T& t) { local_dgrams(t); t.shutdown(3, ShutdownHow::read); t.send(5, 1, "unix:@a"); }},
    {R::local_shutdown, [](T& t) { one(t); t.shutdown(3, ShutdownHow::invalid); }},
    {R::local_recv_not_connected, [](T& t) { one(t, records); get_fails(t, 3, E::einval); }},
    {R::local_recv_not_connected, [](T& t) { listener(t); gets(t, 3, {}); }},
    {R::local_recv_end, [](T& t) { local_pair(t, records); t.shutdown(5, ShutdownHow::read); get_fails(t, 5, E::eagain); }},
    {R::local_recv_end, [](T& t) { reset(t); gets(t, 4, {.value = 10}); get_fails(t, 4, E::econnreset); get_fails(t, 4, E::eagain); }},
    {R::local_error_needs_cause, [](T& t) { reset(t); gets(t, 4, {.value = 10}); get_fails(t, 4, E::econnreset); t.get(4, OptionName::so_error, {104}); }},
    {R::local_recv_reset, [](T& t) { reset(t); gets(t, 4, {.value = 10}); gets(t, 4, {}); }},
    {R::local_recv_reset, [](T& t) { reset(t); t.get(4, OptionName::so_error, {0}); }},
    {R::local_recv_reset, [](T& t) { reset(t, records); t.send(4, 1, "", E::epipe); }},
    {R::local_recv_queued, [](T& t) { reset(t); get_fails(t, 4, E::econnreset); }},
    {R::local_error_needs_cause, [](T& t) { local_pair(t); get_fails(t, 4, E::econnreset); }},
    {R::local_poll_connection, [](T& t) { local_pair(t); t.poll(4, poll_out | poll_hup); }},
    {R::local_poll_connection, [](T& t) { local_pair(t); t.shutdown(5, ShutdownHow::write); t.poll(4, poll_in | poll_out); }},
    {R::local_poll_connection, [](T& t) { local_pair(t); t.send(5, 1); t.poll(4, poll_out); }},
    {R::local_poll_connection, [](T& t) { local_pair(t); t.poll(4, poll_in | poll_out); }},
    {R::local_poll_connection, [](T& t) { local_pair(t); t.poll(4, 0); }},
    {R::local_poll_connection, [](T& t) { one(t); t.poll(3, poll_out); }},
    {R::local_poll_connection, [](T& t) { reset(t); t.poll(4, all_ends); }},
    {R::local_poll_listener, [](T& t) { listener(t); t.poll(3, poll_in); }},
    {R::local_poll_listener, [](T& t) { listener(t); t.connect(4, "unix:/tmp/s"); t.poll(3, 0); }},
    {R::local_accepting, [](T& t) { named(t); t.get(3, OptionName::so_acceptconn, {1}); }},
};
// clang-format on

TEST(LocalRules, EachClauseCanBeBroken) {
  for (const Clause& clause : clauses) {
    Trace t;
    clause.broken(t);
    EXPECT_EQ(t.broken(), clause.rule) << rule_row(clause.rule).name << ": " << t.text();
  }
}

TEST(LocalConnections, AListenerThatClosesResetsWhoWaits) {
  Trace t;
  listener(t);
  t.connect(4, "unix:/tmp/s");
  t.close(3);
  t.poll(4, all_ends | poll_err);
  get_fails(t, 4, E::econnreset);
  gets(t, 4, {});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

TEST(LocalConnections, ADuplicateKeepsTheConnection) {
  Trace t;
  local_pair(t);
  t.dup(5, 6);
  t.close(5);
  t.send(4, 3);
  gets(t, 6, {.value = 3});
  EXPECT_EQ(t.broken(), std::nullopt) << t.text();
}

}  // namespace
}  // namespace lockstep::oracle
