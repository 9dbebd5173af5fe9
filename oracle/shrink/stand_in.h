// For tests of the shrinker: a defect that a scenario shows or not, told without a stack.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/shrink/shrink.h"

namespace lockstep::shrink {

inline Scenario parsed(std::string_view text) {
  auto result = scenario::parse(text, "test");
  EXPECT_TRUE(result.has_value()) << (result ? "" : to_string(result.error()));
  return result.value_or(Scenario());
}

inline const scenario::step::Call* call_of(const scenario::Step& step, Call call) {
  const auto* made = std::get_if<scenario::step::Call>(&step.action);
  return made != nullptr && made->call == call ? made : nullptr;
}

// A stand-in for a stack: follows just enough to say that a server which closes its end of a
// connection between two hosts, after at least `bytes` bytes of the client were settled and not
// read, misbehaves.
inline std::string unread_close_fails(const Scenario& scenario, std::uint32_t bytes = 1) {
  struct Socket {
    bool open = false;
    scenario::HostIndex host = 0;
    bool listening = false;
    std::uint16_t port = 0;
    scenario::SocketName peer;
    std::uint32_t unread = 0;
    std::uint32_t on_the_way = 0;
  };
  std::vector<Socket> sockets(scenario.socket_names.size());
  std::vector<std::pair<scenario::SocketName, scenario::SocketName>>
      syns;  // Connector and listener.
  std::vector<std::pair<scenario::SocketName, scenario::SocketName>>
      queue;  // The same, once settled.
  for (const scenario::Step& step : scenario.steps) {
    const auto* call = std::get_if<scenario::step::Call>(&step.action);
    if (call != nullptr && call->call == Call::socket && !call->result.none()) {
      sockets[call->result.index].open = true;
      sockets[call->result.index].host = call->host;
    }
    if (call != nullptr && !call->socket.none() && !sockets[call->socket.index].open) continue;
    if (std::holds_alternative<scenario::step::Settle>(step.action)) {
      queue.insert(queue.end(), syns.begin(), syns.end());
      syns.clear();
      for (Socket& socket : sockets) {
        socket.unread += std::exchange(socket.on_the_way, 0);
      }
    }
    if (const auto* bind = call_of(step, Call::bind)) {
      const auto* endpoint = std::get_if<Endpoint>(&bind->address.literal);
      if (endpoint != nullptr && !bind->socket.none()) {
        sockets[bind->socket.index].port = endpoint->port;
      }
    } else if (const auto* listen = call_of(step, Call::listen)) {
      sockets[listen->socket.index].listening = true;
    } else if (const auto* connect = call_of(step, Call::connect)) {
      const auto* endpoint = std::get_if<Endpoint>(&connect->address.literal);
      for (std::size_t i = 0; i < sockets.size(); ++i) {
        const scenario::SocketName name{static_cast<std::uint16_t>(i)};
        const bool named = connect->address.kind == scenario::AddressOperand::Kind::local_of &&
                           connect->address.socket == name;
        const bool addressed =
            endpoint != nullptr && sockets[i].port != 0 && sockets[i].port == endpoint->port;
        const bool across = sockets[i].host != connect->host;
        const bool fresh = !sockets[connect->socket.index].listening;
        if (sockets[i].listening && across && fresh && (named || addressed))
          syns.emplace_back(connect->socket, name);
      }
    } else if (const auto* accept = call_of(step, Call::accept)) {
      const auto found = std::ranges::find(
          queue, accept->socket, &std::pair<scenario::SocketName, scenario::SocketName>::second);
      if (found == queue.end() || accept->result.none()) continue;
      sockets[accept->result.index].open = true;
      sockets[accept->result.index].peer = found->first;
      sockets[found->first.index].peer = accept->result;
      queue.erase(found);
    } else if (const auto* send = call_of(step, Call::send)) {
      const scenario::SocketName peer = sockets[send->socket.index].peer;
      if (!peer.none()) sockets[peer.index].on_the_way += send->length;
    } else if (const auto* recv = call_of(step, Call::recv)) {
      std::uint32_t& unread = sockets[recv->socket.index].unread;
      unread -= std::min(unread, recv->length);
    } else if (const auto* close = call_of(step, Call::close)) {
      if (sockets[close->socket.index].unread >= bytes) return "tcp.close.unread_sends_rst";
    }
  }
  return "allowed";
}

}  // namespace lockstep::shrink
