// TcpModel: the TCP of one host as the oracle sees it: listeners, connections, orphans, what they
// owe. Judges every TCP call and segment. Independent of the simulated stack: sequence numbers are
// unwrapped to 64-bit offsets with arithmetic of its own.
//
// HostModel has already judged what is common to all protocols (EBADF, ENOTSOCK, bind, options,
// getsockname, descriptors) and calls in here for the rest.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/dialect.h"
#include "oracle/spec/judgement.h"
#include "oracle/spec/payload.h"
#include "oracle/spec/socket_model.h"
#include "oracle/spec/socket_ranks.h"
#include "stack/api/digest.h"
#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/port/port.h"
#include "stack/wire/packet.h"

namespace lockstep::oracle {

// What TcpModel may ask of the host it belongs to.
class HostServices {
 public:
  virtual ~HostServices() = default;
  const HostConfig& config() const { return *config_; }
  const Dialect& dialect() const { return *dialect_; }
  const PortTraits& traits() const { return *traits_; }
  virtual bool is_local(const IpAddress& address) const = 0;
  virtual SocketModel& socket(SocketId id) = 0;
  // A socket of the host that no descriptor names yet (a child of a listener).
  virtual SocketId make_child(const SocketModel& listener, const Endpoint& local) = 0;
  // The child turned out to be this listener's, and has its options.
  virtual void adopt_child(SocketId child, const SocketModel& listener) = 0;
  // Whether a port could be chosen for this socket now; both may be possible.
  virtual bool ephemeral_port_may_be_free(const SocketModel& socket) const = 0;
  virtual bool ephemeral_port_may_be_exhausted(const SocketModel& socket) const = 0;
  // Whether connect may find none: Linux passes over what bind took, whatever its address, and
  // shares what connects chose unless they have the same peer (`crowded`: some may).
  virtual bool connect_port_may_be_exhausted(const SocketModel& socket, bool crowded) const = 0;
  // Whether another holder of its port forbids this socket to listen (semantics 19, 21).
  virtual Conflict listen_conflict(const SocketModel& socket) const = 0;
  // The port was learnt (the SYN left, getsockname answered): checks the ephemeral rules.
  virtual void learn_local(SocketModel& socket, const Endpoint& local) = 0;

 protected:
  // Asked for at every event, so that no call is made for them.
  const HostConfig* config_ = nullptr;
  const Dialect* dialect_ = nullptr;
  const PortTraits* traits_ = nullptr;
};

class TcpModel {
 public:
  TcpModel(HostServices& host, Judgement& judgement);
  ~TcpModel();
  void reset();

  // A stream socket was made.
  void on_socket(SocketModel& socket);
  // listen, connect, send, sendto, recv, recvfrom, shutdown, getpeername, siocinq, siocoutq, poll
  // and getsockopt(SO_ERROR, SO_ACCEPTCONN): judges the result and follows it. `tag` names the
  // bytes of send and sendto.
  void on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
               PayloadTag tag);
  // accept: on success returns the child's id (never one already accepted); 0 when there is none,
  // which is a violation already recorded.
  SocketId on_accept(SocketModel& listener, const SyscallResult& result);
  // The last descriptor was closed.
  void on_close(SocketModel& socket);

  // A segment (or an ICMP error that quotes one) arrives at, or leaves, this host.
  // `forged`: no host ever sent this packet.
  void on_arrived(const Packet& packet, bool forged = false);
  void on_left(const Packet& packet);
  void on_tick(std::uint32_t ticks);
  void on_tick_elsewhere(std::uint32_t ticks);

  // Deadlines: what was owed within the step; what was owed by the end of a settle.
  void on_step_end();
  void on_settled();
  // Nothing is owed that a settle waits for. TIME-WAIT, probes of a closed window and FIN_WAIT_2 of
  // an open socket count as quiet.
  bool quiet() const;
  // Some connection was desynchronised by a forged segment that it may have accepted.
  bool desynchronised() const;
  bool awaits_long_timer() const;

  // Local ends held by connections beside their sockets' own (children, orphans, TIME-WAIT).
  void add_holders(std::vector<PortHolder>& out) const;

  // A line for a person: state and variables of the socket's connection.
  std::string describe(SocketId socket) const;

  // Of Oracle, for TCP alone. note_sockets: those that its connections name.
  void copy_world(const TcpModel& other);
  void note_sockets(SocketRanks& ranks) const;
  void digest(Digest& out, const SocketRanks& ranks) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace lockstep::oracle
