// The sockets of a host as text, one a line in insertion order:
//   host proto recv-q send-q local peer state
#pragma once

#include <string>
#include <string_view>

#include "stack/kernel/kernel.h"

namespace lockstep {

std::string netstat(std::string_view host, const Kernel& kernel);

}  // namespace lockstep
