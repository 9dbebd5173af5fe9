#include "oracle/scenario/parser.h"

namespace lockstep::scenario {
namespace {

std::optional<HostIndex> find_host(const Parser& parser, std::string_view text) {
  for (std::size_t i = 0; i < parser.scenario.hosts.size(); ++i) {
    if (parser.scenario.hosts[i].name == text) return static_cast<HostIndex>(i);
  }
  return std::nullopt;
}

std::string list_hosts(const Parser& parser) {
  std::string list;
  for (const HostLine& host : parser.scenario.hosts) {
    if (!list.empty()) list += ", ";
    list += host.name;
  }
  return list.empty() ? "none: write a line such as 'host a 10.0.0.1' first" : list;
}

}  // namespace

HostIndex host_named(const Parser& parser, Cursor& cursor, std::string_view text) {
  const std::optional<HostIndex> host = find_host(parser, text);
  if (host.has_value() || cursor.failed()) return host.value_or(0);
  if (parser.names.contains(text)) {
    cursor.fail(quoted(text) + " is a socket, but a host is expected here; hosts are " +
                list_hosts(parser));
  } else {
    cursor.fail("unknown host " + quoted(text) + "; hosts are " + list_hosts(parser));
  }
  return 0;
}

HostIndex take_host(const Parser& parser, Cursor& cursor) {
  return host_named(parser, cursor, cursor.take("a host's name"));
}

SocketName take_name(Parser& parser, Cursor& cursor) {
  return name_in(parser, cursor, cursor.take("a socket's name"));
}

SocketName name_in(Parser& parser, Cursor& cursor, std::string_view text) {
  if (cursor.failed() || text == "_") return {};
  const auto known = parser.names.find(text);
  if (known != parser.names.end()) return known->second;
  if (find_host(parser, text).has_value()) {
    cursor.fail(quoted(text) + " is a host, but a socket's name is expected here");
  } else if (find_word(kind_words, text).has_value()) {
    cursor.fail(quoted(text) + " is a kind of packet and cannot name a socket");
  } else if (!is_identifier(text)) {
    cursor.fail(
        "a socket's name is a letter, then letters, digits and '_' (or '_' alone for no "
        "socket); found " +
        quoted(text));
  } else if (parser.scenario.socket_names.size() == SocketName::none_index) {
    cursor.fail("a scenario has at most 65535 names of sockets");
  }
  if (cursor.failed()) return {};
  const SocketName name{static_cast<std::uint16_t>(parser.scenario.socket_names.size())};
  parser.scenario.socket_names.emplace_back(text);
  parser.names.emplace(text, name);
  return name;
}

}  // namespace lockstep::scenario
