#include "properties/generators/lossy_pair.h"

#include <algorithm>

#include "stack/api/check.h"
#include "stack/ports/in_process.h"
#include "stack/ports/lies/lie.h"

namespace lockstep::properties {

std::unique_ptr<Port> make_honest_port() { return make_in_process_port(); }

PortMaker lying_port_maker(const std::string& lie) {
  return [lie] {
    std::unique_ptr<Port> port = make_lying_port(lie, make_honest_port());
    LOCKSTEP_CHECK(port != nullptr);
    return port;
  };
}

LossyPair::LossyPair(const PortMaker& make, const std::array<HostConfig, 2>& configs)
    : configs_(configs) {
  for (HostNumber host = 0; host < 2; ++host) {
    ports_[host] = make();
    ports_[host]->reset(configs_[host]);
  }
}

SyscallResult LossyPair::call(HostNumber host, const Syscall& call) {
  SyscallResult result = ports_[host]->call(call);
  collect(host);
  return result;
}

void LossyPair::tick(HostNumber host, std::uint32_t ticks) {
  ports_[host]->tick(ticks);
  collect(host);
}

void LossyPair::deliver(std::size_t index) {
  const Travelling arrived = take(index);
  ports_[arrived.to]->deliver(arrived.packet);
  collect(arrived.to);
}

void LossyPair::drop(std::size_t index) { take(index); }

void LossyPair::duplicate(std::size_t index) {
  LOCKSTEP_CHECK(index < flight_.size());
  Travelling copy = flight_[index];
  flight_.push_back(std::move(copy));
}

void LossyPair::hold_back(std::size_t index) { flight_.push_back(take(index)); }

void LossyPair::replay(scenario::Choices& choices) {
  if (archive_.empty()) return;
  const Travelling old = archive_[choices.below(static_cast<std::uint32_t>(archive_.size()))];
  ports_[old.to]->deliver(old.packet);
  collect(old.to);
}

bool LossyPair::deliver_all() {
  for (std::size_t delivered = 0; delivered < 4096; ++delivered) {
    if (flight_.empty()) return true;
    deliver(0);
  }
  return false;
}

void LossyPair::forget_left() {
  for (std::vector<Packet>& packets : left_) packets.clear();
}

void LossyPair::collect(HostNumber host) {
  events_.clear();
  ports_[host]->egress(events_);
  for (WireEvent& event : events_) {
    if (event.kind != WireEvent::Kind::left) continue;
    left_[host].push_back(event.packet);
    const HostNumber other = 1 - host;
    if (!has_address(other, event.packet.destination)) continue;
    if (archive_.size() == archive_capacity) archive_.erase(archive_.begin());
    archive_.push_back({other, event.packet});
    flight_.push_back({other, std::move(event.packet)});
  }
}

bool LossyPair::has_address(HostNumber host, const IpAddress& address) const {
  return std::ranges::find(configs_[host].addresses, address) != configs_[host].addresses.end();
}

LossyPair::Travelling LossyPair::take(std::size_t index) {
  LOCKSTEP_CHECK(index < flight_.size());
  const auto at = flight_.begin() + static_cast<std::ptrdiff_t>(index);
  Travelling taken = std::move(*at);
  flight_.erase(at);
  return taken;
}

}  // namespace lockstep::properties
