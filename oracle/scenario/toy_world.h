// A toy of a world for tests of choosers: it binds names, follows phases and puts a packet in
// flight for each send and connect, so that every sort of step finds its operands. It knows no
// protocol. Test code alone.
#pragma once

#include <algorithm>
#include <vector>

#include "oracle/scenario/situation.h"

namespace lockstep::scenario {

class ToyWorld {
 public:
  ToyWorld(const std::vector<HostLine>& hosts, FeatureSet features) {
    situation_.hosts = hosts;
    situation_.features.assign(hosts.size(), features);
    situation_.flight = &flight_;
  }
  ToyWorld(const ToyWorld&) = delete;
  ToyWorld& operator=(const ToyWorld&) = delete;

  const Situation& situation() const { return situation_; }

  void apply(const Step& step) {
    situation_.next_label = step.label + 1;
    ordinal_ = 0;
    std::visit([&](const auto& action) { follow(step.label, action); }, step.action);
  }

 private:
  OpenSocket* find(SocketName name) {
    for (OpenSocket& socket : situation_.sockets) {
      if (socket.name == name) return &socket;
    }
    return nullptr;
  }

  void leave(Label label, HostIndex from, TcpFlags flags) {
    const auto to = static_cast<HostIndex>((from + 1u) % situation_.hosts.size());
    Packet packet;
    TcpSegment segment;
    segment.flags = flags;
    packet.body = segment;
    flight_.add(packet, from, to, label, ordinal_++);
  }

  void add_socket(SocketName name, OpenSocket socket) {
    socket.name = name;
    situation_.sockets.push_back(socket);
    situation_.next_name = std::max<std::uint16_t>(situation_.next_name, name.index + 1u);
  }

  void follow_made(const step::Call& call) {
    OpenSocket made;
    made.domain = call.domain;
    made.type = call.type;
    if (const OpenSocket* source = find(call.socket)) made = *source;
    made.host = call.host;
    if (call.call == lockstep::Call::accept) made.phase = Phase::connected;
    add_socket(call.result, made);
  }

  void follow(Label label, const step::Call& call) {
    if (!call.result.none()) return follow_made(call);
    OpenSocket* socket = find(call.socket);
    if (socket == nullptr || socket->phase == Phase::closed) return;
    const auto* endpoint = std::get_if<Endpoint>(&call.address.literal);
    if (call.call == lockstep::Call::bind && endpoint != nullptr) {
      socket->local = *endpoint;
      socket->phase = Phase::bound;
    } else if (call.call == lockstep::Call::listen) {
      socket->phase = Phase::listening;
      socket->pending = 1;
    } else if (call.call == lockstep::Call::connect && endpoint != nullptr) {
      socket->phase = Phase::connected;
      socket->peer = *endpoint;
      leave(label, call.host, tcp_syn);
    } else if (call.call == lockstep::Call::send) {
      socket->unread += call.length;
      leave(label, call.host, tcp_ack);
    } else if (call.call == lockstep::Call::close) {
      socket->phase = Phase::closed;
      leave(label, call.host, tcp_fin | tcp_ack);
    }
  }
  void follow(Label, const step::Settle&) { flight_.clear(); }
  void follow(Label, const step::Partition& step) {
    situation_.partitions.emplace_back(step.a, step.b);
  }
  void follow(Label, const step::Heal&) { situation_.partitions.clear(); }
  void follow(Label, const auto&) {}

  Flight flight_;
  Situation situation_;
  std::uint32_t ordinal_ = 0;
};

}  // namespace lockstep::scenario
