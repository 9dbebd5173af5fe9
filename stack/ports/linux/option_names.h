// Options by name, as the level and number that setsockopt(2) takes.
#pragma once

#include "stack/api/options.h"

namespace lockstep::live {

struct KernelOption {
  int level = 0;
  int name = 0;
};

KernelOption to_kernel(OptionName option);

}  // namespace lockstep::live
