// UdpModel: the UDP of one host as the oracle sees it: what waits in each socket, which errors are
// pending, which datagrams and ICMP errors must leave within the step. Sources: RFC 768, RFC 1122
// 4.1, udp(7), ip(7). HostModel has judged what is common to all protocols.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "oracle/spec/options_rules.h"
#include "oracle/spec/outcomes.h"
#include "oracle/spec/pending_error.h"
#include "oracle/spec/tcp_model.h"
#include "oracle/spec/udp_queue.h"
#include "stack/wire/quote.h"

namespace lockstep::oracle {

// What UdpModel may ask of the host beside what TcpModel may.
class UdpHost : public HostServices {
 public:
  virtual const SocketOptions& options(SocketId id) const = 0;
};

class UdpModel {
 public:
  UdpModel(UdpHost& host, Judgement& judgement) : host_(&host), judgement_(&judgement) {}
  void reset();

  void on_socket(const SocketModel& socket);
  // The socket's local address or port changed: where it stands among sockets that share them.
  void on_bound(const SocketModel& socket);
  // connect, send, sendto, recv, recvfrom, shutdown, getpeername, poll, siocinq, siocoutq, listen,
  // accept and getsockopt(SO_ERROR, SO_ACCEPTCONN).
  void on_call(SocketModel& socket, const Syscall& call, const SyscallResult& result,
               PayloadTag tag);
  void on_close(const SocketModel& socket);

  // Packets that carry UDP, and ICMP errors that quote UDP (any ICMP may be passed).
  void on_arrived(const Packet& packet);
  void on_left(const Packet& packet);
  // Something arrived whose checksum is wrong.
  void on_dropped();
  void on_step_end();

  bool is_connected(const SocketModel& socket) const { return state(socket).connected; }
  // Connected from a wildcard address: the stack chose one that was not seen yet.
  bool source_unseen(const SocketModel& socket) const {
    const Socket& s = state(socket);
    return s.connected && (socket.local.ip.is_unspecified() ||
                           (socket.domain == Domain::inet6 && s.had_v4_source));
  }
  std::string describe(SocketId socket) const;

  // Of Oracle, for UDP alone.
  void copy_world(const UdpModel& other);
  void digest(Digest& out, const SocketRanks& ranks) const;

 private:
  struct Socket {
    SocketId id = 0;
    bool open = false;
    bool connected = false;
    bool misdirected = false;  // Sends without an address may go astray (dialect).
    bool read_shut = false;
    bool write_shut = false;
    bool error_queue = false;    // IP_RECVERR may keep ERR up for ever.
    bool maybe_damaged = false;  // A damaged datagram may wait to be dropped (dialect).
    bool peer_unsure = false;    // The peer may be another family's loopback (had_v4_source).
    bool had_v4_source = false;  // An IPv6 socket that was connected to an IPv4 peer.
    bool order_known = true;     // on_bound tells where it stands among its equals.
    std::uint32_t order = 0;
    Endpoint peer;
    // Of an IPv6 socket that connect(AF_UNSPEC) disconnected, where the dialect keeps it.
    std::optional<IpAddress> former_peer;
    PendingError error;
    DatagramQueue queue;
    std::uint64_t bytes_taken = 0;  // Of all datagrams that were received.
  };

  // A datagram that a successful send owes within this step.
  struct Owed {
    SocketId socket = 0;
    Endpoint source;  // Wildcard: any address of the host. Port 0: not known.
    Endpoint destination;
    PayloadTag tag;
    std::uint32_t size = 0;
    std::uint8_t left = 0;  // How often it was seen.
    std::uint8_t most = 1;  // 2 for a broadcast, which may come back to the host too.
    bool optional = false;
    bool any_destination = false;
  };

  // A port unreachable that an arrival owes within this step.
  struct OwedIcmp {
    IpAddress source;
    IpAddress destination;
    FourTuple quoted;  // As the offending sender sees it.
    bool optional = false;
    bool left = false;
  };

  struct Target {
    Endpoint to;
    bool local = false;
    bool broadcast = false;
    bool maybe_broadcast = false;
    bool multicast = false;
    bool unsure = false;    // Where it goes cannot be told.
    bool reachable = true;  // The host has an address of the family.
  };

  struct Candidate {
    std::size_t slot = 0;
    int score = 0;
    bool sure = false;
  };

  struct PathMtu {
    IpAddress destination;
    std::uint32_t mtu = 0;
  };

  Socket& state(const SocketModel& socket) { return sockets_[slot_by_id_[socket.id] - 1]; }
  const Socket& state(const SocketModel& socket) const {
    return sockets_[slot_by_id_[socket.id] - 1];
  }
  const Socket* find(SocketId id) const;
  // udp_value.cc
  void digest_socket(Digest& out, const Socket& s) const;
  static void digest_owed(Digest& out, const Owed& due, const SocketRanks& ranks);
  // udp_model.cc
  void visit(const SocketModel& socket, Call call) const;
  void on_connect(SocketModel& socket, const Syscall& call, const SyscallResult& result);
  void on_disconnect(SocketModel& socket);
  void follow_connect(SocketModel& socket, const Target& target);
  void on_getpeername(const SocketModel& socket, const SyscallResult& result);
  void on_shutdown(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  void on_poll(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  void on_getsockopt(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  void on_queue_size(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  // udp_send.cc
  Target resolve(const SocketModel& socket, const Endpoint& to) const;
  void judge_route(Outcomes& outcomes, const SocketModel& socket, const Target& target) const;
  void judge_family(Outcomes& outcomes, const SocketModel& socket, const SocketAddress& to) const;
  // Whether a datagram from this loopback address may leave the host.
  bool may_leave_home(const IpAddress& source) const;
  void judge_autobind(Outcomes& outcomes, const SocketModel& socket) const;
  void judge_size(Outcomes& outcomes, const SocketModel& socket, const Target* target,
                  std::size_t size) const;
  bool may_fragment(const SocketModel& socket) const;
  void follow_autobind(SocketModel& socket, const SyscallResult& result);
  IpAddress route_source(const IpAddress& to) const;
  void on_send(SocketModel& socket, const Syscall& call, const SyscallResult& result,
               PayloadTag tag);
  void judge_send(Outcomes& outcomes, const SocketModel& socket, const Syscall& call,
                  const Target* target) const;
  void owe(const SocketModel& socket, const Target& target, const Syscall& call, PayloadTag tag);
  // udp_receive.cc
  void on_receive(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  void on_receive_error(const SocketModel& socket, Errno error);
  void take(const SocketModel& socket, std::size_t index, const Syscall& call,
            const SyscallResult& result);
  void blame_receive(const SocketModel& socket, const Syscall& call, const SyscallResult& result);
  std::optional<Rule> owner_rule(const Socket& socket, const Syscall& call,
                                 const SyscallResult& result) const;
  // udp_wire.cc
  void arrive(const Endpoint& source, const Endpoint& destination, const Slice& payload,
              std::optional<std::size_t> hidden_sender, bool sure);
  void gather(const Endpoint& source, const Endpoint& destination);
  bool may_be_asked_first(const Candidate& c, const Candidate& best) const;
  bool only_best(std::size_t& best) const;
  void enqueue(std::size_t slot, const Endpoint& source, const Endpoint& destination,
               const Slice& payload, bool sure, Demux choice);
  void arrive_at_many(const Endpoint& source, const Endpoint& destination, const Slice& payload,
                      bool sure);
  void refuse(const Endpoint& source, const Endpoint& destination,
              std::optional<std::size_t> hidden_sender, bool optional);
  void on_icmp_arrived(const Packet& packet, const IcmpMessage& icmp);
  void on_icmp_left(const Packet& packet, const IcmpMessage& icmp);
  void on_datagram_left(const Packet& packet, const UdpDatagram& datagram);

  UdpHost* host_;
  Judgement* judgement_;
  std::vector<Socket> sockets_;  // Slots; those past used_ are kept for their capacity.
  std::size_t used_ = 0;
  std::vector<std::uint32_t> slot_by_id_;  // Slot + 1; 0 for ids of other protocols.
  std::vector<Owed> owed_;
  std::vector<OwedIcmp> owed_icmp_;
  std::vector<PathMtu> path_mtus_;
  std::vector<Candidate> candidates_;  // Scratch of one arrival.
  bool outdone_ = false;               // One of them outdid others.
  std::uint32_t next_order_ = 0;
};

}  // namespace lockstep::oracle
