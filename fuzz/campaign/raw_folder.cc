#include "fuzz/campaign/raw_folder.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string>
#include <string_view>
#include <vector>

namespace lockstep::campaign {
namespace fs = std::filesystem;
namespace {

constexpr std::string_view prefix = ".raw-";

// Whether this is the folder of a process that is no more.
bool is_abandoned(const fs::path& folder) {
  const std::string name = folder.filename().string();
  if (!name.starts_with(prefix)) return false;
  pid_t owner = 0;
  const char* end = name.data() + name.size();
  const auto [rest, error] = std::from_chars(name.data() + prefix.size(), end, owner);
  return error == std::errc() && rest == end && owner > 0 && kill(owner, 0) != 0 && errno == ESRCH;
}

}  // namespace

RawFolder::RawFolder(const fs::path& out)
    : path_(out / (std::string(prefix) + std::to_string(getpid()))) {
  fs::create_directories(out);
  std::vector<fs::path> abandoned;
  for (const fs::directory_entry& entry : fs::directory_iterator(out)) {
    if (is_abandoned(entry.path())) abandoned.push_back(entry.path());
  }
  std::error_code ignored;
  for (const fs::path& folder : abandoned) fs::remove_all(folder, ignored);
  fs::remove_all(path_);
  fs::create_directories(corpus());
}

RawFolder::~RawFolder() {
  std::error_code ignored;
  fs::remove_all(path_, ignored);
}

}  // namespace lockstep::campaign
