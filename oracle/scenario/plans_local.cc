// AF_UNIX: queues that fill, peers that leave, names.
#include <string_view>

#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

using namespace std::string_view_literals;

constexpr std::array names{"/tmp/play"sv, "\0play"sv, "play"sv, "/tmp/other"sv, "\0other"sv};

// A listener and how it is found.
struct Meeting {
  Handle listener;
  SocketAddress address;
  Type type = Type::stream;
};

Meeting meeting(PlanWriter& w, std::int32_t backlog) {
  const HostIndex host = w.a_host();
  const Type type = w.choices().one_in(2) ? Type::seqpacket : Type::stream;
  const SocketAddress address = UnixPath::from(w.choices().of(names));
  const Handle listener = w.socket(host, Domain::local, type);
  w.bind(listener, address);
  w.listen(listener, backlog);
  return {listener, address, type};
}

Handle client_of(PlanWriter& w, const Meeting& at) {
  const Handle client = w.socket(at.listener.host, Domain::local, at.type);
  w.connect(client, at.address);
  return client;
}

Pair local_pair(PlanWriter& w) {
  const Meeting at = meeting(w, 4);
  const Handle client = client_of(w, at);
  return {client, w.accept(at.listener)};
}

void some_send(PlanWriter& w, Handle socket) {
  constexpr std::array<std::uint32_t, 8> lengths{10, 100, 0, 1000, 5000, 60'000, 1, 131'040};
  w.send(socket, w.choices().of(lengths), w.choices().one_in(24) ? msg_oob : 0);
}

void some_receive(PlanWriter& w, Handle socket) {
  constexpr std::array<std::uint32_t, 8> rooms{200'000, 100, 5, 0, 1000, 65'536, 50, 1};
  constexpr std::array<MsgFlags, 8> flags{0,        0,         0,           0,
                                          msg_peek, msg_trunc, msg_waitall, msg_peek | msg_trunc};
  const std::uint32_t room = w.choices().of(rooms);
  if (w.choices().one_in(4)) return w.receive_from(socket, room);
  w.receive(socket, room, w.choices().of(flags));
}

void talk(PlanWriter& w) {
  const Meeting at = meeting(w, 4);
  const Handle client = client_of(w, at);
  some_send(w, client);
  const Handle server = w.accept(at.listener);
  for (std::uint32_t i = 0; i < 4; ++i) {
    some_send(w, w.choices().one_in(2) ? server : client);
    w.look(client);
    some_receive(w, server);
    some_receive(w, w.choices().one_in(2) ? server : client);
  }
  w.names(server);
  w.names(client);
  w.bind(client, UnixPath());
  w.listen(client, 1);
  w.accept(client);
  w.send_to(client, 3, at.address);
}

void full_backlog(PlanWriter& w) {
  const std::uint32_t backlog = w.choices().below(3);
  const Meeting at = meeting(w, static_cast<std::int32_t>(backlog));
  w.poll(at.listener);
  w.get(at.listener, OptionName::so_acceptconn);
  for (std::uint32_t i = 0; i < backlog + 1; ++i) client_of(w, at);
  const Handle last = client_of(w, at);
  w.poll(last);
  w.poll(at.listener);
  w.accept(at.listener);
  w.connect(last, at.address);
  w.connect(last, at.address);
  if (w.choices().one_in(3)) w.listen(at.listener, 3);
  w.accept(at.listener);
}

void close_unread(PlanWriter& w) {
  const Pair pair = local_pair(w);
  if (!w.choices().one_in(4)) some_send(w, pair.client);
  if (w.choices().one_in(2)) some_send(w, pair.server);
  if (w.choices().one_in(4)) some_receive(w, pair.server);
  w.close(pair.server);
  w.look(pair.client);
  if (w.choices().one_in(3)) w.send(pair.client, 10);
  some_receive(w, pair.client);
  w.poll(pair.client);
  w.receive(pair.client);
  w.receive(pair.client);
  w.names(pair.client);
  w.so_error(pair.client);
}

void listener_closes(PlanWriter& w) {
  const Meeting at = meeting(w, 4);
  const Handle client = client_of(w, at);
  const Handle other = client_of(w, at);
  if (w.choices().one_in(2)) w.send(client, 5);
  if (w.choices().one_in(3)) w.close(other);
  w.close(at.listener);
  w.poll(client);
  w.look(client);
  w.receive(client);
  w.receive(client);
  w.send(client, 5);
  w.connect(other, at.address);
}

void shut_ends(PlanWriter& w) {
  const Pair pair = local_pair(w);
  constexpr std::array<ShutdownHow, 3> hows{ShutdownHow::write, ShutdownHow::read,
                                            ShutdownHow::both};
  some_send(w, pair.client);
  w.shutdown(pair.server, w.choices().of(hows));
  w.poll(pair.server);
  w.poll(pair.client);
  w.send(pair.client, 10);
  some_receive(w, pair.server);
  w.receive(pair.server);
  w.send(pair.server, 10);
  w.receive(pair.client);
  w.shutdown(pair.client, w.choices().of(hows));
  w.receive(pair.client);
  w.poll(pair.client);
}

void fresh_local(PlanWriter& w) {
  const HostIndex host = w.a_host();
  constexpr std::array<Type, 3> types{Type::stream, Type::seqpacket, Type::dgram};
  const Handle socket = w.socket(host, Domain::local, w.choices().of(types));
  w.poll(socket);
  w.names(socket);
  w.receive(socket);
  w.send(socket, 10);
  w.send_to(socket, 10, UnixPath::from(w.choices().of(names)));
  w.listen(socket, 1);
  if (w.choices().one_in(2)) w.shutdown(socket, ShutdownHow::both);
  w.poll(socket);
  w.bind(socket, UnixPath());
  w.bind(socket, w.choices().one_in(2) ? UnixPath() : UnixPath::from("/tmp/late"));
  w.names(socket);
  w.get(socket, OptionName::so_acceptconn);
  w.listen(socket, 1);
  w.accept(socket);
  w.poll(socket);
}

void fill(PlanWriter& w) {
  const Pair pair = local_pair(w);
  if (w.choices().one_in(2)) {
    w.set(pair.client, OptionName::so_sndbuf,
          {static_cast<std::int32_t>(w.choices().below(20'000))});
  }
  const std::uint32_t piece = w.choices().between(1, 40'000);
  for (std::uint32_t i = 0; i < 8; ++i) w.send(pair.client, piece);
  w.poll(pair.client);
  w.look(pair.client);
  some_receive(w, pair.server);
  w.send(pair.client, piece);
  w.receive(pair.server, 200'000);
  w.poll(pair.client);
}

Handle bound_dgram(PlanWriter& w, HostIndex host, const SocketAddress& address) {
  const Handle made = w.socket(host, Domain::local, Type::dgram);
  w.bind(made, address);
  return made;
}

void full_datagram_queue(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const SocketAddress to = UnixPath::from(w.choices().of(names));
  const SocketAddress from = UnixPath::from("\0from"sv);
  const Handle receiver = bound_dgram(w, host, to);
  const Handle sender = bound_dgram(w, host, from);
  const bool connects = !w.choices().one_in(3);
  if (connects) w.connect(sender, to);
  if (w.choices().one_in(4)) w.connect(receiver, from);
  for (std::uint32_t i = 0; i < 12; ++i) {
    if (connects) {
      w.send(sender, i);
    } else {
      w.send_to(sender, i, to);
    }
  }
  w.poll(sender);
  w.look(receiver);
  w.receive_from(receiver);
  w.poll(sender);
  w.send_to(sender, 3, to);
  w.send_to(receiver, 3, to);
}

// Who is connected to whom: strangers, leavers, the closed.
void datagram_ties(PlanWriter& w) {
  const HostIndex host = w.a_host();
  const SocketAddress a = UnixPath::from("\0a"sv);
  const SocketAddress b = UnixPath::from("/tmp/b");
  const Handle one = bound_dgram(w, host, a);
  const Handle two = bound_dgram(w, host, b);
  const Handle third = w.socket(host, Domain::local, Type::dgram);
  w.connect(one, b);
  if (!w.choices().one_in(4)) w.connect(two, a);
  w.send_to(third, 10, a);
  w.connect(third, b);
  w.send(one, 10);
  w.send(two, 20);
  switch (w.choices().below(4)) {
    case 0:
      w.close(two);
      break;
    case 1:
      w.connect(two, Unspecified());
      break;
    case 2:
      w.connect(two, b);
      break;
    default:
      w.shutdown(two, ShutdownHow::read);
  }
  w.poll(one);
  w.look(one);
  if (w.choices().one_in(2)) some_receive(w, one);
  w.send(one, 10);
  w.send(one, 10);
  w.names(one);
  w.receive_from(one);
  w.receive_from(two);
  w.send_to(third, 10, b);
}

void stale_name(PlanWriter& w) {
  const Meeting at = meeting(w, 1);
  const Handle client = client_of(w, at);
  const Handle server = w.accept(at.listener);
  w.close(at.listener);
  w.names(server);
  w.names(client);
  client_of(w, at);
  const Handle again = w.socket(at.listener.host, Domain::local, at.type);
  w.bind(again, at.address);
  w.names(again);
  w.listen(again, 1);
}

constexpr PlanRow rows[] = {
    {"talk", 4, talk},
    {"full_backlog", 3, full_backlog},
    {"close_unread", 4, close_unread},
    {"listener_closes", 2, listener_closes},
    {"shut_ends", 3, shut_ends},
    {"fresh_local", 3, fresh_local},
    {"fill", 3, fill},
    {"full_datagram_queue", 3, full_datagram_queue},
    {"datagram_ties", 4, datagram_ties},
    {"stale_name", 2, stale_name},
};

}  // namespace

std::span<const PlanRow> local_plans() { return rows; }

}  // namespace lockstep::scenario
