// What a bad network and a hostile peer do to a connection.
#include "oracle/scenario/plans.h"

namespace lockstep::scenario {
namespace {

// Enough ticks for a first retransmission of the host, or a few more.
std::uint32_t retransmission_ticks(PlanWriter& w, HostIndex host) {
  const std::uint32_t threshold = w.situation().hosts[host].config.retransmit_threshold_ticks;
  return threshold * w.choices().between(1, 2) + w.choices().below(2);
}

void lose_data(PlanWriter& w) {
  const Pair pair = w.pair();
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  w.send(pair.client, w.a_length(pair.client));
  w.drop(a, b, PacketKind::data);
  if (w.choices().one_in(2)) w.look(pair.client);
  w.tick(a, retransmission_ticks(w, a));
  if (w.choices().one_in(2)) {
    w.drop(a, b, PacketKind::data);
    w.tick(a, 2 * retransmission_ticks(w, a));
  }
  w.settle();
  w.receive(pair.server);
}

void lose_acknowledgements(PlanWriter& w) {
  const Pair pair = w.pair();
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  w.send(pair.client, w.a_length(pair.client));
  w.deliver(a, b, PacketKind::data);
  w.drop(b, a, PacketKind::ack);
  w.tick(a, retransmission_ticks(w, a));
  w.deliver(a, b, PacketKind::data);
  w.look(pair.client);
  w.settle();
  w.receive(pair.server);
}

void lose_handshake(PlanWriter& w) {
  const HostIndex server = w.a_host();
  const HostIndex client = w.other_host(server);
  const Domain domain = w.a_domain(client, server);
  const Handle listener = w.listener(server, domain, 8);
  const Handle socket = w.socket(client, domain, Type::stream);
  w.connect_to(socket, listener);
  if (w.choices().one_in(2)) {
    w.drop(client, server, PacketKind::syn);
    w.tick(client, retransmission_ticks(w, client));
  }
  w.deliver(client, server, PacketKind::syn);
  if (w.choices().one_in(2)) {
    w.drop(server, client, PacketKind::synack);
    w.tick(server, retransmission_ticks(w, server));
  }
  if (w.choices().one_in(3)) w.duplicate(server, client, PacketKind::synack);
  w.deliver(server, client, PacketKind::synack);
  if (w.choices().one_in(2)) w.drop(client, server, PacketKind::ack);
  if (w.choices().one_in(2)) w.send(socket, 10);
  if (w.choices().one_in(4)) w.close(socket);
  w.look(socket);
  w.settle();
  const Handle accepted = w.accept(listener);
  w.look(accepted);
  w.receive(accepted);
}

void reorder(PlanWriter& w) {
  const Pair pair = w.pair();
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  w.set(pair.client, OptionName::tcp_nodelay, {1});
  const std::uint32_t sends = w.choices().between(2, 5);
  for (std::uint32_t i = 0; i < sends; ++i) w.send(pair.client, w.choices().one_in(3) ? 2000 : 10);
  if (w.choices().one_in(3)) w.shutdown(pair.client, ShutdownHow::write);
  w.hold(a, b, PacketKind::data);
  if (w.choices().one_in(2)) w.hold(a, b, PacketKind::data);
  if (w.choices().one_in(2)) w.duplicate(a, b, PacketKind::data);
  w.deliver(a, b, PacketKind::data);
  w.look(pair.server);
  if (w.choices().one_in(2)) w.deliver(a, b, PacketKind::fin);
  w.receive(pair.server);
  w.settle();
  w.receive(pair.server);
}

// The receiver does not read: the window closes, is probed, and opens.
void zero_window(PlanWriter& w) {
  const Pair pair = w.pair();
  const std::uint32_t room = w.situation().hosts[pair.server.host].config.receive_buffer;
  for (std::uint32_t i = 0; i < 3; ++i) {
    w.send(pair.client, room);
    w.settle();
  }
  w.look(pair.client);
  w.tick(pair.client.host, w.choices().between(3, 24));
  if (w.choices().one_in(2)) w.drop(pair.client.host, pair.server.host, PacketKind::ack);
  w.settle();
  w.receive(pair.server, w.choices().one_in(2) ? 100 : 200'000);
  w.settle();
  w.receive(pair.server, 200'000);
  w.settle();
  w.look(pair.client);
}

void retries_exhausted(PlanWriter& w) {
  const Pair pair = w.pair();
  const HostIndex a = pair.client.host;
  const HostIndex b = pair.server.host;
  if (a == b) return;
  w.settle();
  w.add(step::Partition{a, b});
  w.send(pair.client, 100);
  if (w.choices().one_in(3)) w.close(pair.client);
  w.tick(a, w.choices().one_in(2) ? 1000 : 90);
  w.look(pair.client);
  w.receive(pair.client);
  w.add(step::Heal{a, b});
  w.send(pair.server, 10);
  w.settle();
  w.look(pair.server);
  w.receive(pair.server);
}

void forged_segments(PlanWriter& w) {
  struct Shape {
    TcpFlags flags;
    std::int32_t seq_delta;
    std::int32_t ack_delta;
    std::uint16_t length;
  };
  // RFC 9293 3.10.7.4 and RFC 5961: exact, in the window, outside it; each check's edge.
  constexpr std::array<Shape, 16> shapes{{
      {tcp_rst, 0, 0, 0},
      {tcp_rst, 1, 0, 0},
      {tcp_rst, -1, 0, 0},
      {tcp_rst | tcp_ack, 100, 0, 0},
      {tcp_syn, 0, 0, 0},
      {tcp_syn, 1000, 0, 0},
      {tcp_syn | tcp_ack, -1, 0, 0},
      {tcp_ack, 0, 1, 0},
      {tcp_ack, 0, -100'000, 0},
      {tcp_ack, 0, 1, 10},
      {tcp_psh | tcp_ack, 0, 0, 10},
      {tcp_psh | tcp_ack, 5, 0, 10},
      {tcp_psh | tcp_ack, -5, 0, 10},
      {tcp_fin | tcp_ack, 0, 0, 0},
      {tcp_fin | tcp_ack, 10, 0, 0},
      {tcp_psh, 0, 0, 10},
  }};
  const Pair pair = w.pair();
  if (w.choices().one_in(3)) w.send(pair.client, 100);
  const std::uint32_t count = w.choices().between(1, 3);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Shape& shape = w.choices().of(shapes);
    step::Forge forge;
    forge.socket = w.choices().one_in(3) ? pair.client.name : pair.server.name;
    forge.flags = shape.flags;
    forge.seq_delta = shape.seq_delta;
    forge.ack_delta = shape.ack_delta;
    forge.length = shape.length;
    w.add(forge);
    w.look(pair.server);
  }
  w.receive(pair.server);
  w.receive(pair.server);
  w.send(pair.server, 10);
  w.settle();
  w.look(pair.client);
}

void icmp_errors(PlanWriter& w) {
  constexpr std::array<IcmpKind, 5> kinds{IcmpKind::host_unreachable, IcmpKind::port_unreachable,
                                          IcmpKind::net_unreachable, IcmpKind::packet_too_big,
                                          IcmpKind::time_exceeded};
  step::Icmp icmp;
  icmp.kind = w.choices().of(kinds);
  if (icmp.kind == IcmpKind::packet_too_big) icmp.mtu = w.choices().one_in(2) ? 1280 : 600;
  Handle socket;
  if (w.choices().one_in(2)) {
    const HostIndex host = w.a_host();
    socket = w.socket(host, Domain::inet, Type::stream);
    w.connect(socket, w.fresh_endpoint(w.other_host(host), Domain::inet));
  } else {
    socket = w.pair().client;
    w.send(socket, w.a_length(socket));
  }
  icmp.socket = socket.name;
  w.add(icmp);
  w.look(socket);
  w.so_error(socket);
  w.receive(socket);
  w.settle();
}

void reboot_of_the_peer(PlanWriter& w) {
  const Pair pair = w.pair();
  w.add(step::Reboot{pair.server.host});
  w.send(pair.client, 10);
  w.settle();
  w.look(pair.client);
  w.receive(pair.client);
}

void keepalive(PlanWriter& w) {
  const Pair pair = w.pair();
  w.settle();
  w.set(pair.client, OptionName::so_keepalive, {1});
  w.set(pair.client, OptionName::tcp_keepidle, {1});
  w.set(pair.client, OptionName::tcp_keepintvl, {1});
  w.set(pair.client, OptionName::tcp_keepcnt, {2});
  w.tick(pair.client.host, 11);
  if (w.choices().one_in(2)) w.settle();
  w.drop(pair.client.host, pair.server.host, PacketKind::ack);
  w.tick(pair.client.host, 11);
  w.drop(pair.client.host, pair.server.host, PacketKind::ack);
  w.tick(pair.client.host, 11);
  w.look(pair.client);
  w.receive(pair.client);
}

constexpr PlanRow rows[] = {
    {"lose_data", 5, lose_data},
    {"lose_acknowledgements", 3, lose_acknowledgements},
    {"lose_handshake", 3, lose_handshake},
    {"reorder", 4, reorder},
    {"zero_window", 3, zero_window},
    {"forged_segments", 4, forged_segments},
    {"retries_exhausted", 2, retries_exhausted},
    {"icmp_errors", 2, icmp_errors},
    {"reboot_of_the_peer", 1, reboot_of_the_peer},
    {"keepalive", 1, keepalive},
};

}  // namespace

std::span<const PlanRow> loss_plans() { return rows; }

}  // namespace lockstep::scenario
