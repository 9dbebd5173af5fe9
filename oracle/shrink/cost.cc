#include "oracle/shrink/cost.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <map>
#include <set>
#include <vector>

#include "oracle/scenario/words.h"
#include "oracle/shrink/fields.h"
#include "oracle/shrink/names.h"
#include "oracle/shrink/step_order.h"

namespace lockstep::shrink {
namespace {

using scenario::AddressOperand;
using scenario::HostLine;
using scenario::Scenario;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// A call costs more than letting time pass: a call that only gave a defect the time to show gives
// way to a step that does no more than that.
std::uint64_t call_cost(Call call) {
  switch (call) {
    case Call::sendto:
    case Call::recvfrom:
    case Call::dup:
      return 5;
    case Call::shutdown:
      return 6;
    case Call::socket:
    case Call::bind:
    case Call::listen:
    case Call::accept:
    case Call::connect:
    case Call::send:
    case Call::recv:
    case Call::close:
    case Call::getsockname:
    case Call::getpeername:
    case Call::setsockopt:
    case Call::getsockopt:
    case Call::poll:
    case Call::siocinq:
    case Call::siocoutq:
      return 4;
  }
  return 4;
}

std::uint64_t cost_of_action(const step::Call& call) { return call_cost(call.call); }
std::uint64_t cost_of_action(const step::Deliver&) { return 2; }
std::uint64_t cost_of_action(const step::Drop&) { return 3; }
std::uint64_t cost_of_action(const step::Duplicate&) { return 8; }
std::uint64_t cost_of_action(const step::Hold&) { return 7; }
std::uint64_t cost_of_action(const step::Corrupt&) { return 9; }
std::uint64_t cost_of_action(const step::Replay&) { return 9; }
std::uint64_t cost_of_action(const step::Forge&) { return 10; }
std::uint64_t cost_of_action(const step::Icmp&) { return 10; }
std::uint64_t cost_of_action(const step::Tick&) { return 3; }
std::uint64_t cost_of_action(const step::Partition&) { return 7; }
std::uint64_t cost_of_action(const step::Heal&) { return 7; }
std::uint64_t cost_of_action(const step::Reboot&) { return 8; }
std::uint64_t cost_of_action(const step::Settle&) { return 1; }
std::uint64_t cost_of_action(const step::Expect&) { return 1; }

// Acting on the accepted end costs more than on the connecting one: that prefers one of two
// mirror images of a connection, and the one that may do without accept. A connected datagram
// socket costs more than one that says where each datagram goes.
std::uint64_t end_cost(const step::Call& call) {
  return call.call == Call::send || call.call == Call::sendto ? 2 : 1;
}
template <typename Other>
std::uint64_t end_cost(const Other&) {
  return 1;
}

std::uint64_t actions_cost(const Scenario& scenario) {
  std::set<SocketName> accepted;
  std::set<SocketName> datagrams;
  std::uint64_t cost = 0;
  for (const Step& step : scenario.steps) {
    cost += action_cost(step.action);
    if (const auto* call = std::get_if<step::Call>(&step.action)) {
      if (call->call == Call::accept) accepted.insert(call->result);
      if (call->call == Call::socket && call->type == Type::dgram) datagrams.insert(call->result);
      const bool needs_peer = call->call == Call::connect || call->call == Call::send;
      if (needs_peer && datagrams.contains(call->socket)) cost += 2;
    }
    std::visit(
        [&](const auto& action) {
          if constexpr (requires { action.socket; }) {
            if (accepted.contains(action.socket)) cost += end_cost(action);
          }
        },
        step.action);
  }
  return cost;
}

std::uint64_t bound_address_cost(const HostLine& host, const Endpoint& endpoint) {
  const auto& own = host.config.addresses;
  const std::uint64_t family = endpoint.ip.is_v4() ? 0 : 8;
  if (!own.empty() && endpoint.ip == own.front()) return family + 1;
  if (endpoint.ip.is_unspecified()) return family + 2;
  if (endpoint.ip.is_loopback()) return family + 3;
  return family + 4;
}

std::uint64_t address_cost(const Scenario& scenario, const step::Call& call) {
  const bool binds = call.call == Call::bind;
  if (!binds && call.call != Call::connect && call.call != Call::sendto) return 0;
  switch (call.address.kind) {
    case AddressOperand::Kind::local_of:
      return binds ? 6 : 0;
    case AddressOperand::Kind::peer_of:
      return 5;
    case AddressOperand::Kind::literal:
      break;
  }
  const auto* endpoint = std::get_if<Endpoint>(&call.address.literal);
  if (endpoint == nullptr) return 0;
  return bound_address_cost(scenario.hosts[call.host], *endpoint);
}

std::uint64_t values_cost(const Scenario& scenario, const step::Call& call) {
  std::uint64_t cost = address_cost(scenario, call);
  if (call.call == Call::socket && call.domain == Domain::inet6) cost += 8;
  if (call.call == Call::shutdown) {
    constexpr std::uint64_t by_how[]{1, 0, 2, 3};  // read, write, both, invalid
    cost += by_how[static_cast<std::size_t>(call.how)];
  }
  cost += 2 * static_cast<std::uint64_t>(std::popcount(call.flags));
  cost += static_cast<std::uint64_t>(std::popcount(call.events));
  return cost;
}

std::uint64_t numbers_cost(const scenario::Action& action) {
  const auto* call = std::get_if<step::Call>(&action);
  std::uint64_t cost = 0;
  std::size_t n = 0;
  visit_numbers(action, [&](Preferred preferred, const auto& field) {
    if (call == nullptr || reads_number(call->call, n)) cost += number_cost(preferred, field);
    ++n;
  });
  return cost;
}

std::uint64_t values_cost(const Scenario& scenario, const Step& step) {
  std::uint64_t cost = numbers_cost(step.action) + (step.expected ? 1 : 0);
  if (const auto* call = std::get_if<step::Call>(&step.action)) {
    cost += values_cost(scenario, *call);
  } else if (const auto* forge = std::get_if<step::Forge>(&step.action)) {
    cost += forged_flags_cost(forge->flags);
  } else if (const auto* icmp = std::get_if<step::Icmp>(&step.action)) {
    constexpr std::uint64_t by_kind[]{2, 1, 0, 3, 4, 5};  // In the order of IcmpKind.
    cost += by_kind[static_cast<std::size_t>(icmp->kind)];
  }
  return cost;
}

// The fewer ports the simpler; port 0 is one that the stack refuses or chooses.
std::uint64_t ports_cost(const Scenario& scenario) {
  std::vector<std::uint16_t> ports;
  std::uint64_t cost = 0;
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    const auto* endpoint =
        call != nullptr ? std::get_if<Endpoint>(&call->address.literal) : nullptr;
    if (endpoint == nullptr) continue;
    const auto found = std::ranges::find(ports, endpoint->port);
    cost += endpoint->port == 0 ? 4 : static_cast<std::uint64_t>(found - ports.begin());
    if (endpoint->port != 0 && found == ports.end()) ports.push_back(endpoint->port);
  }
  return cost;
}

// Whether what is sent to `to` arrives at a socket bound to `bound`, on one host.
bool reaches(const Endpoint& bound, const Endpoint& to) {
  return bound.port == to.port && (bound.ip == to.ip || bound.ip.is_unspecified());
}

// Steps that a scenario saved by a trick that its reader has to see through: naming the port that
// the stack is going to choose, for want of a bind; connecting a socket with itself, for want of a
// listener.
std::uint64_t hidden_steps(const Scenario& scenario) {
  constexpr std::uint64_t listener_steps = 3;  // socket, listen, accept
  constexpr std::uint64_t bind_steps = 2;      // One, and more than one that is written.
  std::map<SocketName, Endpoint> bound;
  std::set<std::uint16_t> bound_ports;
  std::set<std::uint16_t> guessed_ports;
  std::uint64_t hidden = 0;
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    const auto* endpoint =
        call != nullptr ? std::get_if<Endpoint>(&call->address.literal) : nullptr;
    if (endpoint == nullptr) continue;
    if (call->call == Call::bind) {
      bound[call->socket] = *endpoint;
      bound_ports.insert(endpoint->port);
    } else if (endpoint->port >= HostConfig().ephemeral_first) {
      guessed_ports.insert(endpoint->port);
    }
    const auto own = bound.find(call->socket);
    if (call->call == Call::connect && own != bound.end() && reaches(own->second, *endpoint)) {
      hidden += listener_steps;
    }
  }
  std::erase_if(guessed_ports, [&](std::uint16_t port) { return bound_ports.contains(port); });
  return hidden + bind_steps * guessed_ports.size();
}

// What differs from the defaults; the smaller a number, the simpler.
std::uint64_t config_cost(const HostConfig& config) {
  const HostConfig defaults;
  std::uint64_t cost = config.unprivileged ? 1 : 0;
  const auto add = [&](std::int64_t value, std::int64_t usual) {
    if (value != usual) cost += 8 + static_cast<std::uint64_t>(std::abs(value));
  };
  for (const scenario::HostSetting& setting : scenario::host_settings()) {
    add(setting.get(config), setting.get(defaults));
  }
  add(config.ephemeral_first, defaults.ephemeral_first);
  add(config.ephemeral_last, defaults.ephemeral_last);
  for (const IpAddress& address : config.addresses) cost += address.is_v4() ? 0u : 1u;
  return cost;
}

}  // namespace

std::uint64_t number_cost(Preferred preferred, std::int64_t value) {
  const auto found = std::ranges::find(preferred, value);
  if (found != preferred.end()) return static_cast<std::uint64_t>(found - preferred.begin());
  return preferred.size() + 1 + 2 * static_cast<std::uint64_t>(std::abs(value)) +
         (value < 0 ? 1 : 0);
}

std::uint64_t forged_flags_cost(TcpFlags flags) {
  const auto found = std::ranges::find(preferred_forged_flags, flags);
  return static_cast<std::uint64_t>(found - preferred_forged_flags.begin()) +
         16 * static_cast<std::uint64_t>(std::popcount(flags));
}

std::uint64_t action_cost(const scenario::Action& action) {
  return std::visit([](const auto& step) { return cost_of_action(step); }, action);
}

Cost cost_of(const Scenario& scenario) {
  Cost cost;
  cost.steps = scenario.steps.size() + hidden_steps(scenario);
  cost.actions = actions_cost(scenario);
  for (const HostLine& host : scenario.hosts) {
    cost.places += 1 + host.config.addresses.size();
    cost.values += config_cost(host.config);
  }
  for (const Step& step : scenario.steps) cost.values += values_cost(scenario, step);
  cost.values += ports_cost(scenario);
  return cost;
}

bool is_simpler(const Scenario& a, const Scenario& b) {
  const Cost cost_of_a = cost_of(a);
  const Cost cost_of_b = cost_of(b);
  if (cost_of_a != cost_of_b) return cost_of_a < cost_of_b;
  const std::uint64_t disorder_of_a = disorder_of(a);
  const std::uint64_t disorder_of_b = disorder_of(b);
  if (disorder_of_a != disorder_of_b) return disorder_of_a < disorder_of_b;
  return canonical_text(a) < canonical_text(b);
}

}  // namespace lockstep::shrink
