#include "oracle/shrink/names.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/edit.h"
#include "oracle/shrink/step_order.h"

namespace lockstep::shrink {
namespace {

using scenario::AddressOperand;
using scenario::HostIndex;
using scenario::HostLine;
using scenario::Label;
using scenario::Scenario;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// Calls `visit` with each endpoint written in a step.
template <typename AnyScenario, typename Visit>
void visit_endpoints(AnyScenario& scenario, Visit&& visit) {
  for (auto& step : scenario.steps) {
    if (auto* call = std::get_if<step::Call>(&step.action)) {
      if (auto* endpoint = std::get_if<Endpoint>(&call->address.literal)) visit(*endpoint);
    }
    if (step.expected && step.expected->address) {
      if (auto* endpoint = std::get_if<Endpoint>(&*step.expected->address)) visit(*endpoint);
    }
  }
}

// The hosts by first use, then the unused ones.
std::vector<HostIndex> order_of_use(const Scenario& scenario) {
  std::vector<HostIndex> order;
  const auto use = [&](HostIndex host) {
    if (std::ranges::find(order, host) == order.end()) order.push_back(host);
  };
  for (const Step& step : scenario.steps) visit_hosts(step.action, use);
  for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
    use(static_cast<HostIndex>(host));
  }
  return order;
}

IpAddress numbered(IpFamily family, std::uint8_t net, std::uint8_t number) {
  return family == IpFamily::v4 ? IpAddress::v4(10, 0, net, number)
                                : IpAddress::v6(0xfd00'0000'0000'0000u | net, number);
}

// Whether any other address of its family would mean the same.
bool is_ordinary(const IpAddress& address) {
  return !address.is_unspecified() && !address.is_loopback() && !address.is_multicast() &&
         !address.is_broadcast();
}

// The n-th host's n-th address of each family, then those of no host.
std::map<IpAddress, IpAddress> canonical_addresses(const Scenario& scenario) {
  std::map<IpAddress, IpAddress> renamed;
  std::uint8_t number = 0;
  for (const HostLine& host : scenario.hosts) {
    std::uint8_t nets[]{0, 0};
    ++number;
    for (const IpAddress& address : host.config.addresses) {
      std::uint8_t& net = nets[address.is_v4() ? 0 : 1];
      renamed.emplace(address, numbered(address.family, net++, number));
    }
  }
  visit_endpoints(scenario, [&](const Endpoint& endpoint) {
    if (number == 0xff || !is_ordinary(endpoint.ip) || renamed.contains(endpoint.ip)) return;
    renamed.emplace(endpoint.ip, numbered(endpoint.ip.family, 0, ++number));
  });
  return renamed;
}

std::string_view stem_of(Role role) {
  switch (role) {
    case Role::listener:
      return "l";
    case Role::connector:
      return "c";
    case Role::accepted:
      return "s";
    case Role::datagram:
      return "u";
    case Role::other:
      return "x";
  }
  return "x";
}

// Where the socket is bound by a step before the given one; nullopt when that does not tell a
// concrete address and port.
std::optional<Endpoint> bound_before(const Scenario& scenario, std::size_t before,
                                     SocketName socket) {
  std::optional<Endpoint> found;
  for (std::size_t i = 0; i < before; ++i) {
    const auto* bind = std::get_if<step::Call>(&scenario.steps[i].action);
    if (bind == nullptr || bind->call != Call::bind || bind->socket != socket) continue;
    const auto* endpoint = std::get_if<Endpoint>(&bind->address.literal);
    if (endpoint != nullptr && endpoint->port != 0) found = *endpoint;
    if (!found || !found->ip.is_unspecified()) continue;
    const auto& own = scenario.hosts[bind->host].config.addresses;
    const auto same = std::ranges::find(own, found->ip.family, &IpAddress::family);
    found->ip = same != own.end() ? *same : IpAddress::loopback(found->ip.family);
  }
  return found;
}

}  // namespace

Scenario with_labels_in_order(const Scenario& scenario) {
  std::map<Label, Label> renamed;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    renamed.emplace(scenario.steps[i].label, static_cast<Label>(i + 1));
  }
  Scenario result = scenario;
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    result.steps[i].label = static_cast<Label>(i + 1);
    if (scenario::PacketByCause* cause = mutable_cause_of(result.steps[i].action)) {
      const auto found = renamed.find(cause->label);
      if (found != renamed.end()) {
        cause->label = found->second;
      } else {
        *cause = {static_cast<Label>(result.steps.size() + 1), 0};
      }
    }
  }
  return result;
}

Scenario with_hosts_in_order(const Scenario& scenario) {
  const std::vector<HostIndex> order = order_of_use(scenario);
  std::vector<HostIndex> renamed(scenario::hosts_max);
  Scenario result = scenario;
  for (std::size_t i = 0; i < order.size() && i < result.hosts.size(); ++i) {
    result.hosts[i] = scenario.hosts[order[i]];
    result.hosts[i].name = std::string(1, static_cast<char>('a' + i));
    renamed[order[i]] = static_cast<HostIndex>(i);
  }
  for (Step& step : result.steps) {
    visit_hosts(step.action, [&](HostIndex& host) { host = renamed[host]; });
  }
  return result;
}

Scenario with_canonical_addresses(const Scenario& scenario) {
  const std::map<IpAddress, IpAddress> renamed = canonical_addresses(scenario);
  Scenario result = scenario;
  const auto rename = [&](IpAddress& address) {
    if (const auto found = renamed.find(address); found != renamed.end()) address = found->second;
  };
  for (HostLine& host : result.hosts) std::ranges::for_each(host.config.addresses, rename);
  visit_endpoints(result, [&](Endpoint& endpoint) { rename(endpoint.ip); });
  return result;
}

Scenario with_sockets_named_by_role(const Scenario& scenario) {
  std::set<std::string, std::less<>> taken;
  for (const HostLine& host : scenario.hosts) taken.insert(host.name);
  const std::vector<Role> roles = roles_of(scenario);
  Scenario result = scenario;
  std::set<SocketName> named;
  for (const Step& step : scenario.steps) {
    scenario::visit_names(step.action, [&](const SocketName& name) {
      if (name.none() || name.index >= roles.size() || !named.insert(name).second) return;
      const std::string stem(stem_of(roles[name.index]));
      std::string text = stem;
      for (int n = 2; !taken.insert(text).second; ++n) text = stem + std::to_string(n);
      result.socket_names[name.index] = text;
    });
  }
  return scenario::canonical(result);
}

Scenario with_canonical_ports(const Scenario& scenario, std::uint16_t kept_from) {
  std::map<std::uint16_t, std::uint16_t> renamed;
  Scenario result = scenario;
  visit_endpoints(result, [&](Endpoint& endpoint) {
    if (endpoint.port == 0 || endpoint.port >= kept_from) return;
    const auto next = static_cast<std::uint16_t>(8000 + renamed.size());
    endpoint.port = renamed.emplace(endpoint.port, next).first->second;
  });
  return result;
}

std::string canonical_text(const Scenario& scenario) {
  Scenario named = with_canonical_addresses(with_hosts_in_order(scenario));
  named = with_canonical_ports(with_sockets_named_by_role(named), no_port_kept);
  named.comments.clear();
  return scenario::print(with_labels_in_order(named));
}

Scenario with_addresses_written_out(const Scenario& scenario) {
  Scenario result = scenario;
  for (std::size_t i = 0; i < result.steps.size(); ++i) {
    auto* call = std::get_if<step::Call>(&result.steps[i].action);
    if (call == nullptr || call->address.kind != AddressOperand::Kind::local_of) continue;
    if (const auto endpoint = bound_before(scenario, i, call->address.socket)) {
      call->address = AddressOperand{};
      call->address.literal = *endpoint;
    }
  }
  return result;
}

}  // namespace lockstep::shrink
