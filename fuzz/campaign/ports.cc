#include "fuzz/campaign/ports.h"

#include <map>

#include "absl/status/status.h"
#include "stack/ports/in_process.h"
#include "stack/ports/lies/lie.h"

namespace lockstep::campaign {
namespace {

absl::Status error(const std::string& text) {
  return absl::InvalidArgumentError(absl::string_view(text.data(), text.size()));
}

std::string names_of_ports() {
  std::string names;
  for (const PortRow& row : port_rows()) names += (names.empty() ? "" : ", ") + row.name;
  return names;
}

absl::Status check_port(const std::string& name) {
  for (const PortRow& row : port_rows()) {
    if (row.name != name) continue;
    if (row.unavailable.empty()) return absl::OkStatus();
    return error("port " + name + " cannot run here: " + row.unavailable);
  }
  return error("unknown port '" + name + "': use one of " + names_of_ports() +
               " (lockstep ports lists them)");
}

// "a=in_process,b=linux" by host, or one name for all hosts.
absl::StatusOr<std::vector<std::string>> port_per_host(
    const std::string& text, const std::vector<scenario::HostLine>& hosts) {
  if (text.find('=') == std::string::npos) {
    if (absl::Status status = check_port(text); !status.ok()) return status;
    return std::vector<std::string>(scenario::hosts_max, text);
  }
  std::map<std::string, std::string> chosen;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    const std::string part = text.substr(from, end - from);
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      return error("'" + part + "' is not HOST=PORT; write --port a=in_process,b=in_process");
    }
    if (absl::Status status = check_port(part.substr(equals + 1)); !status.ok()) return status;
    chosen[part.substr(0, equals)] = part.substr(equals + 1);
    from = end + 1;
  }
  std::vector<std::string> result;
  for (const scenario::HostLine& host : hosts) {
    const auto found = chosen.find(host.name);
    if (found == chosen.end()) {
      return error("--port names no port for host '" + host.name + "'");
    }
    result.push_back(found->second);
    chosen.erase(found);
  }
  if (!chosen.empty()) {
    return error("--port names host '" + chosen.begin()->first +
                 "', which the scenario does not have");
  }
  return result;
}

}  // namespace

std::vector<PortRow> port_rows() {
  return {{"in_process", "The simulated stack, in this process.", ""}};
}

absl::StatusOr<judge::PortFactory> make_factory(const PortChoice& choice,
                                                const std::vector<scenario::HostLine>& hosts) {
  absl::StatusOr<std::vector<std::string>> names = port_per_host(choice.port, hosts);
  if (!names.ok()) return names.status();
  if (!choice.lie.empty() && make_lying_port(choice.lie, make_in_process_port()) == nullptr) {
    return error("unknown lie '" + choice.lie + "': lockstep lies lists the known ones");
  }
  return judge::PortFactory([lie = choice.lie](scenario::HostIndex) {
    std::unique_ptr<Port> port = make_in_process_port();
    return lie.empty() ? std::move(port) : make_lying_port(lie, std::move(port));
  });
}

}  // namespace lockstep::campaign
