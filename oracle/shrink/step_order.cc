#include "oracle/shrink/step_order.h"

#include <algorithm>
#include <compare>
#include <map>

#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/edit.h"

namespace lockstep::shrink {
namespace {

using scenario::Action;
using scenario::AddressOperand;
using scenario::Scenario;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// The order in which a program makes calls on one socket.
std::uint64_t call_rank(Call call) {
  constexpr Call order[]{Call::socket,      Call::dup,         Call::setsockopt, Call::bind,
                         Call::listen,      Call::connect,     Call::accept,     Call::getsockopt,
                         Call::getsockname, Call::getpeername, Call::send,       Call::sendto,
                         Call::siocoutq,    Call::poll,        Call::siocinq,    Call::recv,
                         Call::recvfrom,    Call::shutdown,    Call::close};
  return static_cast<std::uint64_t>(std::ranges::find(order, call) - std::begin(order));
}

// The socket to whose life a step belongs: that which it makes, else that on which it acts.
SocketName subject_of(const Action& action) {
  return std::visit(
      [](const auto& step) -> SocketName {
        if constexpr (requires { step.result; }) {
          return step.result.none() ? step.socket : step.result;
        } else if constexpr (requires { step.socket; }) {
          return step.socket;
        } else {
          return {};
        }
      },
      action);
}

// The step's text without anything that renaming changes.
std::string anonymous_text(const Scenario& nameless, const Step& from) {
  Step step = from;
  visit_hosts(step.action, [](scenario::HostIndex& host) { host = 0; });
  scenario::visit_names(step.action, [](SocketName& name) { name = {}; });
  if (auto* call = std::get_if<step::Call>(&step.action)) {
    if (auto* endpoint = std::get_if<Endpoint>(&call->address.literal)) *endpoint = {};
  }
  return scenario::print_step(nameless, step);
}

// What is done with a socket, in an order that does not depend on that of the scenario.
struct Life {
  Role role = Role::other;
  std::vector<std::string> deeds;

  friend auto operator<=>(const Life&, const Life&) = default;
};

std::map<SocketName, Life> lives_of(const Scenario& scenario) {
  Scenario nameless;
  nameless.hosts = {scenario::HostLine{"a", {}}};
  const std::vector<Role> roles = roles_of(scenario);
  std::map<SocketName, Life> lives;
  for (const Step& step : scenario.steps) {
    const SocketName subject = subject_of(step.action);
    if (subject.none()) continue;
    Life& life = lives[subject];
    if (subject.index < roles.size()) life.role = roles[subject.index];
    life.deeds.push_back(anonymous_text(nameless, step));
  }
  for (auto& [name, life] : lives) std::ranges::sort(life.deeds);
  return lives;
}

// The place of each socket among all: equal for sockets with equal lives.
std::map<SocketName, std::uint64_t> socket_ranks(const Scenario& scenario) {
  const std::map<SocketName, Life> lives = lives_of(scenario);
  std::vector<const Life*> sorted;
  for (const auto& [name, life] : lives) sorted.push_back(&life);
  std::ranges::sort(sorted, [](const Life* a, const Life* b) { return *a < *b; });
  std::map<SocketName, std::uint64_t> ranks;
  for (const auto& [name, life] : lives) {
    const auto place = std::ranges::lower_bound(
        sorted, life, [](const Life& a, const Life& b) { return a < b; },
        [](const Life* each) -> const Life& { return *each; });
    ranks[name] = static_cast<std::uint64_t>(place - sorted.begin());
  }
  return ranks;
}

// An expectation belongs to the step before it and stays there.
bool pinned(const Step& step) { return std::holds_alternative<step::Expect>(step.action); }

}  // namespace

std::vector<Role> roles_of(const Scenario& scenario) {
  std::vector<Role> roles(scenario.socket_names.size(), Role::other);
  const auto set = [&](SocketName name, Role role) {
    if (name.none() || name.index >= roles.size()) return;
    Role& known = roles[name.index];
    if (known == Role::other || role == Role::listener) known = role;
  };
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr) continue;
    if (call->call == Call::socket && call->type == Type::dgram) set(call->result, Role::datagram);
    if (call->call == Call::accept) set(call->result, Role::accepted);
    if (call->call == Call::listen) set(call->socket, Role::listener);
    if (call->call == Call::connect) set(call->socket, Role::connector);
  }
  return roles;
}

std::vector<std::uint64_t> wished_order(const Scenario& scenario) {
  constexpr std::uint64_t network = 1'000'000'000;
  const std::map<SocketName, std::uint64_t> ranks = socket_ranks(scenario);
  std::vector<std::uint64_t> order;
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr) {
      order.push_back(network + step.action.index());
      continue;
    }
    const SocketName subject = subject_of(step.action);
    const std::uint64_t rank = subject.none() ? 0 : ranks.at(subject);
    order.push_back(rank * 100 + call_rank(call->call));
  }
  return order;
}

std::uint64_t disorder_of(const Scenario& scenario) {
  if (std::ranges::any_of(scenario.steps, pinned)) return 0;
  const std::vector<std::uint64_t> order = wished_order(scenario);
  std::uint64_t pairs = 0;
  for (std::size_t i = 0; i < order.size(); ++i) {
    for (std::size_t j = i + 1; j < order.size(); ++j) pairs += order[j] < order[i] ? 1u : 0u;
  }
  return pairs;
}

}  // namespace lockstep::shrink
