// TARGET_CHECK: what a fuzz target requires of its input's outcome. Ends the process, with a token
// of its own: libFuzzer takes all calls of abort() for the same finding otherwise.
#pragma once

#include <cstdio>
#include <cstdlib>

#define TARGET_CHECK(condition)                                                               \
  do {                                                                                        \
    if (!(condition)) {                                                                       \
      std::fprintf(stderr, "%s:%d: does not hold: %s\nDEDUP_TOKEN: %s\n", __FILE__, __LINE__, \
                   #condition, #condition);                                                   \
      std::abort();                                                                           \
    }                                                                                         \
  } while (false)
