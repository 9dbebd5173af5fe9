// Cursor: the words of one line, read from left to right. The first error sticks: later reads give
// defaults, so that a parser of a line reads straight on and asks once at its end.
// Internal to oracle/scenario.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "oracle/scenario/words.h"

namespace lockstep::scenario {

struct LineWord {
  std::string_view text;
  std::uint32_t column = 1;
};

// The words of a line between spaces, up to one that starts with '#'. `->` is a word by itself even
// without a space behind it.
void split_words(std::string_view line, std::vector<LineWord>& words);

struct LineError {
  std::uint32_t column = 1;
  std::string message;
};

// The text in quotes, shortened and with unprintable bytes as '?', for messages.
std::string quoted(std::string_view text);

class Cursor {
 public:
  // `words` outlives the cursor.
  Cursor(std::span<const LineWord> words, std::uint32_t end_column)
      : words_(words), end_column_(end_column) {}

  bool failed() const { return error_.has_value(); }
  const std::optional<LineError>& error() const { return error_; }
  // Keeps the first of all errors. The column is that of the word last read.
  void fail(std::string message);
  void fail_at(std::uint32_t column, std::string message);

  bool at_end() const { return next_ == words_.size(); }
  // The word `ahead` of the next one; "" past the end.
  std::string_view peek(std::size_t ahead = 0) const;
  std::uint32_t next_column() const;

  // The next word; at the end the error "<what> is missing here", with `what` saying what is right.
  std::string_view take(std::string_view what);
  // Takes the next word if it is this one.
  bool take_if(std::string_view word);
  // The error "nothing more is expected" when words are left.
  void expect_end(std::string_view after);

  // A decimal number within [least, most].
  std::int64_t number(std::string_view what, std::int64_t least, std::int64_t most);
  std::int64_t number_in(std::string_view text, std::string_view what, std::int64_t least,
                         std::int64_t most);

  // One word of a table; `what` names the table in messages.
  template <typename T, std::size_t n>
  T one_of(const std::array<Word<T>, n>& table, std::string_view what) {
    const std::string_view text = take(std::string(what) + " (" + list_words(table) + ")");
    const std::optional<T> found = find_word(table, text);
    if (!found.has_value() && !failed()) {
      fail("unknown " + std::string(what) + " " + quoted(text) + "; one of: " + list_words(table));
    }
    return found.value_or(table.front().value);
  }

  // Words joined by '|'.
  template <std::size_t n>
  std::uint32_t bits(const std::array<Word<std::uint32_t>, n>& table, std::string_view what,
                     std::uint32_t mask) {
    const std::string_view text = take(std::string(what) + " (" + list_words(table) + ")");
    const std::optional<std::uint32_t> found = parse_bits(table, text, mask);
    if (!found.has_value() && !failed()) {
      fail("unknown " + std::string(what) + " in " + quoted(text) +
           "; joined by '|' from: " + list_words(table) + ", or none");
    }
    return found.value_or(0);
  }

 private:
  std::span<const LineWord> words_;
  std::size_t next_ = 0;
  std::uint32_t end_column_ = 1;
  std::uint32_t column_ = 1;  // Of the word last taken.
  std::optional<LineError> error_;
};

}  // namespace lockstep::scenario
