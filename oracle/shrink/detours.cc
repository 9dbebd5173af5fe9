// Detours: a change that makes a scenario no simpler may free other steps. Each is followed by the
// removal of what it freed, and kept when the result is simpler than what was there before.
#include <algorithm>
#include <array>
#include <optional>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

using scenario::Action;
using scenario::HostIndex;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// Beyond this many steps, detours are too many to try.
constexpr std::size_t steps_max = 14;

struct Named {
  SocketName name;
  HostIndex host = 0;
};

// The sockets that steps before the given one made.
std::vector<Named> sockets_before(const Scenario& scenario, std::size_t index) {
  std::vector<Named> sockets;
  for (std::size_t i = 0; i < index; ++i) {
    const auto* call = std::get_if<step::Call>(&scenario.steps[i].action);
    if (call != nullptr && !call->result.none()) sockets.push_back({call->result, call->host});
  }
  return sockets;
}

// The same call on each other socket.
void add_other_sockets(const Scenario& scenario, std::size_t index, std::vector<Action>& actions) {
  const auto* call = std::get_if<step::Call>(&scenario.steps[index].action);
  if (call == nullptr || call->socket.none() || !call->result.none()) return;
  for (const Named& other : sockets_before(scenario, index)) {
    if (other.name == call->socket) continue;
    step::Call changed = *call;
    changed.socket = other.name;
    changed.host = other.host;
    actions.emplace_back(changed);
  }
}

// A bind of the same socket, to an address that is written somewhere.
void add_binds(const Scenario& scenario, std::size_t index, std::vector<Action>& actions) {
  const auto* call = std::get_if<step::Call>(&scenario.steps[index].action);
  if (call == nullptr || call->socket.none() || !call->result.none()) return;
  std::vector<Endpoint> endpoints;
  const auto& own = scenario.hosts[call->host].config.addresses;
  if (!own.empty()) endpoints.push_back({own.front(), 8000});
  for (const Step& step : scenario.steps) {
    const auto* other = std::get_if<step::Call>(&step.action);
    const auto* endpoint =
        other != nullptr ? std::get_if<Endpoint>(&other->address.literal) : nullptr;
    if (endpoint == nullptr || std::ranges::find(endpoints, *endpoint) != endpoints.end()) continue;
    endpoints.push_back(*endpoint);
  }
  for (const Endpoint& endpoint : endpoints) {
    step::Call bind;
    bind.call = Call::bind;
    bind.host = call->host;
    bind.socket = call->socket;
    bind.address.literal = endpoint;
    actions.emplace_back(bind);
  }
}

// An address at which nobody is, for that of a socket which then need not be there.
void add_nobody(const Scenario& scenario, std::size_t index, std::vector<Action>& actions) {
  const auto* call = std::get_if<step::Call>(&scenario.steps[index].action);
  if (call == nullptr || call->address.kind == scenario::AddressOperand::Kind::literal) return;
  step::Call changed = *call;
  changed.address = {};
  changed.address.literal = Endpoint{IpAddress::v4(10, 0, 0, 254), 8000};
  actions.emplace_back(changed);
}

// The end of a socket, and time for a timer: what most long ways come to in the end.
void add_short_ways(const Scenario& scenario, std::size_t index, std::vector<Action>& actions) {
  constexpr std::array<std::uint32_t, 5> ticks{1, 3, 10, 100, 1000};
  if (const auto* call = std::get_if<step::Call>(&scenario.steps[index].action)) {
    if (!call->result.none()) return;
  }
  for (const Named& socket : sockets_before(scenario, index)) {
    step::Call close;
    close.call = Call::close;
    close.host = socket.host;
    close.socket = socket.name;
    actions.emplace_back(close);
  }
  for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
    for (const std::uint32_t n : ticks) {
      actions.emplace_back(step::Tick{static_cast<HostIndex>(host), n});
    }
  }
}

bool take_one(Search& search) {
  const std::size_t steps = search.current().steps.size();
  for (std::size_t i = steps; i-- > 0;) {
    std::vector<Action> actions;
    add_other_sockets(search.current(), i, actions);
    add_binds(search.current(), i, actions);
    add_nobody(search.current(), i, actions);
    add_short_ways(search.current(), i, actions);
    for (const Action& action : actions) {
      if (search.detour(with_action(search.current(), i, action), remove_what_was_freed)) {
        return true;
      }
    }
  }
  return false;
}

}  // namespace

void take_detours(Search& search) {
  if (search.current().steps.size() > steps_max) return;
  while (!search.exhausted() && take_one(search)) {
  }
}

}  // namespace lockstep::shrink
