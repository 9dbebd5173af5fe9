// What a failed system call says to a person. Failures while a host is set up are absl::Status, as
// they tell what the machine lacks; later ones are bugs of ours and end the process.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace lockstep::live {

// "cannot `what`: No such file or directory", from the process's errno.
absl::Status system_error(std::string_view what);
// The same from an errno's number.
absl::Status system_error(std::string_view what, int error);

// Ends the process unless `status` is OK.
void require(const absl::Status& status);

}  // namespace lockstep::live
