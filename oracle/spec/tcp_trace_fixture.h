// TcpTrace: hand-made observations of the TCP of one host, 10.0.0.1, for tests of rules. Every
// call, arrival and tick begins a step; what leaves belongs to the step before it. Sequence and
// acknowledgment numbers are offsets from the initial ones: 0 is the SYN, 1 the first byte.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/spec/tcp_model.h"

namespace lockstep::oracle {

class TcpTrace : public HostServices {
 public:
  TcpTrace();

  // HostServices
  bool is_local(const IpAddress& address) const override;
  SocketModel& socket(SocketId id) override;
  SocketId make_child(const SocketModel& listener, const Endpoint& local) override;
  void adopt_child(SocketId child, const SocketModel& listener) override;
  bool ephemeral_port_may_be_free(const SocketModel&) const override { return ports_free; }
  bool ephemeral_port_may_be_exhausted(const SocketModel&) const override {
    return ports_exhausted;
  }
  bool connect_port_may_be_exhausted(const SocketModel&, bool) const override {
    return ports_exhausted;
  }
  Conflict listen_conflict(const SocketModel&) const override {
    return conflicts ? Conflict::yes : Conflict::no;
  }
  void learn_local(SocketModel& socket, const Endpoint& local) override;

  HostConfig& settings() { return own_config_; }
  // linux until then. It outlives the trace.
  void hold_to(const Dialect& dialect) { dialect_ = &dialect; }
  bool ports_free = true;
  bool ports_exhausted = false;
  bool conflicts = false;

  // Calls. A descriptor is the number of its socket.
  void open(int fd);
  void bind(int fd, std::uint16_t port);
  void listen(int fd, int backlog = 8, Errno error = Errno::ok);
  void accept(int fd, int child, std::uint16_t peer_port = 9000, Errno error = Errno::ok);
  void connect(int fd, std::string_view to = "10.0.0.2:80", Errno error = Errno::einprogress);
  void disconnect(int fd, Errno error = Errno::ok);
  void send(int fd, int size, std::int64_t taken, Errno error = Errno::ok);
  void sendto(int fd, std::string_view to, int size, Errno error = Errno::ok);
  void send_urgent(int fd, int size);
  // recv with MSG_OOB and room for a byte: the byte that the peer sent at `offset`, from 1 on.
  void recv_urgent(int fd, std::int64_t offset, MsgFlags flags = 0);
  void recv_urgent_fails(int fd, Errno error);  // Errno::ok: answers 0.
  // The peer's next bytes were not read by recv, but left out or read with MSG_OOB.
  void skip(int fd, int count) { read_[static_cast<std::size_t>(fd)] += std::uint64_t(count); }
  void recv(int fd, int room, int got, MsgFlags flags = 0);  // The peer's next bytes.
  void recv_other(int fd, int room, int got);                // Others.
  void recv_fails(int fd, Errno error, int room = 100);
  void shutdown(int fd, ShutdownHow how, Errno error = Errno::ok);
  void close(int fd);
  void peer(int fd, std::string_view name, Errno error = Errno::ok);
  void so_error(int fd, Errno error);
  void accepting(int fd, int value);
  void poll(int fd, PollEvents seen, PollEvents asked = 0x7f | poll_rdhup);
  void inq(int fd, std::int64_t value, Errno error = Errno::ok);
  void outq(int fd, std::int64_t value);

  // The wire. Flags: any of S A F R P U. Ends: of the connection at hand; see `ends`.
  struct Segment {
    std::string_view flags;
    std::int64_t seq = 0;
    std::int64_t ack = 0;
    int length = 0;
    int window = 60000;
    std::optional<std::uint16_t> mss = {};
    bool timestamps = false;
    std::uint16_t urgent = 0;
  };
  void in(const Segment& segment);
  void forged(const Segment& segment);
  void out(const Segment& segment);
  void out_other_bytes(const Segment& segment);
  // An ICMP error about what left last.
  void icmp(IcmpKind kind, std::uint32_t mtu = 0);
  void tick(std::uint32_t ticks);
  void settled();
  // Whose segments follow: the local port and the peer's.
  void ends(std::uint16_t local, std::uint16_t peer) {
    local_port_ = local;
    peer_port_ = peer;
  }

  // The peer is this host, and so has its numbers.
  void loop() { loops_ = true; }

  // Descriptor 3 listens at port 80, 4 is accepted from it (peer port 9000).
  void server();
  // Descriptor 4 is connected from port 50000 to 10.0.0.2:80.
  void client();
  // As client, and both sides have closed in this order.
  void close_both();

  std::optional<Rule> broken();
  std::uint32_t applied(Rule rule) const {
    return judgement_.applied()[static_cast<std::size_t>(rule)];
  }
  std::string text() const;
  TcpModel& model() { return model_; }
  Judgement& judgement() { return judgement_; }

 private:
  void begin_step();
  void call(int fd, Syscall call, const SyscallResult& result);
  Packet packet(const Segment& segment, bool incoming, std::uint32_t key);

  HostConfig own_config_;
  PortTraits own_traits_;
  Judgement judgement_;
  std::deque<SocketModel> sockets_;  // By id.
  std::vector<SocketId> by_fd_;
  TcpModel model_;
  std::uint16_t local_port_ = 80;
  std::uint16_t peer_port_ = 9000;
  std::vector<std::uint64_t> sent_;
  std::vector<std::uint64_t> read_;
  bool in_step_ = false;
  bool loops_ = false;
  Packet last_left_;
};

struct TcpRuleCase {
  Rule rule;
  void (*kept)(TcpTrace&);
  void (*broken)(TcpTrace&);  // nullptr for a rule that names a choice.
};

// Runs every case: its rule is applied and nothing broken; then that rule alone is broken.
void check_tcp_rule_cases(std::span<const TcpRuleCase> cases);

}  // namespace lockstep::oracle
