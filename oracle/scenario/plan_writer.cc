#include "oracle/scenario/plan_writer.h"

#include "oracle/scenario/draw.h"

namespace lockstep::scenario {
namespace {

// The other end of a connected socket, if it has a name and is open.
const OpenSocket* find_peer(const Situation& situation, const OpenSocket& socket) {
  for (const OpenSocket& other : situation.sockets) {
    if (other.phase == Phase::connected && is_tcp(other) && other.name != socket.name &&
        other.local == socket.peer && other.peer.port == socket.local.port) {
      return &other;
    }
  }
  return nullptr;
}

bool has_v6(const Situation& situation, HostIndex host) {
  return !address_of(situation.hosts[host], IpFamily::v6).is_loopback() &&
         situation.features[host].has(Feature::ipv6);
}

}  // namespace

HostIndex PlanWriter::a_host() {
  return static_cast<HostIndex>(
      choices_.below(static_cast<std::uint32_t>(situation_.hosts.size())));
}

HostIndex PlanWriter::other_host(HostIndex host) {
  const auto hosts = static_cast<std::uint32_t>(situation_.hosts.size());
  if (hosts == 1 || choices_.one_in(12)) return host;
  return static_cast<HostIndex>((host + 1 + choices_.below(hosts - 1)) % hosts);
}

Domain PlanWriter::a_domain(HostIndex a, HostIndex b) {
  const bool both = has_v6(situation_, a) && has_v6(situation_, b);
  return both && choices_.one_in(2) ? Domain::inet6 : Domain::inet;
}

Endpoint PlanWriter::fresh_endpoint(HostIndex host, Domain domain) {
  const auto offset = static_cast<std::uint16_t>((situation_.next_name + ports_used_++) % 1000);
  return {address_of(situation_.hosts[host], family_of(domain)),
          static_cast<std::uint16_t>(8000 + offset)};
}

step::Call PlanWriter::call(Handle socket, lockstep::Call call) const {
  step::Call made;
  made.host = socket.host;
  made.socket = socket.name;
  made.call = call;
  return made;
}

Handle PlanWriter::socket(HostIndex host, Domain domain, Type type) {
  const Handle made = plan_.make(host);
  step::Call step = call({{}, host}, lockstep::Call::socket);
  step.result = made.name;
  step.domain = domain;
  step.type = type;
  plan_.add(step);
  return made;
}

void PlanWriter::bind(Handle socket, const SocketAddress& address) {
  step::Call step = call(socket, lockstep::Call::bind);
  step.address.literal = address;
  plan_.add(step);
}

void PlanWriter::listen(Handle socket, std::int32_t backlog) {
  step::Call step = call(socket, lockstep::Call::listen);
  step.backlog = backlog;
  plan_.add(step);
}

Handle PlanWriter::accept(Handle listener) {
  const Handle made = plan_.make(listener.host);
  step::Call step = call(listener, lockstep::Call::accept);
  step.result = made.name;
  plan_.add(step);
  return made;
}

void PlanWriter::connect(Handle socket, const SocketAddress& address) {
  step::Call step = call(socket, lockstep::Call::connect);
  step.address.literal = address;
  plan_.add(step);
}

void PlanWriter::connect_to(Handle socket, Handle target) {
  step::Call step = call(socket, lockstep::Call::connect);
  step.address.kind = AddressOperand::Kind::local_of;
  step.address.socket = target.name;
  plan_.add(step);
}

void PlanWriter::send(Handle socket, std::uint32_t length, MsgFlags flags) {
  step::Call step = call(socket, lockstep::Call::send);
  step.length = length;
  step.flags = flags;
  plan_.add(step);
}

void PlanWriter::send_to(Handle socket, std::uint32_t length, const SocketAddress& address) {
  step::Call step = call(socket, lockstep::Call::sendto);
  step.length = length;
  step.address.literal = address;
  plan_.add(step);
}

void PlanWriter::receive(Handle socket, std::uint32_t room, MsgFlags flags) {
  step::Call step = call(socket, lockstep::Call::recv);
  step.length = room;
  step.flags = flags;
  plan_.add(step);
}

void PlanWriter::receive_from(Handle socket, std::uint32_t room) {
  step::Call step = call(socket, lockstep::Call::recvfrom);
  step.length = room;
  plan_.add(step);
}

void PlanWriter::shutdown(Handle socket, ShutdownHow how) {
  step::Call step = call(socket, lockstep::Call::shutdown);
  step.how = how;
  plan_.add(step);
}

void PlanWriter::close(Handle socket) { plan_.add(call(socket, lockstep::Call::close)); }

Handle PlanWriter::dup(Handle socket) {
  const Handle made = plan_.make(socket.host);
  step::Call step = call(socket, lockstep::Call::dup);
  step.result = made.name;
  plan_.add(step);
  return made;
}

void PlanWriter::set(Handle socket, OptionName option, OptionValue value) {
  step::Call step = call(socket, lockstep::Call::setsockopt);
  step.option = option;
  step.option_value = value;
  plan_.add(step);
}

void PlanWriter::get(Handle socket, OptionName option) {
  step::Call step = call(socket, lockstep::Call::getsockopt);
  step.option = option;
  plan_.add(step);
}

void PlanWriter::poll(Handle socket) {
  step::Call step = call(socket, lockstep::Call::poll);
  step.events = poll_in | poll_out | poll_rdhup;
  plan_.add(step);
}

void PlanWriter::names(Handle socket) {
  plan_.add(call(socket, lockstep::Call::getsockname));
  plan_.add(call(socket, lockstep::Call::getpeername));
}

void PlanWriter::look(Handle socket) {
  switch (choices_.below(10)) {
    case 5:
    case 6:
      return poll(socket);
    case 7:
      return so_error(socket);
    case 8:
      return plan_.add(call(socket, lockstep::Call::getpeername));
    case 9:
      plan_.add(call(socket, lockstep::Call::siocinq));
      return plan_.add(call(socket, lockstep::Call::siocoutq));
    default:
      return;
  }
}

void PlanWriter::deliver(HostIndex from, HostIndex to, PacketKind kind) {
  plan_.add(step::Deliver{PacketByKind{from, to, {}, kind, 0}});
}

void PlanWriter::drop(HostIndex from, HostIndex to, PacketKind kind) {
  plan_.add(step::Drop{PacketByKind{from, to, {}, kind, 0}});
}

void PlanWriter::hold(HostIndex from, HostIndex to, PacketKind kind) {
  plan_.add(step::Hold{PacketByKind{from, to, {}, kind, 0}});
}

void PlanWriter::duplicate(HostIndex from, HostIndex to, PacketKind kind) {
  plan_.add(step::Duplicate{PacketByKind{from, to, {}, kind, 0}});
}

Handle PlanWriter::listener(HostIndex host, Domain domain, std::int32_t backlog) {
  const Handle made = socket(host, domain, Type::stream);
  if (choices_.one_in(4)) set(made, OptionName::so_reuseaddr, {1});
  Endpoint endpoint = fresh_endpoint(host, domain);
  if (choices_.one_in(4)) endpoint.ip = IpAddress::any(endpoint.ip.family);
  bind(made, endpoint);
  listen(made, backlog);
  return made;
}

Pair PlanWriter::connection() {
  const HostIndex server_host = static_cast<HostIndex>(situation_.hosts.size() - 1 - a_host());
  const HostIndex client_host = other_host(server_host);
  const Domain domain = a_domain(client_host, server_host);
  const Handle listening = listener(server_host, domain, 8);
  const Handle client = socket(client_host, domain, Type::stream);
  if (choices_.one_in(8)) bind(client, fresh_endpoint(client_host, domain));
  connect_to(client, listening);
  settle();
  const Handle server = accept(listening);
  look(client);
  return {client, server};
}

Pair PlanWriter::pair() {
  const OpenSocket* socket = draw_socket(choices_, situation_, [&](const OpenSocket& candidate) {
    return candidate.phase == Phase::connected && is_tcp(candidate) && !candidate.write_shut &&
           find_peer(situation_, candidate) != nullptr;
  });
  if (socket == nullptr) return connection();
  const OpenSocket* peer = find_peer(situation_, *socket);
  return {{socket->name, socket->host}, {peer->name, peer->host}};
}

void PlanWriter::transfer(Handle from, Handle to, std::uint32_t length) {
  send(from, length);
  settle();
  look(to);
  if (!choices_.one_in(6)) receive(to, choices_.one_in(4) ? length / 2 : 65'536);
}

std::uint32_t PlanWriter::a_length(Handle socket) {
  return draw_length(choices_, situation_, socket.host);
}

}  // namespace lockstep::scenario
