// Kernel settings of the current thread's network namespace (sysctl(2), ip-sysctl.rst).
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace lockstep::live {

// Writes /proc/sys/`name`, as in "net/ipv4/tcp_retries2".
absl::Status write_sysctl(std::string_view name, std::string_view value);

}  // namespace lockstep::live
