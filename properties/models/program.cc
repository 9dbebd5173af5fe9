#include "properties/models/program.h"

#include <algorithm>
#include <cstdio>
#include <span>
#include <variant>

#include "oracle/scenario/text.h"
#include "stack/api/check.h"

namespace lockstep::models {
namespace {

namespace step = scenario::step;

// More than are ever sent on a path of a model with `replay` items, so that what they name is
// there.
constexpr std::size_t replayable = 128;

// One text with all lines, so that a name means the same socket everywhere.
scenario::Scenario parse_all(const ModelSpec& spec, std::size_t& given) {
  const auto parse = [](const std::string& text) {
    auto parsed = scenario::parse(text, "model");
    if (!parsed) std::fprintf(stderr, "%s\n", scenario::to_string(parsed.error()).c_str());
    LOCKSTEP_CHECK(parsed.has_value());
    return *std::move(parsed);
  };
  given = parse(spec.world).steps.size();
  std::string text = spec.world + "\n";
  for (const Item& item : spec.items) {
    std::string lines = item.step;
    std::ranges::replace(lines, ';', '\n');
    text += lines + "\n";
  }
  return parse(text);
}

std::uint8_t host_of(const scenario::Step& to_do, const std::vector<std::uint8_t>& host_of_name) {
  if (const auto* call = std::get_if<step::Call>(&to_do.action)) {
    // An address that another socket has makes the call depend on that socket.
    const bool literal = call->address.kind == scenario::AddressOperand::Kind::literal;
    return literal ? call->host : CompiledItem::no_host;
  }
  if (const auto* forge = std::get_if<step::Forge>(&to_do.action)) {
    LOCKSTEP_CHECK(forge->socket.index < host_of_name.size());
    return host_of_name[forge->socket.index];
  }
  return CompiledItem::no_host;
}

std::vector<std::uint8_t> hosts_of_names(const scenario::Scenario& all) {
  std::vector<std::uint8_t> hosts(all.socket_names.size(), CompiledItem::no_host);
  for (const scenario::Step& to_do : all.steps) {
    const auto* call = std::get_if<step::Call>(&to_do.action);
    if (call != nullptr && !call->result.none()) hosts[call->result.index] = call->host;
  }
  return hosts;
}

bool names_a_stream(const scenario::Step& to_do) {
  if (std::holds_alternative<step::Forge>(to_do.action)) return true;
  const auto* call = std::get_if<step::Call>(&to_do.action);
  return call != nullptr && (call->call == Call::socket || call->call == Call::accept);
}

// What a host's hash leaves out (stack/tcp/tcb.cc). What icmp steps quote is no part of a state
// either (oracle/judge/runner_value.cc).
bool sets_user_timeout(const scenario::Step& to_do) {
  const auto* call = std::get_if<step::Call>(&to_do.action);
  return call != nullptr && call->call == Call::setsockopt &&
         call->option == OptionName::tcp_user_timeout;
}

class Compiler {
 public:
  explicit Compiler(const ModelSpec& spec) : spec_(spec) {}

  Program run() {
    std::size_t given = 0;
    scenario::Scenario all = parse_all(spec_, given);
    const std::vector<std::uint8_t> hosts = hosts_of_names(all);
    LOCKSTEP_CHECK(spec_.items.size() <= items_max);
    std::size_t at = given;
    for (const Item& item : spec_.items) {
      const auto count = static_cast<std::size_t>(1 + std::ranges::count(item.step, ';'));
      LOCKSTEP_CHECK(count <= item_steps_max && at + count <= all.steps.size());
      LOCKSTEP_CHECK(!item.fair || out_.items.size() < fair_items_max);
      out_.items.push_back(item_of(item, std::span(all.steps).subspan(at, count), hosts));
      at += count;
    }
    // Once all counters have their numbers.
    for (std::size_t i = 0; i < spec_.items.size(); ++i) {
      out_.items[i].after = bits_of(spec_.items[i].after);
      out_.items[i].until = bits_of(spec_.items[i].until);
    }
    all.steps.resize(given);
    for (std::size_t i = 0; i < given; ++i) {
      all.steps[i].label = static_cast<scenario::Label>(i + 1);
    }
    LOCKSTEP_CHECK(!spec_.network.is_fair || all.hosts.size() <= fair_hosts_max);
    out_.given = std::move(all);
    for (const Goal& goal : spec_.goals) out_.goals.push_back(goal_of(goal));
    if (spec_.promise.kind != Promise::Kind::none) {
      out_.goals.push_back(goal_of(spec_.promise.goal));
    }
    LOCKSTEP_CHECK(out_.goals.size() <= goals_max);
    out_.network = spec_.network;
    out_.settles = spec_.settles;
    out_.promise = spec_.promise.kind;
    return std::move(out_);
  }

 private:
  CompiledItem item_of(const Item& item, std::span<const scenario::Step> steps,
                       const std::vector<std::uint8_t>& hosts) {
    CompiledItem made;
    made.steps.assign(steps.begin(), steps.end());
    made.host = host_of(steps.front(), hosts);
    for (const scenario::Step& to_do : steps) {
      LOCKSTEP_CHECK(!sets_user_timeout(to_do) &&
                     !std::holds_alternative<step::Icmp>(to_do.action));
      if (host_of(to_do, hosts) != made.host) made.host = CompiledItem::no_host;
      made.makes_stream |= names_a_stream(to_do);
      if (std::holds_alternative<step::Replay>(to_do.action)) out_.archive = replayable;
    }
    made.counter = counter(counter_of(item));
    made.most = item.most;
    // The label of a stream must be the same always, and no other's.
    LOCKSTEP_CHECK(!made.makes_stream || (made.most != any_number && steps.size() == 1));
    made.when_quiet = item.when_quiet;
    made.fair = item.fair;
    return made;
  }

  static const std::string& counter_of(const Item& item) {
    return item.counter.empty() ? item.step : item.counter;
  }

  std::uint8_t counter(const std::string& name) {
    const auto found = std::ranges::find(out_.counters, name);
    if (found == out_.counters.end()) {
      LOCKSTEP_CHECK(out_.counters.size() < counters_max);
      out_.counters.push_back(name);
      return static_cast<std::uint8_t>(out_.counters.size() - 1);
    }
    return static_cast<std::uint8_t>(found - out_.counters.begin());
  }

  std::uint64_t bits_of(const std::vector<std::string>& names) {
    std::uint64_t bits = 0;
    for (const std::string& name : names) {
      const auto found = std::ranges::find(out_.counters, name);
      if (found == out_.counters.end()) std::fprintf(stderr, "no counter %s\n", name.c_str());
      LOCKSTEP_CHECK(found != out_.counters.end());
      bits |= std::uint64_t{1} << (found - out_.counters.begin());
    }
    return bits;
  }

  CompiledGoal goal_of(const Goal& goal) const {
    CompiledGoal compiled{goal.name, CompiledItem::no_host, goal.state, 0, goal.error, goal.value};
    if (goal.step.empty()) {
      const auto& hosts = out_.given.hosts;
      const auto found = std::ranges::find(hosts, goal.host, &scenario::HostLine::name);
      LOCKSTEP_CHECK(found != hosts.end());
      compiled.host = static_cast<std::uint8_t>(found - hosts.begin());
      return compiled;
    }
    for (std::size_t i = 0; i < spec_.items.size(); ++i) {
      if (spec_.items[i].step == goal.step) compiled.items |= std::uint64_t{1} << i;
    }
    if (compiled.items == 0) std::fprintf(stderr, "no item %s\n", goal.step.c_str());
    LOCKSTEP_CHECK(compiled.items != 0);
    return compiled;
  }

  const ModelSpec& spec_;
  Program out_;
};

}  // namespace

Program compile(const ModelSpec& spec) { return Compiler(spec).run(); }

scenario::Label stream_label(std::size_t item, std::uint8_t count) {
  return static_cast<scenario::Label>(1'000 + item * 256 + count);
}

}  // namespace lockstep::models
