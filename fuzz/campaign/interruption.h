// Interruption: while one exists, the first SIGINT or SIGTERM is noted instead of ending the
// process, so that it can stop its workers and say what was done. The second one ends it.
#pragma once

#include <signal.h>

namespace lockstep::campaign {

class Interruption {
 public:
  Interruption();
  ~Interruption();
  Interruption(const Interruption&) = delete;
  Interruption& operator=(const Interruption&) = delete;

  // The signal that came, or 0.
  int signal_number() const;

 private:
  struct sigaction interrupt_before_{};
  struct sigaction terminate_before_{};
};

}  // namespace lockstep::campaign
