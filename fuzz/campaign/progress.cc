#include "fuzz/campaign/progress.h"

#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace lockstep::campaign {
namespace {

constexpr double seconds_between_lines = 5;
constexpr double seconds_between_updates = 0.2;

// Whether lines may be erased again: not in a file, nor where escape sequences are not wanted.
bool can_erase() {
  const char* no_color = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  if (terminal == nullptr || std::string_view(terminal) == "dumb") return false;
  return isatty(STDERR_FILENO) != 0;
}

}  // namespace

Progress::Progress() : terminal_(can_erase()) {}

Progress::~Progress() { erase(); }

void Progress::erase() {
  if (shown_ && terminal_) std::fputs("\r\x1b[K", stderr);
  shown_ = false;
}

void Progress::show(double seconds, const std::string& text) {
  if (seconds < next_) return;
  next_ = seconds + (terminal_ ? seconds_between_updates : seconds_between_lines);
  if (terminal_) {
    std::fprintf(stderr, "\r\x1b[K%s", text.c_str());
    std::fflush(stderr);
    shown_ = true;
  } else {
    std::fprintf(stderr, "%s\n", text.c_str());
  }
}

void Progress::say(const std::string& line) {
  erase();
  std::fprintf(stderr, "%s\n", line.c_str());
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3; at -= 3) digits.insert(at - 3, ",");
  return digits;
}

}  // namespace lockstep::campaign
