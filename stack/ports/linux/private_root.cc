#include "stack/ports/linux/private_root.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include "stack/api/check.h"

namespace lockstep::live {
namespace {

// Where paths of this process start.
struct Home {
  UniqueFd root{::open("/", O_PATH | O_DIRECTORY | O_CLOEXEC)};
  UniqueFd working{::open(".", O_PATH | O_DIRECTORY | O_CLOEXEC)};
};

const Home& home() {
  static const Home home;
  return home;
}

void enter(int directory) {
  LOCKSTEP_CHECK(::fchdir(directory) == 0);
  LOCKSTEP_CHECK(::chroot(".") == 0);
}

}  // namespace

PrivateRoot PrivateRoot::make() {
  const UniqueFd context(::fsopen("tmpfs", FSOPEN_CLOEXEC));
  LOCKSTEP_CHECK(context.valid());
  LOCKSTEP_CHECK(::fsconfig(context.get(), FSCONFIG_CMD_CREATE, nullptr, nullptr, 0) == 0);
  PrivateRoot root;
  root.fd_ = UniqueFd(::fsmount(context.get(), FSMOUNT_CLOEXEC, 0));
  LOCKSTEP_CHECK(root.made());
  LOCKSTEP_CHECK(::mkdirat(root.fd_.get(), "tmp", 0777) == 0);
  return root;
}

PrivateRoot::Inside::Inside(const PrivateRoot& root) {
  LOCKSTEP_CHECK(home().root.valid() && home().working.valid());
  // Threads share their root until one asks for its own; asked again it costs next to nothing.
  LOCKSTEP_CHECK(::unshare(CLONE_FS) == 0);
  enter(root.fd_.get());
}

PrivateRoot::Inside::~Inside() {
  enter(home().root.get());
  LOCKSTEP_CHECK(::fchdir(home().working.get()) == 0);
}

}  // namespace lockstep::live
