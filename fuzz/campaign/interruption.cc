#include "fuzz/campaign/interruption.h"

namespace lockstep::campaign {
namespace {

volatile sig_atomic_t signal_seen = 0;

}  // namespace

Interruption::Interruption() {
  signal_seen = 0;
  struct sigaction noting{};
  noting.sa_handler = [](int number) { signal_seen = number; };
  // The handler goes away when it has run; and poll(2) is to return, so no SA_RESTART.
  noting.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &noting, &interrupt_before_);
  sigaction(SIGTERM, &noting, &terminate_before_);
}

Interruption::~Interruption() {
  sigaction(SIGINT, &interrupt_before_, nullptr);
  sigaction(SIGTERM, &terminate_before_, nullptr);
}

int Interruption::signal_number() const { return signal_seen; }

}  // namespace lockstep::campaign
