#include "stack/ports/linux/sysctl.h"

#include <fcntl.h>

#include <string>

#include "stack/ports/linux/system_error.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

absl::Status write_sysctl(std::string_view name, std::string_view value) {
  const std::string path = "/proc/sys/" + std::string(name);
  const UniqueFd file(::open(path.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file.valid()) return system_error("open " + path);
  if (::write(file.get(), value.data(), value.size()) != static_cast<ssize_t>(value.size())) {
    return system_error("write '" + std::string(value) + "' to " + path);
  }
  return absl::OkStatus();
}

}  // namespace lockstep::live
