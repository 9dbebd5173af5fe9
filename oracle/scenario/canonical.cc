#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_set>
#include <vector>

#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/scenario/words.h"

namespace lockstep::scenario {
namespace {

step::Call canonical_call(const step::Call& from) {
  step::Call call;
  call.host = from.host;
  call.call = from.call;
  if (from.call != lockstep::Call::socket) call.socket = from.socket;
  if (binds_name(from.call)) call.result = from.result;
  switch (from.call) {
    case lockstep::Call::socket:
      call.domain = from.domain;
      call.type = from.type;
      break;
    case lockstep::Call::bind:
    case lockstep::Call::connect:
      call.address = from.address;
      break;
    case lockstep::Call::listen:
      call.backlog = from.backlog;
      break;
    case lockstep::Call::sendto:
      call.address = from.address;
      [[fallthrough]];
    case lockstep::Call::send:
    case lockstep::Call::recv:
    case lockstep::Call::recvfrom:
      call.length = std::min(from.length, step::Call::max_length);
      call.flags = from.flags;
      break;
    case lockstep::Call::shutdown:
      call.how = from.how;
      break;
    case lockstep::Call::setsockopt:
      call.option_value = from.option_value;
      [[fallthrough]];
    case lockstep::Call::getsockopt:
      call.option = from.option;
      break;
    case lockstep::Call::poll:
      call.events = from.events;
      break;
    case lockstep::Call::accept:
    case lockstep::Call::close:
    case lockstep::Call::dup:
    case lockstep::Call::getsockname:
    case lockstep::Call::getpeername:
    case lockstep::Call::siocinq:
    case lockstep::Call::siocoutq:
      break;
  }
  if (call.address.kind == AddressOperand::Kind::literal) {
    call.address.socket = {};
  } else {
    call.address.literal = Unspecified{};
  }
  return call;
}

// Numbers names in the order in which the text shows them, and makes each fit to be one.
class Renaming {
 public:
  explicit Renaming(const Scenario& from) : from_(from) {
    for (const HostLine& host : from.hosts) taken_.insert(host.name);
  }

  void rename(SocketName& name) {
    if (name.none()) return;
    if (name.index >= new_index_.size()) new_index_.resize(std::size_t{name.index} + 1);
    SocketName& renamed = new_index_[name.index];
    if (renamed.none()) {
      renamed.index = static_cast<std::uint16_t>(names_.size());
      names_.push_back(fit(name_text(from_, name)));
    }
    name = renamed;
  }

  std::vector<std::string> names() && { return std::move(names_); }

 private:
  std::string fit(std::string name) {
    if (!is_socket_identifier(name)) name = "s";
    const std::string stem = name;
    for (std::uint32_t n = 1; !taken_.insert(name).second; ++n) {
      std::uint32_t& next = next_suffix_[stem];
      next = std::max(next, n);
      name = stem + "_" + std::to_string(next++);
    }
    return name;
  }

  const Scenario& from_;
  std::vector<SocketName> new_index_;
  std::vector<std::string> names_;
  std::set<std::string, std::less<>> taken_;
  std::map<std::string, std::uint32_t> next_suffix_;
};

void fix_labels(std::vector<Step>& steps) {
  std::unordered_set<Label> taken;
  for (const Step& step : steps) taken.insert(step.label);
  std::unordered_set<Label> seen{0};
  Label next = 1;
  for (Step& step : steps) {
    if (seen.insert(step.label).second) continue;
    while (taken.contains(next) || seen.contains(next)) ++next;
    step.label = next;
    seen.insert(next);
  }
}

HostConfig canonical_config(const HostConfig& from) {
  HostConfig config = from;
  for (const HostSetting& setting : host_settings()) {
    setting.set(config, std::clamp(setting.get(config), setting.least, setting.most));
  }
  config.ephemeral_first = std::max<std::uint16_t>(config.ephemeral_first, 1);
  config.ephemeral_last = std::max(config.ephemeral_last, config.ephemeral_first);
  return config;
}

// No line end within a comment, no space at its end.
std::string canonical_comment(std::string comment) {
  std::ranges::replace(comment, '\n', ' ');
  comment.erase(comment.find_last_not_of(" \t\r\v\f") + 1);
  return comment;
}

}  // namespace

Scenario canonical(const Scenario& scenario) {
  Scenario result;
  for (const std::string& comment : scenario.comments) {
    result.comments.push_back(canonical_comment(comment));
  }
  for (const HostLine& host : scenario.hosts) {
    result.hosts.push_back({host.name, canonical_config(host.config)});
  }
  Renaming renaming(scenario);
  for (const Step& from : scenario.steps) {
    Step step = from;
    const auto* call = std::get_if<step::Call>(&from.action);
    if (call != nullptr) step.action = canonical_call(*call);
    if (call == nullptr || step.expected == ExpectedResult{}) step.expected.reset();
    visit_names(step.action, [&](SocketName& name) { renaming.rename(name); });
    result.steps.push_back(std::move(step));
  }
  result.socket_names = std::move(renaming).names();
  fix_labels(result.steps);
  return result;
}

}  // namespace lockstep::scenario
