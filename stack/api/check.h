// CHECK: a bug of ours ends the process, in every build. Errors of the simulated api are values
// (see error_number.h); failures of a tool are absl::Status; neither goes through here.
#pragma once

#include <cstdio>
#include <cstdlib>

namespace lockstep::detail {

[[noreturn]] inline void check_failed(const char* file, int line, const char* condition) {
  std::fprintf(stderr, "%s:%d: CHECK failed: %s\n", file, line, condition);
  std::abort();
}

}  // namespace lockstep::detail

#define LOCKSTEP_CHECK(condition)     \
  ((condition) ? static_cast<void>(0) \
               : ::lockstep::detail::check_failed(__FILE__, __LINE__, #condition))
