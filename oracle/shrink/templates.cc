// Templates: the shortest ways to the usual states of a connection. What a scenario does before its
// last calls is replaced by one of them when these calls then still fail for the same cause, so
// that the roundabout ways to one state all become the shortest one.
#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/shrink/passes.h"
#include "oracle/shrink/step_order.h"
#include "stack/api/check.h"

namespace lockstep::shrink {
namespace {

using scenario::Action;
using scenario::AddressOperand;
using scenario::HostIndex;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// Steps at the end that are kept.
constexpr std::size_t kept_max = 3;

// `@` stands for the connector's host.
constexpr std::string_view connection =
    "a: l = socket inet stream\n"
    "a: listen l 1\n"
    "@: c = socket inet stream\n"
    "@: connect c local(l)\n";
constexpr std::string_view middles[]{
    "",
    "a: close l\n",
    "@: close c\n",
    "@: send c 1\n",
    "a: s = accept l\n",
    "a: s = accept l\n@: send c 1\n",
    "a: s = accept l\na: send s 1\n",
    "a: s = accept l\na: close s\n",
    "a: s = accept l\n@: close c\n",
    "@: send c 1\na: s = accept l\na: close s\n",
};

// What comes before the SYN-ACK arrives: step 4 is the connect.
constexpr std::string_view half_open[]{
    "deliver 4.1\n",
    "deliver 4.1\ntick a 1000\n",
};

constexpr std::string_view one_host = "host a 10.0.0.1\n";
constexpr std::string_view two_hosts = "host a 10.0.0.1\nhost b 10.0.0.2\n";

constexpr std::string_view alone[]{
    "host a 10.0.0.1\n"
    "a: c = socket inet stream\n",
    "host a 10.0.0.1\n"
    "a: c = socket inet stream\n"
    "a: connect c 10.0.0.1:8000\n",
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "a: c = socket inet stream\n"
    "a: connect c 10.0.0.2:8000\n"
    "settle\n",
    "host a 10.0.0.1\n"
    "a: u = socket inet dgram\n",
    "host a 10.0.0.1\n"
    "a: u = socket inet dgram\n"
    "a: bind u 10.0.0.1:8000\n"
    "a: sendto u 1 10.0.0.1:8000\n",
    "host a 10.0.0.1\n"
    "a: u = socket inet dgram\n"
    "a: bind u 10.0.0.1:8000\n"
    "a: sendto u 1 10.0.0.1:8000\n"
    "a: sendto u 1 10.0.0.1:8000\n",
    "host a 10.0.0.1\n"
    "a: u = socket inet dgram\n"
    "a: bind u 10.0.0.1:8000\n"
    "a: sendto u 0 10.0.0.1:8000\n"
    "a: sendto u 1 10.0.0.1:8000\n",
    "host a 10.0.0.1\n"
    "host b 10.0.0.2\n"
    "a: u = socket inet dgram\n"
    "a: sendto u 1 10.0.0.2:8000\n"
    "settle\n",
};

Scenario parsed(std::string text, char connector) {
  std::ranges::replace(text, '@', connector);
  auto result = scenario::parse(text, "template");
  LOCKSTEP_CHECK(result.has_value());
  return *std::move(result);
}

std::vector<Scenario> all_templates() {
  std::vector<Scenario> templates;
  for (const std::string_view text : alone) templates.push_back(parsed(std::string(text), 'a'));
  const std::string setup(connection);
  for (const std::string_view end : half_open) {
    templates.push_back(parsed(std::string(two_hosts) + setup + std::string(end), 'b'));
  }
  for (const std::string_view middle : middles) {
    const std::string end(middle);
    templates.push_back(parsed(std::string(one_host) + setup + end, 'a'));
    const std::string connected = std::string(two_hosts) + setup + "settle\n" + end;
    templates.push_back(parsed(connected, 'b'));
    if (!middle.empty()) templates.push_back(parsed(connected + "settle\n", 'b'));
  }
  return templates;
}

// A socket of a template, and the host it is on.
struct Actor {
  SocketName name;
  HostIndex host = 0;
  bool datagram = false;
};

std::vector<Actor> actors_of(const Scenario& scenario) {
  const std::vector<Role> roles = roles_of(scenario);
  std::vector<Actor> actors;
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    if (call == nullptr || call->result.none()) continue;
    actors.push_back({call->result, call->host, roles[call->result.index] == Role::datagram});
  }
  return actors;
}

// Whether the step means something after other steps than those it followed.
bool can_follow_others(const Action& action) {
  if (const auto* call = std::get_if<step::Call>(&action)) {
    return !call->socket.none() && call->result.none() &&
           call->address.kind == AddressOperand::Kind::literal;
  }
  return std::holds_alternative<step::Settle>(action) ||
         std::holds_alternative<step::Tick>(action) || std::holds_alternative<step::Forge>(action);
}

// The last steps of a scenario, which act on one socket or on none.
struct Ending {
  std::vector<Action> actions;
  bool acts = false;  // On a socket.
  bool datagram = false;
};

std::optional<Ending> ending_of(const Scenario& scenario, std::size_t length) {
  if (scenario.steps.size() <= length) return std::nullopt;
  const std::vector<Role> roles = roles_of(scenario);
  Ending ending;
  SocketName socket;
  for (std::size_t i = scenario.steps.size() - length; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (step.expected || !can_follow_others(step.action)) return std::nullopt;
    bool one_socket = true;
    scenario::visit_names(step.action, [&](const SocketName& name) {
      if (name.none()) return;
      one_socket = one_socket && (socket.none() || socket == name);
      socket = name;
    });
    if (!one_socket) return std::nullopt;
    ending.actions.push_back(step.action);
  }
  ending.acts = !socket.none();
  ending.datagram =
      ending.acts && socket.index < roles.size() && roles[socket.index] == Role::datagram;
  return ending;
}

// The setup with its sends of the given length, and the ending on the given socket.
Scenario with_ending(const Scenario& setup, const Ending& ending, const Actor& actor,
                     std::uint32_t length) {
  Scenario result = setup;
  for (Step& step : result.steps) {
    auto* call = std::get_if<step::Call>(&step.action);
    if (call != nullptr && call->call == Call::send) call->length = length;
  }
  for (Action action : ending.actions) {
    scenario::visit_names(action, [&](SocketName& name) {
      if (!name.none()) name = actor.name;
    });
    visit_hosts(action, [&](HostIndex& host) { host = actor.host; });
    result.steps.push_back({0, 0, std::move(action), std::nullopt});
  }
  scenario::Label label = 0;
  for (Step& step : result.steps) step.label = ++label;
  return result;
}

// When no call shows the failure, any step that lets time pass may do.
std::vector<Ending> endings_of(const Scenario& scenario) {
  std::vector<Ending> endings;
  for (std::size_t length = 1; length <= kept_max; ++length) {
    if (std::optional<Ending> ending = ending_of(scenario, length)) {
      endings.push_back(*std::move(ending));
    }
  }
  if (!scenario.steps.empty() &&
      !std::holds_alternative<step::Call>(scenario.steps.back().action)) {
    endings.push_back({{step::Settle{}}, false, false});
    endings.push_back({{step::Tick{}}, false, false});
  }
  return endings;
}

bool try_template(Search& search, const Scenario& setup, const std::vector<Ending>& endings,
                  std::uint32_t length) {
  for (const Ending& ending : endings) {
    for (const Actor& actor : actors_of(setup)) {
      if (ending.acts && ending.datagram != actor.datagram) continue;
      if (search.attempt(with_ending(setup, ending, actor, length))) return true;
    }
    // The host on which a tick matters may have no socket.
    if (!ending.acts && setup.hosts.size() > 1 &&
        search.attempt(with_ending(setup, ending, {{}, 1, false}, length))) {
      return true;
    }
  }
  return false;
}

// One byte, and as much as the scenario sends at once.
std::vector<std::uint32_t> lengths_of(const Scenario& scenario) {
  std::uint32_t longest = 1;
  for (const Step& step : scenario.steps) {
    const auto* call = std::get_if<step::Call>(&step.action);
    if (call != nullptr && call->call == Call::send) longest = std::max(longest, call->length);
  }
  return longest == 1 ? std::vector<std::uint32_t>{1} : std::vector<std::uint32_t>{1, longest};
}

}  // namespace

void try_templates(Search& search) {
  static const std::vector<Scenario> templates = all_templates();
  bool changed = true;
  while (changed && !search.exhausted()) {
    changed = false;
    const std::vector<Ending> endings = endings_of(search.current());
    for (const std::uint32_t length : lengths_of(search.current())) {
      changed = changed || std::ranges::any_of(templates, [&](const Scenario& setup) {
                  return try_template(search, setup, endings, length);
                });
    }
  }
}

}  // namespace lockstep::shrink
