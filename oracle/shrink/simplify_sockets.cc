#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/dependency_graph.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

using scenario::HostIndex;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

const step::Call* call_of(const Step& step) { return std::get_if<step::Call>(&step.action); }

// A step that makes a socket with a name.
struct Maker {
  std::size_t step = 0;
  SocketName name;
  HostIndex host = 0;
};

std::vector<Maker> makers_of(const Scenario& scenario) {
  std::vector<Maker> makers;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const step::Call* call = call_of(scenario.steps[i]);
    if (call != nullptr && !call->result.none()) makers.push_back({i, call->result, call->host});
  }
  return makers;
}

// The later socket's deeds become those of the earlier one on the same host.
bool merge_one(Search& search) {
  const std::vector<Maker> makers = makers_of(search.current());
  for (std::size_t later = makers.size(); later-- > 1;) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      if (makers[earlier].host != makers[later].host) continue;
      StepSet maker(search.current().steps.size(), false);
      maker[makers[later].step] = true;
      const Scenario shorter = without_steps(search.current(), maker);
      if (search.attempt(with_name_replaced(shorter, makers[later].name, makers[earlier].name))) {
        return true;
      }
    }
  }
  return false;
}

// The two ends of a connection and the accept that completed it.
struct Connection {
  std::size_t accept = 0;
  const step::Call* connector = nullptr;
  const step::Call* accepter = nullptr;
};

std::vector<Connection> connections_of(const Scenario& scenario) {
  const DependencyGraph graph(scenario);
  std::vector<Connection> connections;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const step::Call* accept = call_of(scenario.steps[i]);
    if (accept == nullptr || accept->call != Call::accept || accept->result.none()) continue;
    for (std::size_t j = 0; j < i; ++j) {
      const step::Call* connect = call_of(scenario.steps[j]);
      if (connect == nullptr || connect->call != Call::connect || !graph.depends(i, j)) continue;
      connections.push_back({i, connect, accept});
    }
  }
  return connections;
}

template <typename T>
void swap_values(T& value, T a, T b) {
  if (value == a) {
    value = b;
  } else if (value == b) {
    value = a;
  }
}

// From the accept on, each end does what the other did.
Scenario mirrored(const Scenario& scenario, const Connection& connection) {
  const SocketName c = connection.connector->socket;
  const SocketName s = connection.accepter->result;
  const HostIndex c_host = connection.connector->host;
  const HostIndex s_host = connection.accepter->host;
  Scenario result = scenario;
  for (std::size_t i = connection.accept + 1; i < result.steps.size(); ++i) {
    scenario::Action& action = result.steps[i].action;
    const auto* call = std::get_if<step::Call>(&action);
    const bool acts_elsewhere = call != nullptr && call->socket != c && call->socket != s;
    if (acts_elsewhere) continue;
    visit_hosts(action, [&](HostIndex& host) { swap_values(host, c_host, s_host); });
    scenario::visit_names(action, [&](SocketName& name) { swap_values(name, c, s); });
  }
  return result;
}

// What is set on a host and not its addresses.
void swap_settings(HostConfig& a, HostConfig& b) {
  std::swap(a, b);
  std::swap(a.addresses, b.addresses);
}

// The accepted end may be needed for nothing but its sake once it does nothing: then the mirror
// image is shorter by its accept.
void mirror_connections(Search& search) {
  for (std::size_t n = 0;; ++n) {
    const std::vector<Connection> connections = connections_of(search.current());
    if (n >= connections.size()) return;
    const HostIndex c_host = connections[n].connector->host;
    const HostIndex s_host = connections[n].accepter->host;
    Scenario candidate = mirrored(search.current(), connections[n]);
    if (search.attempt(candidate) || c_host == s_host) continue;
    swap_settings(candidate.hosts[c_host].config, candidate.hosts[s_host].config);
    search.attempt(candidate);
  }
}

bool is_v6(const IpAddress& address) { return !address.is_v4(); }

// IPv6 hosts get IPv4 addresses beside those they have, the same number of them; so do the
// addresses that are no host's.
std::map<IpAddress, IpAddress> v4_for_v6(const Scenario& scenario) {
  std::map<IpAddress, IpAddress> renamed;
  renamed.emplace(IpAddress::any(IpFamily::v6), IpAddress::any(IpFamily::v4));
  renamed.emplace(IpAddress::loopback(IpFamily::v6), IpAddress::loopback(IpFamily::v4));
  std::set<IpAddress> taken;
  for (const auto& host : scenario.hosts) {
    taken.insert(host.config.addresses.begin(), host.config.addresses.end());
  }
  std::uint32_t next = (10u << 24) + 1;
  const auto rename = [&](const IpAddress& address) {
    if (!is_v6(address) || address.is_multicast() || renamed.contains(address)) return;
    while (!taken.insert(IpAddress::v4(next)).second) ++next;
    renamed.emplace(address, IpAddress::v4(next));
  };
  for (const auto& host : scenario.hosts) std::ranges::for_each(host.config.addresses, rename);
  for (const Step& step : scenario.steps) {
    const step::Call* call = call_of(step);
    if (call == nullptr) continue;
    if (const auto* endpoint = std::get_if<Endpoint>(&call->address.literal)) rename(endpoint->ip);
  }
  return renamed;
}

void use_v4(Search& search) {
  Scenario candidate = search.current();
  const std::map<IpAddress, IpAddress> renamed = v4_for_v6(candidate);
  for (auto& host : candidate.hosts) {
    for (IpAddress& address : host.config.addresses) {
      if (const auto found = renamed.find(address); found != renamed.end()) address = found->second;
    }
  }
  for (Step& step : candidate.steps) {
    auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr) continue;
    if (call->domain == Domain::inet6) call->domain = Domain::inet;
    if (auto* endpoint = std::get_if<Endpoint>(&call->address.literal)) {
      const auto found = renamed.find(endpoint->ip);
      if (found != renamed.end()) endpoint->ip = found->second;
    }
  }
  search.attempt(candidate);
}

template <typename PairStep>
bool is_between(const scenario::Action& action, HostIndex a, HostIndex b) {
  const auto* pair = std::get_if<PairStep>(&action);
  return pair != nullptr && std::minmax(pair->a, pair->b) == std::minmax(a, b);
}

// Whether the step parts or joins the two hosts: of one host it cannot be said.
bool joins(const scenario::Action& action, HostIndex a, HostIndex b) {
  return is_between<step::Partition>(action, a, b) || is_between<step::Heal>(action, a, b);
}

// All that `from` did, `to` does. Packets between the two loop back and need no delivery.
Scenario with_hosts_merged(const Scenario& scenario, HostIndex from, HostIndex to) {
  Scenario result = scenario;
  const auto& gone = scenario.hosts[from].config.addresses;
  const auto& kept = scenario.hosts[to].config.addresses;
  result.hosts.erase(result.hosts.begin() + from);
  std::erase_if(result.steps, [&](const Step& step) { return joins(step.action, from, to); });
  for (Step& step : result.steps) {
    visit_hosts(step.action, [&](HostIndex& host) {
      if (host == from) host = to;
      if (host > from) --host;
    });
    auto* call = std::get_if<step::Call>(&step.action);
    auto* endpoint = call != nullptr ? std::get_if<Endpoint>(&call->address.literal) : nullptr;
    if (endpoint == nullptr || std::ranges::find(gone, endpoint->ip) == gone.end()) continue;
    const auto same = std::ranges::find(kept, endpoint->ip.family, &IpAddress::family);
    if (same != kept.end()) endpoint->ip = *same;
  }
  return result;
}

void merge_hosts(Search& search) {
  for (std::size_t from = search.current().hosts.size(); from-- > 1;) {
    for (std::size_t to = 0; to < from; ++to) {
      if (search.attempt(with_hosts_merged(search.current(), static_cast<HostIndex>(from),
                                           static_cast<HostIndex>(to)))) {
        break;
      }
    }
  }
}

}  // namespace

void simplify_sockets(Search& search) {
  merge_hosts(search);
  while (!search.exhausted() && merge_one(search)) {
  }
  mirror_connections(search);
  use_v4(search);
}

}  // namespace lockstep::shrink
