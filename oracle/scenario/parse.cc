#include <limits>

#include "oracle/scenario/parser.h"
#include "oracle/scenario/text.h"

namespace lockstep::scenario {
namespace {

// "[7]", or the label after that of the step before.
Label take_label(Parser& parser, Cursor& cursor) {
  const std::vector<Step>& steps = parser.scenario.steps;
  const Label last = steps.empty() ? 0 : steps.back().label;
  Label label = last + 1;
  const std::string_view word = cursor.peek();
  if (word.starts_with('[')) {
    cursor.take("a label");
    const std::string_view digits = word.ends_with(']') ? word.substr(1, word.size() - 2) : "";
    label = static_cast<Label>(cursor.number_in(digits, "a label between brackets, such as [7],", 1,
                                                std::numeric_limits<Label>::max()));
  }
  if (label == 0) cursor.fail_at(cursor.next_column(), "no label is left after 4294967295");
  if (!cursor.failed() && !parser.labels.insert(label).second) {
    cursor.fail_at(cursor.next_column(), "label " + std::to_string(label) +
                                             " names another step already; write one that is free "
                                             "in front, such as [" +
                                             std::to_string(parser.labels.size() + 1) + "]");
  }
  return label;
}

Action take_action(Parser& parser, Cursor& cursor, std::optional<ExpectedResult>& expected) {
  const std::string_view word = cursor.peek();
  if (!word.ends_with(':')) {
    if (cursor.peek(1) == ":" || (cursor.peek(1) == "=" && !is_network_verb(word))) {
      cursor.take("a host");
      cursor.fail("a call begins with its host and a colon, as in 'a: close c'; found " +
                  quoted(word));
    }
    return parse_network_step(parser, cursor);
  }
  cursor.take("a host");
  const HostIndex host = host_named(parser, cursor, word.substr(0, word.size() - 1));
  const step::Call call = parse_call_step(parser, cursor, host);
  if (!cursor.failed() && cursor.take_if("->")) expected = parse_expected(cursor, call);
  return call;
}

void parse_line(Parser& parser, Cursor& cursor) {
  if (cursor.take_if("host")) {
    parse_host(parser, cursor);
  } else {
    parse_step(parser, cursor);
  }
}

// The head's comments: the first lines that begin with '#', without it and a space behind it.
bool take_comment(std::string_view line, std::vector<std::string>& comments) {
  if (!line.starts_with('#')) return false;
  line.remove_prefix(line.starts_with("# ") ? 2 : 1);
  const std::size_t last = line.find_last_not_of(" \t\r\v\f");
  comments.emplace_back(line.substr(0, last == std::string_view::npos ? 0 : last + 1));
  return true;
}

ParseError error_at(std::string_view file, std::uint32_t line, const LineError& error) {
  return {std::string(file), line, error.column, error.message};
}

std::uint32_t end_column(const std::vector<LineWord>& words) {
  return words.empty() ? 1
                       : words.back().column + static_cast<std::uint32_t>(words.back().text.size());
}

}  // namespace

void parse_step(Parser& parser, Cursor& cursor) {
  Step step;
  step.label = take_label(parser, cursor);
  step.action = take_action(parser, cursor, step.expected);
  cursor.expect_end("this step");
  if (parser.scenario.hosts.empty()) {
    cursor.fail_at(1, "a step before any host; write a line such as 'host a 10.0.0.1' first");
  }
  if (!cursor.failed()) parser.scenario.steps.push_back(std::move(step));
}

std::string to_string(const ParseError& error) {
  return error.file + ":" + std::to_string(error.line) + ":" + std::to_string(error.column) + ": " +
         error.message;
}

std::expected<Scenario, ParseError> parse(std::string_view text, std::string_view file_name) {
  Parser parser;
  std::vector<LineWord> words;
  bool at_head = true;
  std::uint32_t line_number = 0;
  // What some editors put in front of a text, so that others know that it is UTF-8.
  constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";
  if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
  while (!text.empty()) {
    const std::size_t length = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, length);
    text.remove_prefix(std::min(length + 1, text.size()));
    ++line_number;
    if (at_head && take_comment(line, parser.scenario.comments)) continue;
    split_words(line, words);
    // Blank lines may stand before the head's comments, not within them.
    at_head = at_head && words.empty() && parser.scenario.comments.empty();
    if (words.empty()) continue;
    Cursor cursor(words, end_column(words));
    parse_line(parser, cursor);
    if (cursor.failed()) return std::unexpected(error_at(file_name, line_number, *cursor.error()));
    if (!parser.scenario.steps.empty() && parser.scenario.steps.back().line == 0) {
      parser.scenario.steps.back().line = line_number;
    }
  }
  if (parser.scenario.hosts.empty()) {
    const LineError error{1,
                          "a scenario has at least one host; write a line such as "
                          "'host a 10.0.0.1'"};
    return std::unexpected(error_at(file_name, line_number + 1, error));
  }
  return std::move(parser.scenario);
}

}  // namespace lockstep::scenario
