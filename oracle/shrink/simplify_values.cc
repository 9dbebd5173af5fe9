#include <algorithm>
#include <cstdlib>
#include <map>
#include <optional>
#include <vector>

#include "oracle/scenario/visit_names.h"
#include "oracle/scenario/words.h"
#include "oracle/shrink/fields.h"
#include "oracle/shrink/passes.h"

namespace lockstep::shrink {
namespace {

using scenario::Action;
using scenario::AddressOperand;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// ---- numbers ----

struct Number {
  Preferred preferred;
  std::int64_t value = 0;
};

std::vector<Number> numbers_of(const Action& action) {
  std::vector<Number> numbers;
  visit_numbers(action, [&](Preferred preferred, const auto& field) {
    numbers.push_back({preferred, static_cast<std::int64_t>(field)});
  });
  return numbers;
}

Action with_number(const Action& action, std::size_t n, std::int64_t value) {
  Action result = action;
  std::size_t at = 0;
  visit_numbers(result, [&](Preferred, auto& field) {
    if (at++ == n) field = static_cast<std::remove_reference_t<decltype(field)>>(value);
  });
  return result;
}

// Finds the number nearest to `simple` that `accepts`, between it and `value`, if acceptance is
// monotone; something acceptable in between, if not.
template <typename Accepts>
void bisect(std::int64_t simple, std::int64_t value, Accepts accepts) {
  std::int64_t refused = simple;
  std::int64_t accepted = value;
  while (std::abs(accepted - refused) > 1) {
    const std::int64_t middle = refused + (accepted - refused) / 2;
    (accepts(middle) ? accepted : refused) = middle;
  }
}

// `accepts(v)` makes the change and says whether it was taken over.
template <typename Accepts>
void simplify_number(const Number& number, Accepts accepts) {
  const std::uint64_t cost = number_cost(number.preferred, number.value);
  for (const std::int64_t candidate : number.preferred) {
    if (number_cost(number.preferred, candidate) >= cost) return;
    if (accepts(candidate)) return;
  }
  bisect(0, number.value, accepts);
}

void simplify_numbers(Search& search, std::size_t index) {
  const auto action = [&]() -> const Action& { return search.current().steps[index].action; };
  const auto* call = std::get_if<step::Call>(&action());
  const std::size_t count = numbers_of(action()).size();
  for (std::size_t n = 0; n < count; ++n) {
    if (call != nullptr && !reads_number(call->call, n)) continue;
    simplify_number(numbers_of(action())[n], [&](std::int64_t value) {
      return search.attempt(with_action(search.current(), index, with_number(action(), n, value)));
    });
    call = std::get_if<step::Call>(&action());
  }
}

// Lengths that are equal may have to stay equal: all of them at once.
void simplify_equal_lengths(Search& search) {
  const auto lengths = [&] {
    std::map<std::uint32_t, int> counted;
    for (const Step& step : search.current().steps) {
      const auto* call = std::get_if<step::Call>(&step.action);
      if (call != nullptr && reads_number(call->call, 0)) ++counted[call->length];
    }
    std::erase_if(counted, [](const auto& entry) { return entry.second < 2; });
    return counted;
  };
  for (const auto& [length, times] : lengths()) {
    std::uint32_t current = length;
    simplify_number({preferred_lengths, length}, [&](std::int64_t value) {
      Scenario candidate = search.current();
      for (Step& step : candidate.steps) {
        auto* call = std::get_if<step::Call>(&step.action);
        if (call != nullptr && call->length == current) {
          call->length = static_cast<std::uint32_t>(value);
        }
      }
      if (!search.attempt(candidate)) return false;
      current = static_cast<std::uint32_t>(value);
      return true;
    });
  }
}

// ---- what is no number: calls, flags, addresses ----

template <typename Bits, typename Make>
void add_without_each_bit(Bits bits, std::vector<Action>& simpler, Make make) {
  if (bits != 0) simpler.push_back(make(Bits{0}));
  for (Bits bit = 1; bit != 0; bit = static_cast<Bits>(bit << 1)) {
    if ((bits & bit) != 0) simpler.push_back(make(static_cast<Bits>(bits & ~bit)));
  }
}

void add_simpler_addresses(const Scenario& scenario, std::size_t index, const step::Call& call,
                           std::vector<Action>& simpler) {
  const auto add = [&](const AddressOperand& address) {
    step::Call changed = call;
    changed.address = address;
    simpler.emplace_back(changed);
  };
  const auto* endpoint = std::get_if<Endpoint>(&call.address.literal);
  if (call.call == Call::bind) {
    if (endpoint == nullptr) return;
    AddressOperand address;
    const auto& own = scenario.hosts[call.host].config.addresses;
    if (!own.empty()) {
      address.literal = Endpoint{own.front(), endpoint->port};
      add(address);
    }
    address.literal = Endpoint{IpAddress::any(endpoint->ip.family), endpoint->port};
    add(address);
  } else if (call.call == Call::connect || call.call == Call::sendto) {
    const auto& own = scenario.hosts[call.host].config.addresses;
    if (endpoint != nullptr && !own.empty()) {
      AddressOperand address;
      address.literal = Endpoint{own.front(), endpoint->port};
      add(address);
    }
    for (std::size_t i = 0; i < index; ++i) {
      const auto* maker = std::get_if<step::Call>(&scenario.steps[i].action);
      if (maker == nullptr || maker->result.none()) continue;
      if (maker->result == call.socket && call.call == Call::connect) continue;
      add({AddressOperand::Kind::local_of, {}, maker->result});
    }
  }
}

void add_simpler_calls(const step::Call& call, std::vector<Action>& simpler) {
  const auto add = [&](auto change) {
    step::Call changed = call;
    change(changed);
    simpler.emplace_back(changed);
  };
  const auto become = [&](Call other) { add([&](step::Call& changed) { changed.call = other; }); };
  if (call.call == Call::sendto) become(Call::send);
  if (call.call == Call::recvfrom) become(Call::recv);
  if (call.call == Call::shutdown) {
    become(Call::close);
    for (const ShutdownHow how : {ShutdownHow::write, ShutdownHow::read, ShutdownHow::both}) {
      add([&](step::Call& changed) { changed.how = how; });
    }
  }
  add_without_each_bit(call.flags, simpler, [&](MsgFlags flags) {
    step::Call changed = call;
    changed.flags = flags;
    return Action(changed);
  });
  add_without_each_bit(call.events, simpler, [&](PollEvents events) {
    step::Call changed = call;
    changed.events = events;
    return Action(changed);
  });
}

void add_simpler_forgeries(const step::Forge& forge, std::vector<Action>& simpler) {
  const auto with_flags = [&](TcpFlags flags) {
    step::Forge changed = forge;
    changed.flags = flags;
    return Action(changed);
  };
  for (const TcpFlags flags : preferred_forged_flags) simpler.push_back(with_flags(flags));
  add_without_each_bit(forge.flags, simpler, with_flags);
}

std::vector<Action> simpler_actions(const Scenario& scenario, std::size_t index) {
  std::vector<Action> simpler;
  const Action& action = scenario.steps[index].action;
  if (const auto* call = std::get_if<step::Call>(&action)) {
    add_simpler_calls(*call, simpler);
    add_simpler_addresses(scenario, index, *call, simpler);
  } else if (const auto* forge = std::get_if<step::Forge>(&action)) {
    add_simpler_forgeries(*forge, simpler);
  } else if (const auto* tick = std::get_if<step::Tick>(&action)) {
    for (std::size_t host = 0; host < scenario.hosts.size(); ++host) {
      simpler.emplace_back(step::Tick{static_cast<scenario::HostIndex>(host), tick->ticks});
    }
  } else if (const auto* icmp = std::get_if<step::Icmp>(&action)) {
    for (const IcmpKind kind : {IcmpKind::port_unreachable, IcmpKind::host_unreachable}) {
      step::Icmp changed = *icmp;
      changed.kind = kind;
      simpler.emplace_back(changed);
    }
  }
  return simpler;
}

// Ports that differ may as well be the same.
void simplify_port(Search& search, std::size_t index) {
  const auto* call = std::get_if<step::Call>(&search.current().steps[index].action);
  const auto* endpoint = call != nullptr ? std::get_if<Endpoint>(&call->address.literal) : nullptr;
  if (endpoint == nullptr || endpoint->port == 8000) return;
  step::Call changed = *call;
  changed.address.literal = Endpoint{endpoint->ip, 8000};
  search.attempt(with_action(search.current(), index, changed));
}

void simplify_action(Search& search, std::size_t index) {
  for (const Action& action : simpler_actions(search.current(), index)) {
    if (search.attempt(with_action(search.current(), index, action))) {
      return simplify_action(search, index);
    }
  }
}

void drop_expectation(Search& search, std::size_t index) {
  if (!search.current().steps[index].expected) return;
  Scenario candidate = search.current();
  candidate.steps[index].expected.reset();
  search.attempt(candidate);
}

// ---- hosts ----

void simplify_setting(Search& search, std::size_t host, const scenario::HostSetting& setting) {
  const std::int64_t usual = setting.get(HostConfig());
  const std::int64_t value = setting.get(search.current().hosts[host].config);
  if (value == usual) return;
  const auto accepts = [&](std::int64_t candidate) {
    Scenario changed = search.current();
    setting.set(changed.hosts[host].config, static_cast<std::uint32_t>(candidate));
    return search.attempt(changed);
  };
  if (!accepts(usual)) bisect(usual, value, accepts);
}

void simplify_ephemeral_range(Search& search, std::size_t host) {
  const HostConfig defaults;
  Scenario candidate = search.current();
  HostConfig& config = candidate.hosts[host].config;
  config.ephemeral_first = defaults.ephemeral_first;
  config.ephemeral_last = defaults.ephemeral_last;
  if (search.attempt(candidate)) return;
  const std::uint16_t last = search.current().hosts[host].config.ephemeral_last;
  const std::uint16_t first = search.current().hosts[host].config.ephemeral_first;
  config.ephemeral_last = static_cast<std::uint16_t>(
      std::min(config.ephemeral_first + (last - first), int{defaults.ephemeral_last}));
  search.attempt(candidate);
}

void remove_addresses(Search& search, std::size_t host) {
  for (std::size_t n = search.current().hosts[host].config.addresses.size(); n-- > 0;) {
    Scenario candidate = search.current();
    auto& addresses = candidate.hosts[host].config.addresses;
    addresses.erase(addresses.begin() + static_cast<std::ptrdiff_t>(n));
    if (!addresses.empty()) search.attempt(candidate);
  }
}

// What a setting made quick happens without it too, in time.
Scenario with_longest_ticks(const Scenario& scenario) {
  Scenario result = scenario;
  for (Step& step : result.steps) {
    if (auto* tick = std::get_if<step::Tick>(&step.action)) {
      tick->ticks = std::max(tick->ticks, static_cast<std::uint32_t>(preferred_ticks.back()));
    }
  }
  return result;
}

void simplify_host(Search& search, std::size_t host) {
  Scenario plain = search.current();
  HostConfig& config = plain.hosts[host].config;
  std::vector<IpAddress> addresses = config.addresses;
  config = HostConfig();
  config.addresses = std::move(addresses);
  if (!search.attempt(plain) && !search.attempt(with_longest_ticks(plain))) {
    for (const scenario::HostSetting& setting : scenario::host_settings()) {
      simplify_setting(search, host, setting);
    }
    simplify_ephemeral_range(search, host);
    Scenario privileged = search.current();
    privileged.hosts[host].config.unprivileged = false;
    search.attempt(privileged);
  }
  remove_addresses(search, host);
}

}  // namespace

void simplify_values(Search& search) {
  for (std::size_t host = 0; host < search.current().hosts.size(); ++host) {
    simplify_host(search, host);
  }
  simplify_equal_lengths(search);
  for (std::size_t i = 0; i < search.current().steps.size() && !search.exhausted(); ++i) {
    drop_expectation(search, i);
    simplify_action(search, i);
    simplify_port(search, i);
    simplify_numbers(search, i);
  }
}

}  // namespace lockstep::shrink
