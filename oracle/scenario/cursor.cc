#include "oracle/scenario/cursor.h"

#include <charconv>

namespace lockstep::scenario {
namespace {

constexpr std::string_view spaces = " \t\r\v\f";
constexpr std::string_view arrow = "->";

}  // namespace

void split_words(std::string_view line, std::vector<LineWord>& words) {
  words.clear();
  std::size_t at = line.find_first_not_of(spaces);
  while (at != std::string_view::npos && line[at] != '#') {
    const std::string_view rest = line.substr(at);
    const std::size_t length =
        rest.starts_with(arrow) ? arrow.size() : std::min(rest.find_first_of(spaces), rest.size());
    words.push_back({rest.substr(0, length), static_cast<std::uint32_t>(at + 1)});
    at = line.find_first_not_of(spaces, at + length);
  }
}

std::string quoted(std::string_view text) {
  constexpr std::size_t longest = 40;
  std::string result = "'";
  for (const char c : text.substr(0, longest)) result += c >= 0x20 && c < 0x7f ? c : '?';
  if (text.size() > longest) result += "...";
  return result + "'";
}

void Cursor::fail(std::string message) { fail_at(column_, std::move(message)); }

void Cursor::fail_at(std::uint32_t column, std::string message) {
  if (!error_.has_value()) error_ = LineError{column, std::move(message)};
}

std::string_view Cursor::peek(std::size_t ahead) const {
  return ahead < words_.size() - next_ ? words_[next_ + ahead].text : std::string_view();
}

std::uint32_t Cursor::next_column() const { return at_end() ? end_column_ : words_[next_].column; }

std::string_view Cursor::take(std::string_view what) {
  column_ = next_column();
  if (at_end()) {
    fail("the line ends too early: expected " + std::string(what));
    return {};
  }
  return words_[next_++].text;
}

bool Cursor::take_if(std::string_view word) {
  if (at_end() || words_[next_].text != word) return false;
  column_ = words_[next_++].column;
  return true;
}

void Cursor::expect_end(std::string_view after) {
  if (at_end() || failed()) return;
  fail_at(next_column(), "nothing more is expected after " + std::string(after) + ", found " +
                             quoted(peek()) + "; each step stands on a line of its own");
}

std::int64_t Cursor::number(std::string_view what, std::int64_t least, std::int64_t most) {
  return number_in(take(what), what, least, most);
}

std::int64_t Cursor::number_in(std::string_view text, std::string_view what, std::int64_t least,
                               std::int64_t most) {
  std::string_view digits = text;
  if (digits.starts_with('+') && !digits.starts_with("+-")) digits.remove_prefix(1);
  std::int64_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value, 10);
  const bool is_number = error != std::errc::invalid_argument && rest == end;
  if (is_number && error == std::errc() && value >= least && value <= most) return value;
  if (!failed()) {
    fail(std::string(what) + " is a number from " + std::to_string(least) + " to " +
         std::to_string(most) + ", found " + quoted(text));
  }
  return least;
}

}  // namespace lockstep::scenario
