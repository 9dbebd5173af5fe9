// The state of one parse, shared by the functions that each read one sort of line.
// Internal to oracle/scenario.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>

#include "oracle/scenario/cursor.h"
#include "oracle/scenario/step.h"

namespace lockstep::scenario {

struct Parser {
  Scenario scenario;
  std::map<std::string, SocketName, std::less<>> names;
  std::set<IpAddress> addresses;
  std::unordered_set<Label> labels;  // Looked up only, never walked.
};

// "host a 10.0.0.1 mtu=576", from behind the word `host`.
void parse_host(Parser& parser, Cursor& cursor);

// "[7] a: close c", the whole line. Appends the step.
void parse_step(Parser& parser, Cursor& cursor);

// "c = socket inet stream", from behind "a:", up to "->" or the end.
step::Call parse_call_step(Parser& parser, Cursor& cursor, HostIndex host);

// "100 from 10.0.0.2:53", from behind "->".
ExpectedResult parse_expected(Cursor& cursor, const step::Call& call);

// Whether the word begins a step of the network: deliver, tick, settle ...
bool is_network_verb(std::string_view word);
Action parse_network_step(Parser& parser, Cursor& cursor);

// The host of this name; an error says which hosts there are.
HostIndex host_named(const Parser& parser, Cursor& cursor, std::string_view text);
// Reads a host's name.
HostIndex take_host(const Parser& parser, Cursor& cursor);
// Reads a socket's name, which need not be known before; `_` is no socket.
SocketName take_name(Parser& parser, Cursor& cursor);
SocketName name_in(Parser& parser, Cursor& cursor, std::string_view text);

}  // namespace lockstep::scenario
