// The hosts, time, and rounds. What becomes of one packet: passage.cc.
#include "stack/fabric/fabric.h"

#include <algorithm>
#include <utility>

#include "stack/api/check.h"
#include "stack/fabric/netstat.h"

namespace lockstep {

Kernel& Fabric::add_host(std::string name, const HostConfig& config,
                         std::initializer_list<IpFamily> pools) {
  const std::uint32_t number = names_.add(std::move(name));
  LOCKSTEP_CHECK(number == hosts_.size());
  hosts_.push_back(std::make_unique<Host>(Host{Kernel(config)}));
  Kernel& kernel = hosts_.back()->kernel;
  for (const IpAddress& address : config.addresses) {
    const bool is_new = names_.add_address(number, address);
    LOCKSTEP_CHECK(is_new);
  }
  for (IpFamily family : pools) {
    const auto address = names_.assign(number, family);
    LOCKSTEP_CHECK(address.has_value());
    kernel.add_address(*address);
  }
  return kernel;
}

Kernel& Fabric::add_host(std::string name, const HostConfig& config) {
  if (config.addresses.empty()) return add_host(std::move(name), config, {IpFamily::v4});
  return add_host(std::move(name), config, {});
}

void Fabric::add_address(HostId id, const IpAddress& address) {
  const bool is_new = names_.add_address(id.index, address);
  LOCKSTEP_CHECK(is_new);
  host(id).add_address(address);
}

std::optional<HostId> Fabric::find_id(std::string_view name) const {
  const auto number = names_.find(name);
  return number.has_value() ? std::optional(HostId{*number}) : std::nullopt;
}

Kernel* Fabric::find_host(std::string_view name) {
  const auto id = find_id(name);
  return id.has_value() ? &host(*id) : nullptr;
}

HostId Fabric::owner_of(const IpAddress& address) const {
  const auto number = names_.owner_of(address);
  return number.has_value() ? HostId{*number} : no_host;
}

void Fabric::reboot(HostId id) {
  Host& host = *hosts_[id.index];
  HostConfig config = host.kernel.config();
  ++config.boot_count;
  host.kernel.reset(config);
  host.up = true;
  ++host.boots;
}

void Fabric::power_off(HostId id) {
  Host& host = *hosts_[id.index];
  host.kernel.reset(HostConfig(host.kernel.config()));
  host.up = false;
}

void Fabric::partition(HostId from, HostId to) {
  repair(from, to);
  partitions_.emplace_back(from, to);
}

void Fabric::repair(HostId from, HostId to) { std::erase(partitions_, std::pair(from, to)); }

std::size_t Fabric::egress_all() {
  collect();
  const std::size_t count = leaving_.size();
  counts_.left += count;
  const bool nothing_interferes = rules_->size() == 0 && partitions_.empty() && !tap_;
  if (nothing_interferes) {
    deliver_as_they_are();
  } else {
    for (std::size_t i = 0; i < count; ++i) decide(leaving_[i], i);
    deliver_arrivals();
  }
  leaving_.clear();
  return count;
}

void Fabric::collect() {
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    if (!hosts_[i]->up) continue;
    events_.clear();
    hosts_[i]->kernel.egress(events_);
    for (WireEvent& event : events_) {
      if (event.kind != WireEvent::Kind::left) continue;
      leaving_.push_back({HostId{i}, std::move(event.packet)});
    }
  }
}

// The usual case: one host for each packet, and nothing to decide.
void Fabric::deliver_as_they_are() {
  for (std::size_t i = 0; i < leaving_.size(); ++i) {
    const Packet& packet = leaving_[i].packet;
    const HostId to = owner_of(packet.destination);
    if (reaches_nobody(to)) {
      decide(leaving_[i], i);
      deliver_arrivals();
      continue;
    }
    ++counts_.arrived;
    host(to).deliver(packet);
  }
}

bool Fabric::run_until_quiet(std::size_t rounds) {
  for (std::size_t round = 0; round < rounds; ++round) {
    if (egress_all() == 0) return true;
  }
  return false;
}

void Fabric::tick(std::uint32_t ticks) {
  const auto tick_hosts = [this](std::uint32_t count) {
    for (const auto& host : hosts_) {
      if (host->up) host->kernel.tick(count);
    }
  };
  const std::uint64_t target = now_ticks_ + ticks;
  while (now_ticks_ < target) {
    std::uint64_t next = target;
    if (!held_.empty()) next = std::clamp(held_.next_due(), now_ticks_ + 1, target);
    // Arrivals of a tick come before its timers.
    const auto step = static_cast<std::uint32_t>(next - now_ticks_);
    if (step > 1) tick_hosts(step - 1);
    now_ticks_ = next;
    deliver_due();
    tick_hosts(1);
  }
}

std::string Fabric::netstat() const {
  std::string text;
  for (std::uint32_t i = 0; i < hosts_.size(); ++i) {
    if (i > 0) text += '\n';
    text += names_.name_of(i) + ":\n" + lockstep::netstat(hosts_[i]->kernel);
  }
  return text;
}

}  // namespace lockstep
