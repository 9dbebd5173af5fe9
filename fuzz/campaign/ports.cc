#include "fuzz/campaign/ports.h"

#include <map>

#include "absl/status/status.h"
#include "stack/api/check.h"
#include "stack/ports/in_process.h"
#include "stack/ports/lies/lie.h"
#include "stack/ports/linux/linux_port.h"

namespace lockstep::campaign {
namespace {

absl::Status error(const std::string& text) {
  return absl::InvalidArgumentError(absl::string_view(text.data(), text.size()));
}

std::string names_of_ports() {
  std::string names;
  for (const PortRow& row : port_rows()) {
    names += (names.empty() ? "" : ", ") + std::string(row.name);
  }
  return names;
}

absl::StatusOr<const PortRow*> find_port(const std::string& name) {
  for (const PortRow& row : port_rows()) {
    if (row.name != name) continue;
    const std::string reason = row.unavailable();
    if (reason.empty()) return &row;
    return error("port " + name + " cannot run here: " + reason);
  }
  return error("unknown port '" + name + "': use one of " + names_of_ports() +
               " (lockstep ports lists them)");
}

// "a=in_process,b=linux" by host, or one name for all hosts.
absl::StatusOr<std::vector<const PortRow*>> port_per_host(
    const std::string& text, const std::vector<scenario::HostLine>& hosts) {
  if (text.find('=') == std::string::npos) {
    absl::StatusOr<const PortRow*> row = find_port(text);
    if (!row.ok()) return row.status();
    return std::vector<const PortRow*>(scenario::hosts_max, *row);
  }
  std::map<std::string, const PortRow*> chosen;
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t end = std::min(text.find(',', from), text.size());
    const std::string part = text.substr(from, end - from);
    const std::size_t equals = part.find('=');
    if (equals == std::string::npos || equals == 0) {
      return error("'" + part + "' is not HOST=PORT; write --port a=in_process,b=in_process");
    }
    absl::StatusOr<const PortRow*> row = find_port(part.substr(equals + 1));
    if (!row.ok()) return row.status();
    if (!chosen.emplace(part.substr(0, equals), *row).second) {
      return error("--port names host '" + part.substr(0, equals) + "' twice");
    }
    from = end + 1;
  }
  std::vector<const PortRow*> result;
  if (hosts.empty()) {
    // What is generated has hosts a, b, c ...: those that are not named take turns.
    auto turn = chosen.begin();
    for (std::size_t i = 0; i < scenario::hosts_max; ++i) {
      const auto found = chosen.find(std::string(1, static_cast<char>('a' + i)));
      if (found == chosen.end() && turn == chosen.end()) turn = chosen.begin();
      result.push_back(found != chosen.end() ? found->second : (turn++)->second);
    }
    return result;
  }
  for (const scenario::HostLine& host : hosts) {
    const auto found = chosen.find(host.name);
    if (found == chosen.end()) {
      return error("--port names no port for host '" + host.name + "'");
    }
    result.push_back(found->second);
    chosen.erase(found);
  }
  // More hosts may be named than this scenario has left, but only those of generated ones.
  for (const auto& [name, row] : chosen) {
    const bool generated = name.size() == 1 && name[0] >= 'a' &&
                           name[0] < static_cast<char>('a' + scenario::hosts_max);
    if (!generated) {
      return error("--port names host '" + name + "', which the scenario does not have");
    }
  }
  return result;
}

std::unique_ptr<Port> make_available_linux_port() {
  absl::StatusOr<std::unique_ptr<Port>> port = make_linux_port();
  LOCKSTEP_CHECK(port.ok());
  return *std::move(port);
}

}  // namespace

std::span<const PortRow> port_rows() {
  static const PortRow rows[] = {
      {"in_process", "The simulated stack, in this process.", [] { return std::string(); },
       make_in_process_port},
      {"linux", "The kernel of this machine, a network namespace a host.", linux_port_unavailable,
       make_available_linux_port},
  };
  return rows;
}

PortChoice for_generated(PortChoice choice) {
  if (choice.port.find('=') == std::string::npos) return choice;
  absl::StatusOr<std::vector<const PortRow*>> rows = port_per_host(choice.port, {});
  if (!rows.ok()) return choice;
  choice.port.clear();
  for (std::size_t i = 0; i < rows->size(); ++i) {
    if (i > 0) choice.port += ',';
    choice.port += static_cast<char>('a' + i);
    choice.port += '=' + std::string((*rows)[i]->name);
  }
  return choice;
}

absl::StatusOr<judge::PortFactory> make_factory(const PortChoice& choice,
                                                const std::vector<scenario::HostLine>& hosts) {
  absl::StatusOr<std::vector<const PortRow*>> rows = port_per_host(choice.port, hosts);
  if (!rows.ok()) return rows.status();
  if (!choice.lie.empty() && make_lying_port(choice.lie, make_in_process_port()) == nullptr) {
    return error("unknown lie '" + choice.lie + "': lockstep lies lists the known ones");
  }
  return judge::PortFactory(
      [lie = choice.lie, chosen = *std::move(rows)](scenario::HostIndex host) {
        std::unique_ptr<Port> port = chosen[host]->make();
        return lie.empty() ? std::move(port) : make_lying_port(lie, std::move(port));
      });
}

}  // namespace lockstep::campaign
