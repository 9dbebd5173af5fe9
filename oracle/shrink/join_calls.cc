// Fewer and plainer calls for the same data: one send for two, `sendto` for a connected datagram
// socket, another send for a duplicate that the network made, small buffers with short sends.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/scenario/words.h"
#include "oracle/shrink/dependency_graph.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

const step::Call* call_of(const Step& step) { return std::get_if<step::Call>(&step.action); }

Scenario without_step(const Scenario& scenario, std::size_t index) {
  StepSet removed(scenario.steps.size(), false);
  removed[index] = true;
  return without_steps(scenario, removed);
}

bool moves_data(Call call) {
  return call == Call::send || call == Call::sendto || call == Call::recv || call == Call::recvfrom;
}

// Two sends on a socket that differ in their length only become one, in the place of either.
bool join_one(Search& search) {
  const Scenario& current = search.current();
  for (std::size_t j = current.steps.size(); j-- > 1;) {
    const step::Call* later = call_of(current.steps[j]);
    if (later == nullptr || !moves_data(later->call)) continue;
    for (std::size_t i = j; i-- > 0;) {
      const step::Call* earlier = call_of(current.steps[i]);
      if (earlier == nullptr || earlier->call != later->call || earlier->socket != later->socket) {
        continue;
      }
      step::Call joined = *later;
      joined.length += earlier->length;
      if (joined.length > step::Call::max_length) continue;
      if (search.attempt(without_step(with_action(current, j, joined), i))) return true;
      if (search.attempt(without_step(with_action(current, i, joined), j))) return true;
    }
  }
  return false;
}

// ---- datagram sockets ----

scenario::Label unused_label(const Scenario& scenario) {
  scenario::Label label = 0;
  for (const Step& step : scenario.steps) label = std::max(label, step.label);
  // A packet whose step is gone is named by a label behind all others.
  return label + 2;
}

std::vector<SocketName> datagram_sockets(const Scenario& scenario) {
  std::vector<SocketName> sockets;
  for (const Step& step : scenario.steps) {
    const step::Call* call = call_of(step);
    if (call != nullptr && call->call == Call::socket && call->type == Type::dgram &&
        !call->result.none()) {
      sockets.push_back(call->result);
    }
  }
  return sockets;
}

// What the connected socket sends goes to the given address instead.
Scenario with_sends_to(const Scenario& scenario, SocketName socket,
                       const scenario::AddressOperand& address) {
  Scenario result = scenario;
  for (Step& step : result.steps) {
    auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr || call->socket != socket || call->call != Call::send) continue;
    call->call = Call::sendto;
    call->address = address;
  }
  return result;
}

void disconnect(Search& search, std::size_t index) {
  const Scenario current = search.current();
  const step::Call connect = *call_of(current.steps[index]);
  const auto& own = current.hosts[connect.host].config.addresses;
  scenario::AddressOperand itself;
  if (!own.empty()) itself.literal = Endpoint{own.front(), 8000};
  for (const auto& address : {connect.address, itself}) {
    const Scenario sending = with_sends_to(current, connect.socket, address);
    if (search.attempt(without_step(sending, index))) return;
    if (address.kind != scenario::AddressOperand::Kind::literal) continue;
    step::Call bind = connect;
    bind.call = Call::bind;
    bind.address = address;
    if (search.attempt(with_action(sending, index, bind))) return;
  }
}

void disconnect_datagram_sockets(Search& search) {
  const std::vector<SocketName> sockets = datagram_sockets(search.current());
  for (std::size_t i = 0; i < search.current().steps.size() && !search.exhausted(); ++i) {
    const step::Call* call = call_of(search.current().steps[i]);
    if (call == nullptr || call->call != Call::connect) continue;
    if (std::ranges::find(sockets, call->socket) != sockets.end()) disconnect(search, i);
  }
}

// A datagram to the port that the stack is going to choose becomes one to a port that a bind names.
void bind_guessed_ports(Search& search) {
  for (std::size_t i = 0; i < search.current().steps.size() && !search.exhausted(); ++i) {
    Scenario candidate = search.current();
    const step::Call* call = call_of(candidate.steps[i]);
    if (call == nullptr || call->result.none() || call->type != Type::dgram) continue;
    const auto& own = candidate.hosts[call->host].config.addresses;
    if (own.empty()) continue;
    step::Call bind;
    bind.call = Call::bind;
    bind.host = call->host;
    bind.socket = call->result;
    bind.address.literal = Endpoint{own.front(), 8000};
    for (Step& step : candidate.steps) {
      auto* other = std::get_if<step::Call>(&step.action);
      auto* endpoint = other != nullptr ? std::get_if<Endpoint>(&other->address.literal) : nullptr;
      if (endpoint != nullptr && endpoint->port >= HostConfig().ephemeral_first) {
        endpoint->port = 8000;
      }
    }
    const auto at = candidate.steps.begin() + static_cast<std::ptrdiff_t>(i) + 1;
    candidate.steps.insert(at, {unused_label(candidate), 0, bind, std::nullopt});
    search.attempt(candidate);
  }
}

// ---- what the network does twice ----

// A duplicate of what a call sent becomes another such call.
void repeat_calls(Search& search) {
  for (std::size_t i = 0; i < search.current().steps.size() && !search.exhausted(); ++i) {
    const Scenario& current = search.current();
    const auto* cause = scenario::cause_of(current.steps[i].action);
    if (cause == nullptr) continue;
    const auto made = std::ranges::find(current.steps, cause->label, &Step::label);
    if (made == current.steps.end() || call_of(*made) == nullptr) continue;
    if (!moves_data(call_of(*made)->call)) continue;
    search.attempt(with_action(current, i, made->action));
  }
}

// ---- buffers ----

// A setting and the lengths that reach it, smaller by the same amount; or by one less, for what is
// bounded by less than the setting when it is large.
Scenario with_setting(const Scenario& scenario, std::size_t host,
                      const scenario::HostSetting& setting, std::uint32_t smaller,
                      std::uint32_t beyond) {
  Scenario result = scenario;
  const std::uint32_t value = setting.get(scenario.hosts[host].config);
  setting.set(result.hosts[host].config, smaller);
  for (Step& step : result.steps) {
    auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr || !moves_data(call->call) || call->length < value) continue;
    call->length = call->length - value + smaller + beyond;
  }
  return result;
}

void shorten_with_setting(Search& search, std::size_t host, const scenario::HostSetting& setting) {
  constexpr std::array<std::uint32_t, 6> simple{1, 2, 10, 100, 1000, 2000};
  const std::uint32_t value = setting.get(search.current().hosts[host].config);
  const bool reached = std::ranges::any_of(search.current().steps, [&](const Step& step) {
    const step::Call* call = call_of(step);
    return call != nullptr && moves_data(call->call) && call->length >= value;
  });
  if (!reached && value == setting.get(HostConfig())) return;
  for (const std::uint32_t smaller : simple) {
    if (smaller >= value) return;
    if (smaller < setting.least) continue;
    for (const std::uint32_t beyond : {0u, 1u}) {
      if (search.attempt(with_setting(search.current(), host, setting, smaller, beyond))) return;
    }
  }
}

}  // namespace

void join_calls(Search& search) {
  while (!search.exhausted() && join_one(search)) {
  }
  disconnect_datagram_sockets(search);
  bind_guessed_ports(search);
  repeat_calls(search);
  for (std::size_t host = 0; host < search.current().hosts.size(); ++host) {
    for (const scenario::HostSetting& setting : scenario::host_settings()) {
      shorten_with_setting(search, host, setting);
    }
  }
}

}  // namespace lockstep::shrink
