#include "oracle/scenario/parser.h"

namespace lockstep::scenario {
namespace {

bool begins_with_number(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  const std::size_t other = text.find_first_not_of("0123456789");
  return !text.empty() && other == std::string_view::npos;
}

void take_address(Cursor& cursor, ExpectedResult& expected) {
  const std::string_view text = cursor.take("an address, such as 10.0.0.2:80");
  expected.address = parse_address_text(text);
  const std::string_view wrong = what_is_wrong_with_address(text);
  if (!wrong.empty()) {
    cursor.fail(std::string(wrong) + "; found " + quoted(text));
  } else if (!expected.address.has_value()) {
    cursor.fail(
        "expected a result: a number, an errno such as ECONNRESET, OK, or an address such "
        "as 10.0.0.2:80 (poll: events such as IN|OUT, or none); found " +
        quoted(text));
  }
}

}  // namespace

ExpectedResult parse_expected(Cursor& cursor, const step::Call& call) {
  ExpectedResult expected;
  if (cursor.at_end()) cursor.take("the expected result, such as 100, ECONNRESET or OK");
  expected.error = parse_errno(cursor.peek());
  if (expected.error.has_value()) cursor.take("an errno");
  if (begins_with_number(cursor.peek())) {
    expected.value = cursor.number("the result", INT64_MIN, INT64_MAX);
  } else if (call.call == lockstep::Call::poll && !cursor.at_end() && cursor.peek() != "from") {
    expected.value = cursor.bits(poll_words, "poll event", 0xffff);
  }
  const bool from = cursor.take_if("from");
  if (!cursor.failed() && (from || !cursor.at_end())) take_address(cursor, expected);
  return expected;
}

}  // namespace lockstep::scenario
