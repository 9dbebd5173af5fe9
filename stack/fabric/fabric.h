// Fabric: several hosts and the network between them. A pure driver: it takes what leaves a host,
// asks the rules, and delivers by destination address. Nothing moves but in egress_all and tick.
// Deterministic: the same calls on a fabric of the same seed do the same, packet for packet.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/api/host_config.h"
#include "stack/fabric/held_packets.h"
#include "stack/fabric/names.h"
#include "stack/fabric/rule.h"
#include "stack/fabric/tap.h"
#include "stack/kernel/kernel.h"
#include "stack/wire/packet.h"

namespace lockstep {

struct FabricConfig {
  std::uint64_t seed = 0;  // Of the rules' randomness.
  // A packet for an address that no host has, or whose host is down, is answered with an ICMP host
  // unreachable; else it is lost in silence.
  bool host_unreachable = false;

  friend bool operator==(const FabricConfig&, const FabricConfig&) = default;
};

// Packets, since the fabric was made. left + extra + answered are arrived + dropped and those that
// are held back.
struct FabricCounts {
  std::uint64_t left = 0;     // Those that hosts sent.
  std::uint64_t arrived = 0;  // Those that hosts were given, copies and ICMP errors included.
  std::uint64_t dropped = 0;  // Copies that no host got: rules, partitions, nobody there.
  std::uint64_t extra = 0;    // Copies made beyond the first.
  std::uint64_t damaged = 0;  // Arrivals with flipped bits; of those that no host could read:
  std::uint64_t unreadable = 0;
  std::uint64_t answered = 0;  // ICMP errors that the fabric itself sent.

  friend bool operator==(const FabricCounts&, const FabricCounts&) = default;
};

class Fabric {
 public:
  explicit Fabric(const FabricConfig& config = {})
      : config_(config), rules_(std::make_shared<RuleList>(config.seed)) {}

  // ---- Hosts ----

  // Adds a host, with the addresses of `config` and, after them, the next one of the fabric's pool
  // (names.h) for each family in `pools`. Requires: the name is new, the addresses are nobody's,
  // the pool is not exhausted. References stay valid.
  Kernel& add_host(std::string name, const HostConfig& config,
                   std::initializer_list<IpFamily> pools);
  // The same; a configuration without addresses gets an IPv4 one of the pool.
  Kernel& add_host(std::string name, const HostConfig& config = {});
  // One more address. Requires: it is nobody's.
  void add_address(HostId id, const IpAddress& address);

  std::size_t host_count() const { return hosts_.size(); }
  // Null when there is none of that name.
  Kernel* find_host(std::string_view name);
  std::optional<HostId> find_id(std::string_view name) const;
  Kernel& host(HostId id) { return hosts_[id.index]->kernel; }
  const Kernel& host(HostId id) const { return hosts_[id.index]->kernel; }

  // The addresses of a name, in the order in which it got them; empty when unknown.
  std::vector<IpAddress> resolve(std::string_view name) const { return names_.resolve(name); }
  // The name of the host that has `address`.
  std::optional<std::string_view> reverse(const IpAddress& address) const {
    return names_.reverse(address);
  }

  // The host starts as new with its configuration: sockets, ports and what it had not yet sent are
  // gone. What is under way to it still arrives.
  void reboot(HostId id);
  // The host stops: nothing leaves it, nobody reaches it, its timers stand, until it is rebooted.
  void power_off(HostId id);
  bool is_up(HostId id) const { return hosts_[id.index]->up; }
  // Times that it started: 1 for one that was just added.
  std::uint32_t boot_count(HostId id) const { return hosts_[id.index]->boots; }

  // ---- The network ----

  RuleGuard install(Rule rule) { return RuleGuard(rules_, rules_->add(std::move(rule))); }

  // Nothing that leaves `from` reaches `to` any more; the way back is another matter. What is under
  // way already arrives. Partitions come before the rules.
  void partition(HostId from, HostId to);
  void repair(HostId from, HostId to);
  void repair_all() { partitions_.clear(); }

  // Takes what every host has to send, in the order in which the hosts were added, and delivers,
  // holds back or drops it. What the deliveries cause leaves with the next call. Returns how many
  // packets left a host. Uses no memory of its own once it has seen as many packets in one round.
  std::size_t egress_all();

  // egress_all until nothing leaves, at most `rounds` times; returns whether it became quiet.
  bool run_until_quiet(std::size_t rounds = 256);

  // Lets ticks pass: packets held back arrive when their time has come, then the hosts' timers of
  // that tick fire. What either causes leaves with the next egress_all.
  void tick(std::uint32_t ticks);

  std::uint64_t now_ticks() const { return now_ticks_; }
  // Packets that a tick will deliver.
  std::size_t held_count() const { return held_.size(); }

  // ---- To see what happens ----

  void set_tap(Tap tap) { tap_ = std::move(tap); }
  const FabricCounts& counts() const { return counts_; }

  // Every host's sockets as netstat(8) shows them, under a line with the host's name.
  std::string netstat() const;

 private:
  struct Host {
    Kernel kernel;
    bool up = true;
    std::uint32_t boots = 1;
  };
  struct Leaving {
    HostId from;
    Packet packet;
  };
  // One copy of a packet, and what befell it so far.
  struct Copied {
    Packet packet;
    HostId from;
    HostId to;
    Copy fate;
    std::uint64_t position = 0;  // In its round; and of equals, the one made first comes first.
    std::uint64_t serial = 0;
    std::string comment;  // Empty unless there is a tap.
  };

  HostId owner_of(const IpAddress& address) const;
  bool reaches_nobody(HostId to) const { return to == no_host || !is_up(to); }

  void collect();
  void deliver_as_they_are();
  void decide(Leaving& leaving, std::uint64_t position);
  void decide_for_all(const Leaving& leaving, std::uint64_t position);
  void decide_for(Copied copied);
  void pass_rules(Copied copied, std::size_t next_rule);
  void apply(Copied& copied, const Copy& copy, std::size_t rule);
  void place(Copied copied);
  void lose(std::string_view cause);
  void answer(const Packet& packet, const Refusal& refusal, std::uint64_t position);
  void note(std::string_view what, std::string_view who);

  void deliver_arrivals();
  void deliver_due();
  void deliver(const Copied& copied);
  void deliver_damaged(const Copied& copied);

  FabricConfig config_;
  Names names_;
  std::vector<std::unique_ptr<Host>> hosts_;
  std::shared_ptr<RuleList> rules_;
  std::vector<std::pair<HostId, HostId>> partitions_;
  HeldPackets<Copied> held_;
  std::uint64_t now_ticks_ = 0;
  FabricCounts counts_;
  Tap tap_;

  // Of one round; kept for their storage.
  std::vector<WireEvent> events_;
  std::vector<Leaving> leaving_;
  std::vector<Copied> arrivals_;
  std::vector<std::byte> encoded_;
  std::string notes_;  // What the tap is told of the packet being decided about.
};

}  // namespace lockstep
