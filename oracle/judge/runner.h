// Runner: applies steps to a world of ports, one after the other, shows the oracle everything that
// happens, and says whether it is allowed. All that search for counterexamples use this one.
//
// The runner owns the wire between the hosts: a packet that leaves a host is in flight until a step
// delivers, drops or loses it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "oracle/judge/shown.h"
#include "oracle/judge/trace.h"
#include "oracle/judge/verdict.h"
#include "oracle/judge/witness.h"
#include "oracle/scenario/situation.h"
#include "oracle/scenario/step.h"
#include "stack/port/port.h"
#include "stack/wire/flight.h"

namespace lockstep::judge {

// Makes the port of a host; called once a host and then reused for every run.
using PortFactory = std::function<std::unique_ptr<Port>(scenario::HostIndex)>;

// Whether a step did anything at all. A step is a no-op when the name or packet it acts on is not
// there.
enum class Effect : std::uint8_t { none, some };

// What happened on the wire of a run, for measuring generators.
struct Facts {
  bool stream_socket = false;  // Some TCP socket was made.
  bool data_arrived = false;   // A TCP segment with payload arrived.
  bool retransmitted = false;  // A segment left with numbers that had left before.
  bool cut_short = false;      // Patience ended a settle.
};

// The bounds of one settle.
inline constexpr std::uint32_t settle_rounds_max = 256;
// Packets without payload: bytes run out by themselves, acknowledgments of acknowledgments do not.
// Beyond them, each packet with bytes that a send accepted may have two.
inline constexpr std::uint32_t settle_packets_max = 4096;

// How long a step may wait for timers of ports with an elapsing clock, where waiting is real. A
// settle that is cut short judges nothing that is owed by its end.
struct Patience {
  std::uint32_t tick_most = 0xffff'ffff;  // Longer tick steps are cut.
  std::uint32_t settle_rounds = settle_rounds_max;
};

// Two retransmissions of a default host fit into a settle.
inline constexpr Patience hurried{.tick_most = 6, .settle_rounds = 12};

class Runner {
 public:
  Runner(PortFactory factory, const oracle::Dialect& dialect);
  ~Runner();

  // What the ports can do: those of the first host's, whose port is made if need be.
  FeatureSet features();

  // The port of a host, made if need be. Requires: those of the hosts before it are made.
  Port& port_of(std::size_t host);

  // Starts a new world. The lines must outlive the run. Requires: 1 to 8 hosts.
  void start(std::span<const scenario::HostLine> hosts);

  // Every packet goes through its encoded bytes instead of as a value. Kept across start().
  void set_byte_path(bool on) { byte_path_ = on; }
  // Kept across start().
  void set_patience(const Patience& patience) { patience_ = patience; }
  // Events are appended there from the next step on; nullptr for none. Kept across start().
  void set_trace(Trace* trace) { trace_ = trace; }
  // What the oracle is shown is kept there from the next start() on; nullptr for none.
  void set_recording(Recording* recording) { witness_.set_recording(recording); }
  // How many packets of the past `replay` steps may name. Empties the wire.
  void set_archive(std::size_t packets) { flight_ = Flight(packets); }
  // Whether `expect` steps may come: what left since the last other step is kept for them.
  void set_keeps_recent(bool on) { keeps_recent_ = on; }
  // Whose names traces print; without it hosts and sockets have numbers. Kept across start().
  void set_names(const scenario::Scenario* scenario) { names_ = scenario; }

  // Applies one step and judges what happened. Does nothing once the verdict is not `allowed`.
  Effect apply(const scenario::Step& step);

  // Takes over the world of another runner with the same factory and dialect; counts, and what is
  // kept across start(), stay. False: its ports cannot be copied.
  bool copy_from(const Runner& other);
  // Appends everything that decides what can happen from now on, but for what steps say of packets
  // of the past (replay) and for the labels of packets in flight. False: the ports cannot.
  bool digest(Digest& out) const;
  // The same without the oracle: what the stacks, the wire and the names can do from now on.
  bool digest_stacks(Digest& out) const;

  bool stopped() const { return verdict_.outcome != Outcome::allowed; }
  const Verdict& verdict() const { return verdict_; }
  const scenario::Situation& situation() const { return situation_; }
  const Facts& facts() const { return facts_; }
  oracle::Oracle& oracle() { return witness_.oracle(); }
  const oracle::Oracle& oracle() const { return witness_.oracle(); }
  // The last step applied, with its packet named by the step that caused it.
  const scenario::Step& resolved_step() const { return resolved_; }
  Port& port(scenario::HostIndex host) { return *hosts_[host].port; }
  const Port& port(scenario::HostIndex host) const { return *hosts_[host].port; }
  // What the last step's call answered; error `ok` and value 0 when it was none.
  struct Answer {
    Errno error = Errno::ok;
    std::int64_t value = 0;  // Of getsockopt: the option's.
  };
  const Answer& answer() const { return answer_; }

 private:
  struct Host {
    std::unique_ptr<Port> port;
    std::uint64_t ticks = 0;
    std::uint32_t reboots = 0;
  };
  // What a socket's name stands for; indexed by SocketName::index.
  struct Binding {
    static constexpr std::uint32_t unbound = 0xffff'ffff;
    std::uint32_t socket = unbound;  // Index into situation_.sockets.
    std::uint32_t stream = 0;        // Index into streams_; shared by dups.
    Fd fd;
  };
  // The bytes that one open file description sent.
  struct Stream {
    std::uint32_t key = 0;
    std::uint64_t sent = 0;
  };
  struct LeftPacket {
    scenario::HostIndex from = 0;
    scenario::HostIndex to = 0;
    Packet packet;
  };

  Effect act(const scenario::step::Call& step);
  Effect act(const scenario::step::Deliver& step);
  Effect act(const scenario::step::Drop& step);
  Effect act(const scenario::step::Duplicate& step);
  Effect act(const scenario::step::Hold& step);
  Effect act(const scenario::step::Corrupt& step);
  Effect act(const scenario::step::Replay& step);
  Effect act(const scenario::step::Forge& step);
  Effect act(const scenario::step::Icmp& step);
  Effect act(const scenario::step::Tick& step);
  Effect act(const scenario::step::Partition& step);
  Effect act(const scenario::step::Heal& step);
  Effect act(const scenario::step::Reboot& step);
  Effect act(const scenario::step::Settle& step);
  Effect act(const scenario::step::Expect& step);

  // calls.cc
  std::optional<SocketAddress> resolve_address(const scenario::AddressOperand& operand);
  bool fill_call(const scenario::step::Call& step, Syscall& call, oracle::PayloadTag& tag);
  void follow_call(const scenario::step::Call& step, const Syscall& call,
                   const SyscallResult& result);
  void follow_local(scenario::OpenSocket& socket, const Syscall& call, const SyscallResult& result);
  void bind_name(const scenario::step::Call& step, const SyscallResult& result);
  void check_expected(const scenario::step::Call& step, const SyscallResult& result);
  std::optional<Endpoint> local_endpoint(scenario::SocketName name);
  scenario::OpenSocket* open_socket(scenario::SocketName name);
  Binding* binding(scenario::SocketName name);

  // network.cc
  const InFlight* find_packet(const scenario::PacketRef& ref);
  const InFlight* find_by_kind(const scenario::PacketByKind& ref) const;
  void arrive(scenario::HostIndex from, scenario::HostIndex to, const Packet& packet,
              std::uint64_t flight);
  void collect(scenario::HostIndex host);
  void catch_up(scenario::HostIndex host);
  void collect_touched(scenario::HostIndex host);
  void launch(scenario::HostIndex from, Packet&& packet);
  void launch_to(scenario::HostIndex from, scenario::HostIndex to, Packet&& packet);
  void lose(const InFlight& entry, std::string_view why);
  bool loops(scenario::HostIndex host, const Shown& shown) const;
  bool partitioned(scenario::HostIndex a, scenario::HostIndex b) const;
  std::optional<scenario::HostIndex> host_of(const IpAddress& address) const;
  void follow_packet(scenario::HostIndex from, const Packet& packet);
  void note_arrival(scenario::HostIndex to, const Packet& packet);
  void tick_host(scenario::HostIndex host, std::uint32_t ticks);

  // runner_value.cc
  void digest_names(Digest& out) const;
  void digest_flight(Digest& out) const;
  void digest_shown(Digest& out) const;

  // judging
  void end_micro_step();
  void stop(Outcome outcome, std::string message);
  bool retransmission_pending();
  bool elapses(scenario::HostIndex host) const;
  bool any_elapses() const;
  bool timer_pending();
  std::uint32_t settle_rounds() const;
  std::string unsettled_message() const;
  TraceEvent* trace_event(TraceEvent::Kind kind, scenario::HostIndex host);

  PortFactory factory_;
  Witness witness_;
  std::vector<Host> hosts_;  // Reused; the first hosts_in_use_ are in the world.
  std::size_t hosts_in_use_ = 0;
  std::span<const scenario::HostLine> lines_;
  Flight flight_;
  scenario::Situation situation_;
  std::vector<Binding> bindings_;
  std::vector<Stream> streams_;
  std::vector<Shown> shown_;
  std::vector<WireEvent> events_;
  std::vector<LeftPacket> recent_;  // Since the last step that is not an `expect`.
  std::vector<std::byte> payload_;  // What send and recv point at.
  std::vector<std::byte> bytes_;    // An encoded packet.
  Verdict verdict_;
  Facts facts_;
  scenario::Step resolved_;
  Answer answer_;
  std::uint32_t caused_ = 0;          // Packets that the current step has caused.
  std::uint64_t accepted_bytes_ = 0;  // By all sends since the start.
  Trace* trace_ = nullptr;
  const scenario::Scenario* names_ = nullptr;
  Patience patience_;
  bool byte_path_ = false;
  bool keeps_recent_ = false;
};

}  // namespace lockstep::judge
