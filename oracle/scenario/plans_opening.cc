// How connections come about, and how they do not.
#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

void connect_and_talk(PlanWriter& w) {
  const Pair pair = w.connection();
  w.transfer(pair.client, pair.server, w.a_length(pair.client));
  w.transfer(pair.server, pair.client, w.a_length(pair.server));
}

void talk(PlanWriter& w) {
  const Pair pair = w.pair();
  const std::uint32_t rounds = w.choices().between(1, 4);
  for (std::uint32_t i = 0; i < rounds; ++i) {
    const bool forward = !w.choices().one_in(3);
    const Handle from = forward ? pair.client : pair.server;
    w.transfer(from, forward ? pair.server : pair.client, w.a_length(from));
  }
}

void exchange_datagrams(PlanWriter& w) {
  const HostIndex a = w.a_host();
  const HostIndex b = w.other_host(a);
  const Domain domain = w.a_domain(a, b);
  const Handle from = w.socket(a, domain, Type::dgram);
  const Handle to = w.socket(b, domain, Type::dgram);
  const Endpoint endpoint = w.fresh_endpoint(b, domain);
  w.bind(to, endpoint);
  if (w.choices().one_in(2)) w.connect(from, endpoint);
  const std::uint32_t count = w.choices().between(1, 4);
  for (std::uint32_t i = 0; i < count; ++i) w.send_to(from, w.a_length(from), endpoint);
  if (w.choices().one_in(3)) w.duplicate(a, b, PacketKind::udp);
  if (w.choices().one_in(3)) w.hold(a, b, PacketKind::udp);
  if (w.choices().one_in(4)) w.drop(a, b, PacketKind::udp);
  w.settle();
  w.look(to);
  for (std::uint32_t i = 0; i < count; ++i) {
    w.receive_from(to, w.choices().one_in(3) ? 10 : 65'536);
  }
  w.connect_to(to, from);
  w.send(to, w.a_length(to));
  w.settle();
  w.receive_from(from);
}

void refused_datagram(PlanWriter& w) {
  const HostIndex a = w.a_host();
  const HostIndex b = w.other_host(a);
  const Domain domain = w.a_domain(a, b);
  const Handle socket = w.socket(a, domain, Type::dgram);
  const Endpoint nobody = w.fresh_endpoint(b, domain);
  if (w.choices().one_in(4)) w.set(socket, OptionName::ip_recverr, {1});
  if (!w.choices().one_in(4)) w.connect(socket, nobody);
  w.send_to(socket, 10, nobody);
  w.settle();
  w.look(socket);
  if (w.choices().one_in(2)) w.send(socket, 10);
  w.receive(socket);
  w.receive(socket);
}

void refused_connection(PlanWriter& w) {
  const HostIndex a = w.a_host();
  const HostIndex b = w.other_host(a);
  const Domain domain = w.a_domain(a, b);
  const Handle socket = w.socket(a, domain, Type::stream);
  const Endpoint nobody = w.fresh_endpoint(b, domain);
  w.connect(socket, nobody);
  w.look(socket);
  w.settle();
  w.look(socket);
  w.connect(socket, nobody);
  w.look(socket);
  w.connect(socket, nobody);
  w.settle();
  w.so_error(socket);
  w.receive(socket);
}

// RFC 9293 3.5, figure 8.
void simultaneous_open(PlanWriter& w) {
  const HostIndex a = w.a_host();
  const HostIndex b = w.other_host(a);
  const Domain domain = w.a_domain(a, b);
  const Handle left = w.socket(a, domain, Type::stream);
  const Handle right = w.socket(b, domain, Type::stream);
  const Endpoint left_end = w.fresh_endpoint(a, domain);
  const Endpoint right_end = w.fresh_endpoint(b, domain);
  w.bind(left, left_end);
  w.bind(right, right_end);
  w.connect(left, right_end);
  w.connect(right, left_end);
  if (w.choices().one_in(4)) w.duplicate(a, b, PacketKind::syn);
  w.deliver(a, b, PacketKind::syn);
  w.look(left);
  w.deliver(b, a, PacketKind::syn);
  w.settle();
  w.look(right);
  w.transfer(left, right, 100);
  w.transfer(right, left, 100);
}

void connect_to_itself(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const Handle socket = w.socket(host, Domain::inet, Type::stream);
  const Endpoint endpoint = w.fresh_endpoint(host, Domain::inet);
  w.bind(socket, endpoint);
  w.connect(socket, endpoint);
  w.settle();
  w.names(socket);
  w.transfer(socket, socket, 100);
  w.look(socket);
  w.close(socket);
}

void full_backlog(PlanWriter& w) {
  const HostIndex server = w.a_host();
  const HostIndex client = w.other_host(server);
  const Domain domain = w.a_domain(client, server);
  const std::uint32_t backlog = w.choices().below(3);
  const Handle listener = w.listener(server, domain, static_cast<std::int32_t>(backlog));
  for (std::uint32_t i = 0; i < backlog + 3; ++i) {
    const Handle socket = w.socket(client, domain, Type::stream);
    w.connect_to(socket, listener);
    if (w.choices().one_in(2)) w.deliver(client, server, PacketKind::syn);
    if (w.choices().one_in(2)) w.deliver(server, client, PacketKind::synack);
    if (w.choices().one_in(2)) w.deliver(client, server, PacketKind::ack);
    if (w.choices().one_in(3)) w.send(socket, 10);
  }
  w.tick(client, 1);
  w.tick(server, 3);
  w.look(listener);
  const Handle first = w.accept(listener);
  w.look(first);
  if (w.choices().one_in(3)) w.close(listener);
  w.settle();
  w.accept(listener);
  w.accept(listener);
}

constexpr PlanRow rows[] = {
    {"connect_and_talk", 6, connect_and_talk},     {"talk", 6, talk},
    {"exchange_datagrams", 4, exchange_datagrams}, {"refused_datagram", 2, refused_datagram},
    {"refused_connection", 2, refused_connection}, {"simultaneous_open", 2, simultaneous_open},
    {"connect_to_itself", 1, connect_to_itself},   {"full_backlog", 2, full_backlog},
};

}  // namespace

std::span<const PlanRow> opening_plans() { return rows; }

}  // namespace lockstep::scenario
