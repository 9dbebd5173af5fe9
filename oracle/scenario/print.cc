#include <string>
#include <unordered_set>

#include "oracle/scenario/print_step.h"
#include "oracle/scenario/text.h"
#include "oracle/scenario/visit_names.h"
#include "oracle/scenario/words.h"

namespace lockstep::scenario {
namespace {

void print_host(const HostLine& host, std::string& out) {
  const HostConfig& config = host.config;
  const HostConfig usual;
  out += "host " + host.name;
  for (const IpAddress& address : config.addresses) out += " " + to_string(address);
  for (const HostSetting& setting : host_settings()) {
    if (setting.get(config) == setting.get(usual)) continue;
    out += " " + std::string(setting.key) + "=" + std::to_string(setting.get(config));
  }
  if (config.ephemeral_first != usual.ephemeral_first ||
      config.ephemeral_last != usual.ephemeral_last) {
    out += " ephemeral=" + std::to_string(config.ephemeral_first) + "-" +
           std::to_string(config.ephemeral_last);
  }
  if (config.unprivileged) out += " unprivileged";
  out += '\n';
}

std::unordered_set<Label> referenced_labels(const Scenario& scenario) {
  std::unordered_set<Label> labels;
  for (const Step& step : scenario.steps) {
    if (const PacketByCause* cause = cause_of(step.action)) labels.insert(cause->label);
  }
  return labels;
}

}  // namespace

std::string name_text(const Scenario& scenario, SocketName name) {
  if (name.none()) return "_";
  if (name.index < scenario.socket_names.size()) return scenario.socket_names[name.index];
  return "s" + std::to_string(name.index);
}

std::string print_step(const Scenario& scenario, const Step& step) {
  constexpr std::size_t result_column = 32;
  std::string line = print_action(scenario, step.action);
  const auto* call = std::get_if<step::Call>(&step.action);
  if (call == nullptr || !step.expected.has_value()) return line;
  if (line.size() + 1 < result_column) line.resize(result_column - 1, ' ');
  return line + " " + print_expected(*call, *step.expected);
}

std::string print(const Scenario& scenario) {
  const Scenario shown = canonical(scenario);
  std::string out;
  for (const std::string& comment : shown.comments) {
    out += comment.empty() ? "#\n" : "# " + comment + "\n";
  }
  for (const HostLine& host : shown.hosts) print_host(host, out);
  const std::unordered_set<Label> referenced = referenced_labels(shown);
  Label last = 0;
  for (const Step& step : shown.steps) {
    if (step.label != last + 1 || referenced.contains(step.label)) {
      out += "[" + std::to_string(step.label) + "] ";
    }
    last = step.label;
    out += print_step(shown, step) + "\n";
  }
  return out;
}

}  // namespace lockstep::scenario
