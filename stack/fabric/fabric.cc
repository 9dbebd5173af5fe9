#include "stack/fabric/fabric.h"

#include <algorithm>
#include <utility>

#include "stack/api/check.h"
#include "stack/fabric/netstat.h"

namespace lockstep {

std::uint64_t RuleList::add(Rule rule) {
  entries_.push_back({next_id_, std::move(rule)});
  return next_id_++;
}

void RuleList::remove(std::uint64_t id) {
  std::erase_if(entries_, [id](const Entry& entry) { return entry.id == id; });
}

Passage RuleList::ask(const Packet& packet) const {
  for (const Entry& entry : entries_) {
    const Passage passage = entry.rule(packet);
    if (passage.kind != Passage::Kind::pass) return passage;
  }
  return Passage::pass();
}

void RuleGuard::uninstall() {
  if (const auto rules = rules_.lock(); rules != nullptr && id_ != 0) rules->remove(id_);
  id_ = 0;
}

Kernel& Fabric::add_host(std::string name, const HostConfig& config) {
  LOCKSTEP_CHECK(find_host(name) == nullptr);
  for (const IpAddress& address : config.addresses) {
    for (const auto& host : hosts_) LOCKSTEP_CHECK(!host->kernel.is_local(address));
  }
  hosts_.push_back(std::make_unique<Host>(Host{std::move(name), Kernel(config)}));
  return hosts_.back()->kernel;
}

Kernel* Fabric::find_host(std::string_view name) {
  for (const auto& host : hosts_) {
    if (host->name == name) return &host->kernel;
  }
  return nullptr;
}

std::vector<IpAddress> Fabric::resolve(std::string_view name) const {
  for (const auto& host : hosts_) {
    if (host->name == name) return host->kernel.config().addresses;
  }
  return {};
}

RuleGuard Fabric::install(Rule rule) { return RuleGuard(rules_, rules_->add(std::move(rule))); }

std::size_t Fabric::egress_all() {
  std::vector<std::pair<const Kernel*, Packet>> leaving;
  for (const auto& host : hosts_) {
    events_.clear();
    host->kernel.egress(events_);
    for (WireEvent& event : events_) {
      if (event.kind == WireEvent::Kind::left) {
        leaving.emplace_back(&host->kernel, std::move(event.packet));
      }
    }
  }
  for (auto& [from, packet] : leaving) {
    const Passage passage = rules_->ask(packet);
    switch (passage.kind) {
      case Passage::Kind::pass:
        route(packet, from);
        break;
      case Passage::Kind::deliver_after:
        held_.push_back({now_ticks_ + std::max(passage.ticks, 1u), std::move(packet)});
        break;
      case Passage::Kind::drop:
        break;
    }
  }
  return leaving.size();
}

bool Fabric::run_until_quiet(std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round) {
    if (egress_all() == 0) return true;
  }
  return false;
}

void Fabric::tick(std::uint32_t ticks) {
  const std::uint64_t target = now_ticks_ + ticks;
  while (now_ticks_ < target) {
    std::uint64_t next = target;
    for (const Held& held : held_) next = std::min(next, std::max(held.due, now_ticks_ + 1));
    const auto step = static_cast<std::uint32_t>(next - now_ticks_);
    // Arrivals of a tick come before its timers.
    if (step > 1) {
      for (const auto& host : hosts_) host->kernel.tick(step - 1);
    }
    now_ticks_ = next;
    deliver_due();
    for (const auto& host : hosts_) host->kernel.tick(1);
  }
}

void Fabric::deliver_due() {
  std::vector<Held> waiting;
  std::vector<Held> due;
  for (Held& held : held_) (held.due <= now_ticks_ ? due : waiting).push_back(std::move(held));
  held_ = std::move(waiting);
  for (const Held& held : due) route(held.packet, nullptr);
}

void Fabric::route(const Packet& packet, const Kernel* from) {
  const bool to_all = packet.destination.is_broadcast();
  for (const auto& host : hosts_) {
    const bool to_it = to_all ? !host->kernel.is_local(packet.source) && &host->kernel != from
                              : host->kernel.is_local(packet.destination);
    if (to_it) host->kernel.deliver(packet);
  }
}

std::string Fabric::netstat() const {
  std::string text;
  for (const auto& host : hosts_) text += lockstep::netstat(host->name, host->kernel);
  return text;
}

}  // namespace lockstep
