#include "stack/ports/linux/system_error.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>

namespace lockstep::live {

absl::Status system_error(std::string_view what) { return system_error(what, errno); }

absl::Status system_error(std::string_view what, int error) {
  const std::string text =
      "cannot " + std::string(what) + ": " + std::generic_category().message(error);
  return absl::UnavailableError(absl::string_view(text.data(), text.size()));
}

void require(const absl::Status& status) {
  if (status.ok()) return;
  const absl::string_view message = status.message();
  std::fprintf(stderr, "the linux port: %.*s\n", static_cast<int>(message.size()), message.data());
  std::abort();
}

}  // namespace lockstep::live
