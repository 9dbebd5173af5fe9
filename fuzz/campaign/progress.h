// Progress of long work on standard error: one line rewritten in place on a terminal, a plain line
// now and then elsewhere.
#pragma once

#include <cstdint>
#include <string>

namespace lockstep::campaign {

class Progress {
 public:
  Progress();
  ~Progress();

  // Shows the text if it is time for it. `seconds` since the start of the work.
  void show(double seconds, const std::string& text);
  // A line that stays, above the progress.
  void say(const std::string& line);

 private:
  void erase();

  bool terminal_;
  bool shown_ = false;
  double next_ = 0;
};

// 1234567 as "1,234,567".
std::string grouped(std::uint64_t number);

}  // namespace lockstep::campaign
