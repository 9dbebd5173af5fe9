// The text form of a scenario: what is committed, read and written by hand. The grammar is in
// docs/scenario-language.md. parse(print(s)) == canonical(s) for every scenario with a host.
#pragma once

#include <cstdint>
#include <expected>
#include <string>
#include <string_view>

#include "oracle/scenario/step.h"

namespace lockstep::scenario {

// What is wrong with a text, and what would be right there. Lines and columns count from 1, columns
// in bytes.
struct ParseError {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string message;

  friend bool operator==(const ParseError&, const ParseError&) = default;
};

// "file:line:column: message".
std::string to_string(const ParseError& error);

// Reads a scenario; `file_name` serves errors alone. Stops at the first error. Takes any bytes, in
// time linear in their number (but for a logarithm per name and label).
std::expected<Scenario, ParseError> parse(std::string_view text, std::string_view file_name);

// The whole text, ending in a newline. Requires: every host index in a step is < hosts.size(),
// and partition and heal name two hosts.
std::string print(const Scenario& scenario);

// One line without its end and without label: "a: connect c 10.0.0.2:8000  -> EINPROGRESS".
std::string print_step(const Scenario& scenario, const Step& step);

// "-> 10 from 10.0.0.2:53" for the result of this call.
std::string print_expected(const step::Call& call, const ExpectedResult& expected);

// The name as it stands in the text: `_` for none, s12 for an index that has no text.
std::string name_text(const Scenario& scenario, SocketName name);

// The same scenario with everything that the text cannot show set to its default: fields that a
// call does not read, names that no step mentions (the others numbered in the order in which they
// appear, and renamed where two are the same or not an identifier), labels that are 0 or taken,
// host settings outside their limits. What a scenario does is not changed.
Scenario canonical(const Scenario& scenario);

}  // namespace lockstep::scenario
