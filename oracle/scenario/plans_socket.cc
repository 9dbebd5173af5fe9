// What sockets do without a peer: bind conflicts, states of poll, wrong calls, AF_UNIX.
#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

void reuse_options(PlanWriter& w, Handle socket) {
  if (w.choices().one_in(2)) w.set(socket, OptionName::so_reuseaddr, {1});
  if (w.choices().one_in(3)) w.set(socket, OptionName::so_reuseport, {1});
}

// Two sockets, one port: every mixture of addresses, SO_REUSEADDR, SO_REUSEPORT and listening.
void bind_conflict(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const Type type = w.choices().one_in(3) ? Type::dgram : Type::stream;
  const Endpoint endpoint = w.fresh_endpoint(host, Domain::inet);
  const std::uint32_t count = w.choices().between(2, 3);
  Handle last;
  for (std::uint32_t i = 0; i < count; ++i) {
    Domain domain = w.a_domain(host, host);
    Endpoint mine = endpoint;
    if (domain == Domain::inet6) mine.ip = IpAddress::any(IpFamily::v6);
    if (domain == Domain::inet && w.choices().one_in(3)) mine.ip = IpAddress::any(IpFamily::v4);
    if (domain == Domain::inet && w.choices().one_in(6)) {
      mine.ip = IpAddress::loopback(IpFamily::v4);
    }
    last = w.socket(host, domain, type);
    if (domain == Domain::inet6 && w.choices().one_in(2)) {
      w.set(last, OptionName::ipv6_v6only, {1});
    }
    reuse_options(w, last);
    w.bind(last, mine);
    if (w.choices().one_in(3)) reuse_options(w, last);
    if (w.choices().one_in(2)) w.listen(last, 1);
  }
  w.names(last);
  w.bind(last, endpoint);
}

void life_of_a_listener(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const Handle listener = w.listener(host, Domain::inet, 1);
  w.poll(listener);
  w.receive(listener);
  w.send(listener, 1);
  w.accept(listener);
  w.connect(listener, w.fresh_endpoint(host, Domain::inet));
  w.shutdown(listener, w.choices().one_in(2) ? ShutdownHow::read : ShutdownHow::write);
  w.accept(listener);
  w.poll(listener);
  w.listen(listener, 4);
  w.close(listener);
  w.poll(listener);
}

void fresh_socket(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const Type type = w.choices().one_in(3) ? Type::dgram : Type::stream;
  const Handle socket = w.socket(host, Domain::inet, type);
  w.poll(socket);
  w.names(socket);
  w.receive(socket);
  w.send(socket, 10);
  w.shutdown(socket, ShutdownHow::both);
  w.poll(socket);
  w.listen(socket, 1);
  w.look(socket);
}

void impatient_connect(PlanWriter& w) {
  const HostIndex server = w.a_host();
  const HostIndex client = w.other_host(server);
  const Handle listener = w.listener(server, Domain::inet, 8);
  const Handle socket = w.socket(client, Domain::inet, Type::stream);
  w.connect_to(socket, listener);
  w.connect_to(socket, listener);
  w.poll(socket);
  w.receive(socket);
  w.send(socket, 10);
  if (w.choices().one_in(3)) w.shutdown(socket, ShutdownHow::write);
  if (w.choices().one_in(4)) w.close(socket);
  w.settle();
  w.connect_to(socket, listener);
  w.connect_to(socket, listener);
  w.look(socket);
  w.accept(listener);
}

void urgent_byte(PlanWriter& w) {
  const Pair pair = w.pair();
  if (w.choices().one_in(3)) w.set(pair.server, OptionName::so_oobinline, {1});
  w.send(pair.client, 5);
  w.send(pair.client, 1, msg_oob);
  w.send(pair.client, 5);
  w.settle();
  w.poll(pair.server);
  w.receive(pair.server, 1, msg_oob);
  w.receive(pair.server, 1, msg_oob);
  w.receive(pair.server);
  w.receive(pair.server);
}

void peek_and_truncate(PlanWriter& w) {
  const Pair pair = w.pair();
  w.send(pair.client, 100);
  w.settle();
  w.receive(pair.server, 10, msg_peek);
  w.receive(pair.server, 10, msg_trunc);
  w.receive(pair.server, 200, msg_waitall);
  w.receive(pair.server, 0);
  w.receive(pair.server, 10, msg_dontwait);
}

void small_buffers(PlanWriter& w) {
  const Pair pair = w.pair();
  w.set(pair.client, OptionName::so_sndbuf, {static_cast<std::int32_t>(w.choices().below(8192))});
  w.set(pair.server, OptionName::so_rcvbuf, {static_cast<std::int32_t>(w.choices().below(8192))});
  if (w.choices().one_in(2)) w.set(pair.server, OptionName::so_rcvlowat, {50});
  w.send(pair.client, 20);
  w.settle();
  w.poll(pair.server);
  w.send(pair.client, 65'536);
  w.look(pair.client);
  w.settle();
  w.receive(pair.server);
}

void local_sockets(PlanWriter& w) {
  const HostIndex host = w.a_host();
  constexpr std::array<Type, 3> types{Type::stream, Type::dgram, Type::seqpacket};
  const Type type = w.choices().of(types);
  const Handle server = w.socket(host, Domain::local, type);
  const Handle client = w.socket(host, Domain::local, type);
  const SocketAddress path = UnixPath::from("/tmp/play");
  w.bind(server, path);
  w.listen(server, static_cast<std::int32_t>(w.choices().below(2)));
  w.connect(client, path);
  w.send(client, w.choices().one_in(4) ? 0 : 100);
  const Handle accepted = type == Type::dgram ? server : w.accept(server);
  w.poll(accepted);
  w.receive(accepted, w.choices().one_in(2) ? 10 : 1000);
  w.receive(accepted);
  w.send(accepted, 20);
  if (w.choices().one_in(2)) w.shutdown(client, ShutdownHow::read);
  w.close(w.choices().one_in(2) ? client : accepted);
  w.look(client);
  w.receive(client);
  w.receive(accepted);
}

constexpr PlanRow rows[] = {
    {"bind_conflict", 5, bind_conflict}, {"life_of_a_listener", 2, life_of_a_listener},
    {"fresh_socket", 2, fresh_socket},   {"impatient_connect", 2, impatient_connect},
    {"urgent_byte", 1, urgent_byte},     {"peek_and_truncate", 2, peek_and_truncate},
    {"small_buffers", 1, small_buffers}, {"local_sockets", 2, local_sockets},
};

}  // namespace

std::span<const PlanRow> socket_plans() { return rows; }

}  // namespace lockstep::scenario
