#include "oracle/scenario/parser.h"

namespace lockstep::scenario {
namespace {

std::string list_settings() {
  std::string list;
  for (const HostSetting& setting : host_settings()) list += std::string(setting.key) + "=, ";
  return list + "ephemeral=first-last, unprivileged";
}

void take_host_name(Parser& parser, Cursor& cursor, HostLine& host) {
  const std::string_view name = cursor.take("the host's name");
  if (cursor.failed()) return;
  if (!is_identifier(name)) {
    cursor.fail("a host's name is a letter, then letters, digits and '_'; found " + quoted(name));
  }
  for (const HostLine& other : parser.scenario.hosts) {
    if (other.name == name) cursor.fail("there is a host " + quoted(name) + " already");
  }
  host.name = name;
}

void set_ephemeral(Cursor& cursor, HostConfig& config, std::string_view value) {
  const std::size_t dash = value.find('-');
  if (dash == std::string_view::npos) {
    cursor.fail("ephemeral ports are first-last, as in ephemeral=49152-65535; found " +
                quoted(value));
    return;
  }
  const std::int64_t first = cursor.number_in(value.substr(0, dash), "the first port", 1, 65535);
  const std::int64_t last = cursor.number_in(value.substr(dash + 1), "the last port", 1, 65535);
  if (first > last) cursor.fail("the first ephemeral port is above the last; swap them");
  config.ephemeral_first = static_cast<std::uint16_t>(first);
  config.ephemeral_last = static_cast<std::uint16_t>(last);
}

void take_setting(Cursor& cursor, HostConfig& config, std::string_view word) {
  const std::size_t equals = word.find('=');
  const std::string_view key = word.substr(0, equals);
  const std::string_view value = word.substr(equals + 1);
  if (key == "ephemeral") return set_ephemeral(cursor, config, value);
  for (const HostSetting& setting : host_settings()) {
    if (setting.key != key) continue;
    const std::int64_t number = cursor.number_in(value, key, setting.least, setting.most);
    setting.set(config, static_cast<std::uint32_t>(number));
    return;
  }
  cursor.fail("unknown setting " + quoted(key) + "; settings are " + list_settings());
}

void take_address(Parser& parser, Cursor& cursor, HostConfig& config, std::string_view word) {
  const std::optional<IpAddress> address = parse_ip_address(word);
  if (!address.has_value()) {
    return cursor.fail("expected an address such as 10.0.0.1 or fd00::1, or a setting (" +
                       list_settings() + "); found " + quoted(word));
  }
  if (!is_host_address(*address)) {
    return cursor.fail(
        "a host's address is neither wildcard, loopback (every host has it), "
        "multicast nor broadcast; found " +
        quoted(word));
  }
  if (config.addresses.size() == max_addresses_per_host) {
    return cursor.fail("a host has at most 16 addresses");
  }
  if (!parser.addresses.insert(*address).second) {
    return cursor.fail("address " + quoted(word) + " is taken; each belongs to one host, once");
  }
  config.addresses.push_back(*address);
}

}  // namespace

void parse_host(Parser& parser, Cursor& cursor) {
  std::set<std::string_view> given;  // Settings of this line.
  if (parser.scenario.hosts.size() == max_hosts) {
    return cursor.fail("a scenario has at most 8 hosts");
  }
  if (!parser.scenario.steps.empty()) {
    return cursor.fail("host lines come before the first step; move this one up");
  }
  HostLine host;
  take_host_name(parser, cursor, host);
  while (!cursor.at_end() && !cursor.failed()) {
    const std::string_view word = cursor.take("an address or a setting");
    const bool is_setting = word == "unprivileged" || word.find('=') != std::string_view::npos;
    if (is_setting && !given.insert(word.substr(0, word.find('='))).second) {
      cursor.fail(quoted(word.substr(0, word.find('='))) +
                  " is given twice on this line; keep one of the two");
    }
    if (word == "unprivileged") {
      host.config.unprivileged = true;
    } else if (word.find('=') != std::string_view::npos) {
      take_setting(cursor, host.config, word);
    } else {
      take_address(parser, cursor, host.config, word);
    }
  }
  parser.scenario.hosts.push_back(std::move(host));
}

}  // namespace lockstep::scenario
