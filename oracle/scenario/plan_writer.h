// PlanWriter: the verbs in which plans are written. Internal to oracle/scenario.
#pragma once

#include "oracle/scenario/choices.h"
#include "oracle/scenario/plan.h"
#include "oracle/scenario/situation.h"

namespace lockstep::scenario {

// The two ends of a TCP connection.
struct Pair {
  Handle client;
  Handle server;
};

class PlanWriter {
 public:
  // Requires: the situation has a host.
  PlanWriter(Plan& plan, Choices& choices, const Situation& situation)
      : plan_(plan), choices_(choices), situation_(situation) {}

  Choices& choices() { return choices_; }
  const Situation& situation() const { return situation_; }

  HostIndex a_host();
  // Mostly another one than `host`.
  HostIndex other_host(HostIndex host);
  // The family that both hosts have; mostly IPv4.
  Domain a_domain(HostIndex a, HostIndex b);
  // An address of the host with a port that no earlier plan took.
  Endpoint fresh_endpoint(HostIndex host, Domain domain);

  Handle socket(HostIndex host, Domain domain, Type type);
  void bind(Handle socket, const SocketAddress& address);
  void listen(Handle socket, std::int32_t backlog);
  Handle accept(Handle listener);
  void connect(Handle socket, const SocketAddress& address);
  void connect_to(Handle socket, Handle target);
  void send(Handle socket, std::uint32_t length, MsgFlags flags = 0);
  void send_to(Handle socket, std::uint32_t length, const SocketAddress& address);
  void receive(Handle socket, std::uint32_t room = 65'536, MsgFlags flags = 0);
  void receive_from(Handle socket, std::uint32_t room = 65'536);
  void shutdown(Handle socket, ShutdownHow how);
  void close(Handle socket);
  Handle dup(Handle socket);
  void set(Handle socket, OptionName option, OptionValue value);
  void get(Handle socket, OptionName option);
  void so_error(Handle socket) { get(socket, OptionName::so_error); }
  void poll(Handle socket);
  void names(Handle socket);
  // Looks at the socket, one time in two: poll, SO_ERROR, names or queues.
  void look(Handle socket);

  void settle() { plan_.add(step::Settle{}); }
  void tick(HostIndex host, std::uint32_t ticks) { plan_.add(step::Tick{host, ticks}); }
  void deliver(HostIndex from, HostIndex to, PacketKind kind);
  void drop(HostIndex from, HostIndex to, PacketKind kind);
  void hold(HostIndex from, HostIndex to, PacketKind kind);
  void duplicate(HostIndex from, HostIndex to, PacketKind kind);
  void add(Action action) { plan_.add(std::move(action)); }

  // A listener at a fresh endpoint.
  Handle listener(HostIndex host, Domain domain, std::int32_t backlog);
  // A new connection, accepted.
  Pair connection();
  // A connection that is there, or a new one.
  Pair pair();
  // Sends from one end, delivers and mostly reads at the other.
  void transfer(Handle from, Handle to, std::uint32_t length);
  // A length around what matters for the host: small, segments, buffers.
  std::uint32_t a_length(Handle socket);

 private:
  step::Call call(Handle socket, lockstep::Call call) const;

  Plan& plan_;
  Choices& choices_;
  const Situation& situation_;
  std::uint16_t ports_used_ = 0;
};

}  // namespace lockstep::scenario
