// HostModel: one host as the oracle sees it: descriptors, sockets with their names and options, who
// holds which port. Judges what is common to all protocols and hands the rest to TcpModel and
// UdpModel. AF_UNIX sockets are followed as descriptors alone.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/local_model.h"
#include "oracle/spec/options_rules.h"
#include "oracle/spec/outcomes.h"
#include "oracle/spec/tcp_model.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {

class HostModel final : public UdpHost {
 public:
  HostModel(const Dialect& dialect, Judgement& judgement);

  // Makes the host as new. Both outlive the world.
  void start(const HostConfig& config, const PortTraits& traits);
  void on_call(const Syscall& call, const SyscallResult& result, PayloadTag tag);
  void on_left(const Packet& packet);
  void on_arrived(const Packet& packet, bool forged);
  void on_tick(std::uint32_t ticks);
  void on_tick_elsewhere(std::uint32_t ticks) { tcp_.on_tick_elsewhere(ticks); }
  void on_dropped() { udp_.on_dropped(); }
  void on_reboot();
  // Whether on_step_end() has anything to look at: with an exact clock nothing happens on a host
  // that nothing happened to.
  bool is_busy() const { return touched_ || traits_->clock != PortClock::exact; }
  void on_step_end();
  void on_settled() { tcp_.on_settled(); }
  bool quiet() const { return tcp_.quiet(); }
  bool desynchronised() const { return tcp_.desynchronised(); }
  bool awaits_long_timer() const { return tcp_.awaits_long_timer(); }
  std::string describe() const;

  // HostServices
  bool is_local(const IpAddress& address) const override;
  SocketModel& socket(SocketId id) override { return entry(id).model; }
  SocketId make_child(const SocketModel& listener, const Endpoint& local) override;
  void adopt_child(SocketId child, const SocketModel& listener) override;
  bool ephemeral_port_may_be_free(const SocketModel& socket) const override;
  bool ephemeral_port_may_be_exhausted(const SocketModel& socket) const override;
  bool connect_port_may_be_exhausted(const SocketModel& socket, bool crowded) const override;
  Conflict listen_conflict(const SocketModel& socket) const override;
  void learn_local(SocketModel& socket, const Endpoint& local) override;
  // UdpHost
  const SocketOptions& options(SocketId id) const override { return entry(id).options; }

 private:
  struct Entry {
    SocketModel model;
    SocketOptions options;
    SocketId parent = 0;          // The listener whose child it is.
    bool of_wildcard = false;     // A child whose listener's address bind() did not name.
    bool maybe_wildcard = false;  // A local address that connect chose may be given back.
    bool listening = false;
    bool disconnected = false;  // connect(AF_UNSPEC) succeeded once.
    bool holds = false;         // It is in holders_.
    bool by_bind = false;       // bind or listen took its port, not connect, which may share one.
    // The flag was on at some time since the socket took its port.
    bool had_reuse_address = false;
    bool had_reuse_port = false;
    std::uint32_t taken_at = 0;  // When it took its port, in the order of such events.
  };
  struct OpenDescriptor {
    std::int32_t number = -1;
    SocketId socket = 0;
  };
  // Which ports of the ephemeral range are held against a newcomer.
  struct Range {
    bool may_be_free = true;
    bool may_be_exhausted = false;
  };

  Entry& entry(SocketId id) { return (*chunks_[(id - 1) / chunk_size])[(id - 1) % chunk_size]; }
  const Entry& entry(SocketId id) const {
    return (*chunks_[(id - 1) / chunk_size])[(id - 1) % chunk_size];
  }
  Entry& make_entry(Domain domain, Type type);
  SocketId find(Fd fd) const;
  void open_descriptor(std::int64_t number, SocketId socket);
  void forget_descriptor(Fd fd);

  // host_model.cc
  void on_open_call(Entry& e, const Syscall& call, const SyscallResult& result, PayloadTag tag);
  void on_stream_call(Entry& e, const Syscall& call, const SyscallResult& result, PayloadTag tag);
  void on_closed_call(const Syscall& call, const SyscallResult& result);
  void on_socket(const Syscall& call, const SyscallResult& result);
  static void note_address_may_be_dropped(Entry& e);
  void on_close(Entry& e, const Syscall& call, const SyscallResult& result);
  bool on_full_table(const SyscallResult& result);
  void on_accept(Entry& e, const Syscall& call, const SyscallResult& result);
  void on_poll(const Entry& e, const Syscall& call, const SyscallResult& result);
  void on_option(Entry& e, const Syscall& call, const SyscallResult& result, PayloadTag tag);
  void follow_stream_call(Entry& e, const Syscall& call, const SyscallResult& result);
  // host_local.cc
  void on_local_call(Entry& e, const Syscall& call, const SyscallResult& result, PayloadTag tag);
  // host_names.cc, and host_ports.cc for what HostServices says of ports
  void on_bind(Entry& e, const Syscall& call, const SyscallResult& result);
  bool judge_bind_address(Outcomes& outcomes, const Entry& e, const SocketAddress& address,
                          Endpoint& local) const;
  void judge_conflicts(Outcomes& outcomes, const Entry& e, const Endpoint& local) const;
  void follow_bind(Entry& e, const Endpoint& local);
  void on_getsockname(Entry& e, const SyscallResult& result);
  void judge_name(Entry& e, const Endpoint& seen);
  bool is_ephemeral(std::uint16_t port) const;
  void judge_not_held(const Entry& e, const Endpoint& local);
  void judge_shared_by_connect(const Entry& e, const Endpoint& local);
  PortHolder holder_of(const Entry& e) const;
  PortHolder newcomer_of(const SocketModel& socket, const Endpoint& local) const;
  Range range_for(const PortHolder& newcomer) const;
  void note_holder(Entry& e);
  // Calls visit(const PortHolder&) for every holder of the newcomer's protocol but itself.
  template <typename Visit>
  void for_each_holder(const PortHolder& newcomer, Visit&& visit) const;
  void note_port_taken(Entry& e);

  static constexpr std::size_t chunk_size = 32;
  static constexpr std::size_t direct_numbers = 1 << 16;

  Judgement* judgement_;
  OptionRules option_rules_;
  TcpModel tcp_;
  UdpModel udp_;
  LocalModel local_;
  // Entries never move, since TcpModel keeps references across make_child.
  std::vector<std::unique_ptr<std::array<Entry, chunk_size>>> chunks_;
  SocketId last_id_ = 0;
  std::vector<SocketId> by_number_;  // Descriptor numbers below direct_numbers.
  std::vector<OpenDescriptor> far_;  // The others.
  std::uint32_t open_count_ = 0;
  bool touched_ = false;       // Something happened in this step.
  std::uint32_t looping_ = 0;  // Packets with a loopback address that left and did not arrive.
  std::uint32_t last_taken_ = 0;
  std::vector<SocketId> holders_;  // Sockets that may hold a port and have a descriptor.
  mutable std::vector<PortHolder> tcp_holders_;  // Scratch.
};

template <typename Visit>
void HostModel::for_each_holder(const PortHolder& newcomer, Visit&& visit) const {
  for (SocketId id : holders_) {
    const Entry& e = entry(id);
    if (id == newcomer.socket || e.model.type != newcomer.type) continue;
    if (e.model.bound || e.model.maybe_bound) visit(holder_of(e), false);
  }
  if (newcomer.type != Type::stream) return;
  tcp_holders_.clear();
  tcp_.add_holders(tcp_holders_);
  for (const PortHolder& holder : tcp_holders_) {
    if (holder.socket != newcomer.socket) visit(holder, true);
  }
}

}  // namespace lockstep::oracle
