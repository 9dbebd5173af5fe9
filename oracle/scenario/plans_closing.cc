// How connections end: every path from ESTABLISHED to CLOSED (RFC 9293 figure 5).
#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

void finish(PlanWriter& w, Handle socket) {
  if (w.choices().one_in(2)) {
    w.close(socket);
  } else {
    w.shutdown(socket, w.choices().one_in(3) ? ShutdownHow::both : ShutdownHow::write);
  }
}

// FINs cross: both ends go through CLOSING.
void simultaneous_close(PlanWriter& w) {
  const Pair pair = w.pair();
  w.settle();
  if (w.choices().one_in(3)) w.send(pair.client, 10);
  finish(w, pair.client);
  finish(w, pair.server);
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  w.deliver(a, b, PacketKind::fin);
  w.deliver(b, a, PacketKind::fin);
  w.look(pair.client);
  if (w.choices().one_in(3)) w.drop(a, b, PacketKind::ack);
  if (w.choices().one_in(3)) w.drop(b, a, PacketKind::ack);
  if (w.choices().one_in(2)) w.tick(a, 4);
  w.settle();
  w.look(pair.client);
  w.look(pair.server);
  w.receive(pair.server);
}

// The passive closer waits in LAST_ACK, its FIN or the ACK of it lost at times.
void passive_close(PlanWriter& w) {
  const Pair pair = w.pair();
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  w.settle();
  finish(w, pair.client);
  w.settle();
  w.look(pair.server);
  w.receive(pair.server);
  if (w.choices().one_in(3)) w.transfer(pair.server, pair.client, 100);
  w.close(pair.server);
  if (w.choices().one_in(3)) w.drop(b, a, PacketKind::fin);
  w.deliver(b, a, PacketKind::fin);
  if (w.choices().one_in(2)) w.drop(a, b, PacketKind::ack);
  w.tick(b, w.choices().between(1, 12));
  w.settle();
  w.look(pair.client);
  w.receive(pair.client);
}

// What TIME_WAIT answers: a FIN again, a RST, old and new SYNs (RFC 6191), and what it holds.
void time_wait(PlanWriter& w) {
  const Pair pair = w.pair();
  w.settle();
  w.shutdown(pair.client, ShutdownHow::write);
  w.settle();
  w.receive(pair.server);
  w.close(pair.server);
  if (w.choices().one_in(3)) {
    w.duplicate(pair.server.host, pair.client.host, PacketKind::fin);
  }
  w.settle();
  w.look(pair.client);
  if (w.choices().one_in(2)) {
    constexpr std::array<TcpFlags, 5> flags{tcp_fin | tcp_ack, tcp_rst, tcp_syn, tcp_ack,
                                            tcp_psh | tcp_ack};
    constexpr std::array<std::int32_t, 5> deltas{-1, 0, 1, 100'000, -100};
    step::Forge forge;
    forge.socket = pair.client.name;
    forge.flags = w.choices().of(flags);
    forge.seq_delta = w.choices().of(deltas);
    w.add(forge);
  }
  w.close(pair.client);
  w.settle();
  if (w.choices().one_in(2)) w.tick(pair.client.host, w.choices().one_in(2) ? 600 : 50);
  w.settle();
}

// The port of a connection that ended is bound and used again.
void reuse_after_close(PlanWriter& w) {
  const HostIndex server = w.a_host();
  const HostIndex client = w.other_host(server);
  const Handle listener = w.listener(server, Domain::inet, 8);
  const Endpoint end = w.fresh_endpoint(client, Domain::inet);
  const bool reuse = w.choices().one_in(2);
  for (std::uint32_t round = 0; round < 2; ++round) {
    const Handle socket = w.socket(client, Domain::inet, Type::stream);
    if (reuse) w.set(socket, OptionName::so_reuseaddr, {1});
    w.bind(socket, end);
    w.connect_to(socket, listener);
    w.settle();
    const Handle accepted = w.accept(listener);
    w.transfer(socket, accepted, 10);
    w.close(w.choices().one_in(2) ? accepted : socket);
    w.settle();
    w.close(socket);
    w.close(accepted);
    w.settle();
    if (w.choices().one_in(3)) w.tick(client, 601);
  }
}

void close_with_unread(PlanWriter& w) {
  const Pair pair = w.pair();
  w.send(pair.client, w.a_length(pair.client));
  w.settle();
  if (w.choices().one_in(3)) w.receive(pair.server, 1);
  if (w.choices().one_in(3)) w.send(pair.server, 50);
  w.close(pair.server);
  if (w.choices().one_in(2)) w.send(pair.client, 10);
  w.settle();
  w.look(pair.client);
  w.receive(pair.client);
  w.look(pair.client);
  w.receive(pair.client);
  w.send(pair.client, 10);
  w.so_error(pair.client);
}

void close_while_sending(PlanWriter& w) {
  const Pair pair = w.pair();
  w.send(pair.client, w.a_length(pair.client));
  w.send(pair.client, 20'000);
  finish(w, pair.client);
  w.look(pair.client);
  w.settle();
  w.receive(pair.server);
  w.settle();
  w.receive(pair.server);
  w.look(pair.server);
  w.receive(pair.server);
}

void linger_zero(PlanWriter& w) {
  const Pair pair = w.pair();
  w.set(pair.client, OptionName::so_linger, {1, 0});
  w.send(pair.client, w.a_length(pair.client));
  if (w.choices().one_in(2)) w.settle();
  if (w.choices().one_in(4)) w.shutdown(pair.client, ShutdownHow::write);
  w.close(pair.client);
  w.settle();
  w.look(pair.server);
  w.receive(pair.server);
  w.look(pair.server);
  w.receive(pair.server);
  w.send(pair.server, 10);
}

void send_after_peer_closed(PlanWriter& w) {
  const Pair pair = w.pair();
  w.settle();
  w.close(pair.server);
  w.settle();
  w.look(pair.client);
  w.send(pair.client, 10);
  w.settle();
  w.look(pair.client);
  w.send(pair.client, 10);
  w.receive(pair.client);
  w.send(pair.client, 10);
}

void shut_reading(PlanWriter& w) {
  const Pair pair = w.pair();
  w.shutdown(pair.server, w.choices().one_in(3) ? ShutdownHow::both : ShutdownHow::read);
  w.look(pair.server);
  w.receive(pair.server);
  w.send(pair.client, 100);
  w.settle();
  w.receive(pair.server);
  w.look(pair.client);
  w.shutdown(pair.client, ShutdownHow::write);
  w.settle();
  w.look(pair.server);
}

void dissolve(PlanWriter& w) {
  const Pair pair = w.pair();
  if (w.choices().one_in(2)) w.send(pair.server, 10);
  w.connect(pair.client, Unspecified{});
  w.settle();
  w.look(pair.client);
  w.names(pair.client);
  w.receive(pair.server);
  w.receive(pair.server);
}

void shared_descriptor(PlanWriter& w) {
  const Pair pair = w.pair();
  const Handle twin = w.dup(pair.client);
  w.close(pair.client);
  w.settle();
  w.transfer(twin, pair.server, 10);
  if (w.choices().one_in(2)) w.shutdown(twin, ShutdownHow::write);
  w.close(twin);
  w.settle();
  w.receive(pair.server);
  w.look(pair.server);
}

// An orphan in FIN_WAIT_2 goes away, or meets data.
void orphan(PlanWriter& w) {
  const Pair pair = w.pair();
  w.settle();
  w.close(pair.client);
  w.settle();
  if (w.choices().one_in(2)) w.tick(pair.client.host, w.choices().one_in(2) ? 601 : 60);
  w.look(pair.server);
  w.send(pair.server, 10);
  w.settle();
  w.look(pair.server);
  w.receive(pair.server);
  w.close(pair.server);
  w.settle();
}

constexpr PlanRow rows[] = {
    {"simultaneous_close", 4, simultaneous_close},
    {"passive_close", 4, passive_close},
    {"time_wait", 4, time_wait},
    {"close_with_unread", 3, close_with_unread},
    {"close_while_sending", 2, close_while_sending},
    {"linger_zero", 2, linger_zero},
    {"send_after_peer_closed", 2, send_after_peer_closed},
    {"reuse_after_close", 2, reuse_after_close},
    {"shut_reading", 2, shut_reading},
    {"dissolve", 1, dissolve},
    {"shared_descriptor", 1, shared_descriptor},
    {"orphan", 2, orphan},
};

}  // namespace

std::span<const PlanRow> closing_plans() { return rows; }

}  // namespace lockstep::scenario
