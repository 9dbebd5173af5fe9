// HostModel: one host as the oracle sees it: descriptors, sockets with their names and options, who
// holds which port. Judges what is common to all protocols and hands the rest to TcpModel and
// UdpModel. AF_UNIX sockets are followed as descriptors alone.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "oracle/spec/bind_rules.h"
#include "oracle/spec/host_state.h"
#include "oracle/spec/local_model.h"
#include "oracle/spec/options_rules.h"
#include "oracle/spec/outcomes.h"
#include "oracle/spec/socket_ranks.h"
#include "oracle/spec/tcp_model.h"
#include "oracle/spec/udp_model.h"

namespace lockstep::oracle {

// Its own values are those of HostState, so that they can be listed.
class HostModel final : public UdpHost, private HostState {
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
  // Of Oracle, for this host.
  void copy_world(const HostModel& other);
  void digest(Digest& out) const;

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
  // Which ports of the ephemeral range are held against a newcomer.
  struct Range {
    bool may_be_free = true;
    bool may_be_exhausted = false;
  };

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
  // host_value.cc
  void rank_sockets() const;
  std::uint32_t rank_of_taking(const Entry& e) const;
  void digest_entry(Digest& out, const Entry& e) const;
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

  Judgement* judgement_;
  OptionRules option_rules_;
  TcpModel tcp_;
  UdpModel udp_;
  LocalModel local_;

  mutable std::vector<PortHolder> tcp_holders_;  // Scratch.
  mutable SocketRanks ranks_;                    // Scratch of a digest.
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
