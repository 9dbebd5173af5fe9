// Fabric: several hosts and the network between them. A pure driver: it takes what leaves a host,
// asks the rules, and delivers by destination address. Nothing moves but in egress_all and tick.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "stack/api/host_config.h"
#include "stack/kernel/kernel.h"
#include "stack/wire/packet.h"

namespace lockstep {

// What becomes of a packet on its way.
struct Passage {
  enum class Kind : std::uint8_t { pass, deliver_after, drop };
  Kind kind = Kind::pass;
  std::uint32_t ticks = 0;  // Of deliver_after.

  static Passage pass() { return {}; }
  static Passage deliver_after(std::uint32_t ticks) { return {Kind::deliver_after, ticks}; }
  static Passage drop() { return {Kind::drop, 0}; }

  friend bool operator==(const Passage&, const Passage&) = default;
};

// Asked about each packet that leaves a host for another one.
using Rule = std::function<Passage(const Packet&)>;

// The installed rules, oldest first.
class RuleList {
 public:
  std::uint64_t add(Rule rule);
  void remove(std::uint64_t id);
  // The first answer that is not pass; pass when there is none.
  Passage ask(const Packet& packet) const;

 private:
  struct Entry {
    std::uint64_t id;
    Rule rule;
  };
  std::vector<Entry> entries_;
  std::uint64_t next_id_ = 1;
};

// Keeps a rule installed while it lives; may outlive the fabric.
class [[nodiscard]] RuleGuard {
 public:
  RuleGuard() = default;
  RuleGuard(std::weak_ptr<RuleList> rules, std::uint64_t id) : rules_(std::move(rules)), id_(id) {}
  RuleGuard(RuleGuard&& other) noexcept
      : rules_(std::move(other.rules_)), id_(std::exchange(other.id_, 0)) {}
  RuleGuard& operator=(RuleGuard&& other) noexcept {
    uninstall();
    rules_ = std::move(other.rules_);
    id_ = std::exchange(other.id_, 0);
    return *this;
  }
  ~RuleGuard() { uninstall(); }

  void uninstall();

 private:
  std::weak_ptr<RuleList> rules_;
  std::uint64_t id_ = 0;
};

class Fabric {
 public:
  Fabric() : rules_(std::make_shared<RuleList>()) {}

  // Adds a host. Requires: the name is new, and so are its addresses.
  Kernel& add_host(std::string name, const HostConfig& config);
  // Null when there is none of that name. References stay valid.
  Kernel* find_host(std::string_view name);
  // The addresses of the host of that name, in the order of its configuration; empty when unknown.
  std::vector<IpAddress> resolve(std::string_view name) const;
  std::size_t host_count() const { return hosts_.size(); }

  RuleGuard install(Rule rule);

  // Takes what every host has to send, in the order in which the hosts were added, and delivers,
  // holds back or drops it. What the deliveries cause leaves with the next call. Returns how many
  // packets left a host.
  std::size_t egress_all();

  // egress_all until nothing leaves, at most `rounds` times; returns whether it became quiet.
  bool run_until_quiet(std::size_t rounds = 256);

  // Lets ticks pass: packets held back arrive when their time has come, then the hosts' timers of
  // that tick fire.
  void tick(std::uint32_t ticks);

  // Every host's sockets, one a line, as netstat(8) would show them.
  std::string netstat() const;

 private:
  struct Host {
    std::string name;
    Kernel kernel;
  };
  struct Held {
    std::uint64_t due;
    Packet packet;
  };

  void route(const Packet& packet, const Kernel* from);
  void deliver_due();

  std::vector<std::unique_ptr<Host>> hosts_;
  std::shared_ptr<RuleList> rules_;
  std::vector<Held> held_;  // In the order in which they left.
  std::uint64_t now_ticks_ = 0;
  std::vector<WireEvent> events_;
};

}  // namespace lockstep
