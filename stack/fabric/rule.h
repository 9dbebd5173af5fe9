// Rules: what the network does to packets. A rule is asked about each packet on its way and answers
// with a Passage, a list of copies: none is a loss, one is the usual, two are a duplicate. Rules
// compose: each copy that a rule lets through is shown to the next rule, and what befalls it adds
// up. Ready-made ones: stack/fabric/conditions.h.
#pragma once

#include <array>
#include <compare>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "stack/fabric/random.h"
#include "stack/wire/packet.h"

namespace lockstep {

// A host of a fabric, by the order in which it was added.
struct HostId {
  std::uint32_t index = 0;

  friend constexpr auto operator<=>(const HostId&, const HostId&) = default;
};
// Nobody: where a packet goes whose destination no host has.
inline constexpr HostId no_host{0xffffffff};

// What a rule sees of a packet under way.
struct Transit {
  const Packet& packet;
  HostId from;
  HostId to;  // Of a broadcast each other host in turn.
  std::uint64_t now_ticks = 0;
  Random& random;  // The rule's own: what it draws moves nobody else's choices.
};

// What befalls one copy of a packet.
struct Copy {
  static constexpr std::size_t flips_max = 4;

  std::uint32_t delay_ticks = 0;  // 0: arrives in the round in which it left.
  std::uint32_t behind = 0;       // Packets of that round that overtake it.
  std::uint8_t hops = 0;          // Taken off its TTL or hop limit. Requires: fewer than that is.
  std::uint8_t flip_count = 0;
  std::array<std::uint32_t, flips_max> flips{};  // Bits of the encoding, modulo their number.

  friend bool operator==(const Copy&, const Copy&) = default;
};

// Why a packet was sent back: the ICMP error that its sender gets.
struct Refusal {
  IcmpKind kind = IcmpKind::host_unreachable;
  std::uint32_t mtu = 0;  // Of packet_too_big.

  friend bool operator==(const Refusal&, const Refusal&) = default;
};

// A rule's answer.
struct Passage {
  static constexpr std::size_t copies_max = 4;

  std::uint8_t count = 1;
  std::array<Copy, copies_max> copies{};
  std::optional<Refusal> refusal;  // Requires: no copies.

  static Passage pass() { return {}; }
  static Passage drop() { return {.count = 0}; }
  static Passage refuse(Refusal why) { return {.count = 0, .refusal = why}; }
  static Passage deliver_after(std::uint32_t ticks) { return one({.delay_ticks = ticks}); }
  static Passage one(const Copy& copy) { return {.copies = {copy}}; }
  static Passage two(const Copy& first, const Copy& second) {
    return {.count = 2, .copies = {first, second}};
  }

  friend bool operator==(const Passage&, const Passage&) = default;
};

// A rule and what captures call it. It must not install or remove rules when it is asked.
struct Rule {
  std::string name;
  std::function<Passage(const Transit&)> ask;

  Rule(std::string called, std::function<Passage(const Transit&)> answer)
      : name(std::move(called)), ask(std::move(answer)) {}
  template <typename Answer>
    requires std::invocable<Answer&, const Transit&> && (!std::same_as<Answer, Rule>)
  Rule(Answer answer) : Rule("a rule", std::move(answer)) {}
};

// The installed rules, oldest first.
class RuleList {
 public:
  explicit RuleList(std::uint64_t seed) : random_(seed) {}

  std::uint64_t add(Rule rule);
  void remove(std::uint64_t id);

  std::size_t size() const { return entries_.size(); }
  const std::string& name(std::size_t index) const { return entries_[index].rule.name; }
  // Asks one rule. The Transit is completed here with the generator of that rule.
  Passage ask(std::size_t index, const Packet& packet, HostId from, HostId to,
              std::uint64_t now_ticks);

 private:
  struct Entry {
    std::uint64_t id;
    Rule rule;
    Random random;
  };

  std::vector<Entry> entries_;
  Random random_;
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
    if (this == &other) return *this;
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

}  // namespace lockstep
