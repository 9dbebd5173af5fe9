#include "stack/ports/linux/cgroup.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <fstream>
#include <memory>
#include <string_view>
#include <vector>

#include "stack/ports/linux/system_error.h"

namespace lockstep::live {
namespace {

constexpr std::string_view prefix = "lockstep-";

// The hierarchy's root, wherever and whether it is mounted.
absl::StatusOr<UniqueFd> open_hierarchy() {
  const UniqueFd context(static_cast<int>(::syscall(SYS_fsopen, "cgroup2", FSOPEN_CLOEXEC)));
  if (!context.valid()) return system_error("open the cgroup2 file system");
  if (::syscall(SYS_fsconfig, context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) != 0) {
    return system_error("set up the cgroup2 file system");
  }
  UniqueFd root(static_cast<int>(::syscall(SYS_fsmount, context.get(), FSMOUNT_CLOEXEC, 0)));
  if (!root.valid()) return system_error("mount the cgroup2 file system");
  return root;
}

// The group of this process as a path below the hierarchy's root: "." or "a/b". A process that
// another process of ours started is in that one's group; its own goes beside it.
std::string own_group() {
  std::ifstream lines("/proc/self/cgroup");
  std::string line;
  while (std::getline(lines, line)) {
    if (!line.starts_with("0::/")) continue;
    std::string path = line.substr(4);
    const std::size_t last = path.rfind('/') == std::string::npos ? 0 : path.rfind('/') + 1;
    if (std::string_view(path).substr(last).starts_with(prefix)) {
      path.resize(last == 0 ? 0 : last - 1);
    }
    return path.empty() ? "." : path;
  }
  return ".";
}

bool move_into(int group) {
  const UniqueFd members(::openat(group, "cgroup.procs", O_WRONLY | O_CLOEXEC));
  return members.valid() && ::write(members.get(), "0", 1) == 1;
}

// A group with a living process in it refuses.
void remove_left_over(int parent) {
  const int copy = ::openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0) return;
  const std::unique_ptr<DIR, int (*)(DIR*)> directory(::fdopendir(copy), ::closedir);
  std::vector<std::string> names;
  while (const dirent* entry = ::readdir(directory.get())) {
    if (std::string_view(entry->d_name).starts_with(prefix)) names.emplace_back(entry->d_name);
  }
  for (const std::string& name : names) ::unlinkat(parent, name.c_str(), AT_REMOVEDIR);
}

}  // namespace

absl::StatusOr<Cgroup> Cgroup::enter() {
  absl::StatusOr<UniqueFd> root = open_hierarchy();
  if (!root.ok()) return root.status();
  Cgroup made;
  made.parent_ =
      UniqueFd(::openat(root->get(), own_group().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!made.parent_.valid()) return system_error("open this process's control group");
  remove_left_over(made.parent_.get());
  made.name_ = std::string(prefix) + std::to_string(::getpid());
  // Between making and entering it another process may take it for a left-over.
  for (int attempt = 0; attempt < 10; ++attempt) {
    ::mkdirat(made.parent_.get(), made.name_.c_str(), 0755);
    made.group_ = UniqueFd(
        ::openat(made.parent_.get(), made.name_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (made.group_.valid() && move_into(made.group_.get())) return made;
  }
  return system_error("make a control group");
}

Cgroup::~Cgroup() {
  if (!group_.valid()) return;
  move_into(parent_.get());
  group_.reset();
  ::unlinkat(parent_.get(), name_.c_str(), AT_REMOVEDIR);
}

}  // namespace lockstep::live
