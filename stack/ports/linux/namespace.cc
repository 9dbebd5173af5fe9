#include "stack/ports/linux/namespace.h"

#include <fcntl.h>
#include <sched.h>

#include "stack/api/check.h"
#include "stack/ports/linux/sysctl.h"
#include "stack/ports/linux/system_error.h"

namespace lockstep::live {
namespace {

UniqueFd open_own() { return UniqueFd(::open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC)); }

// Where the thread belongs.
int home() {
  thread_local const UniqueFd fd = open_own();
  return fd.get();
}

void enter(int fd) { LOCKSTEP_CHECK(::setns(fd, CLONE_NEWNET) == 0); }

// A namespace made from inside this one takes its sizes of hash tables from here (ip-sysctl.rst).
struct Nursery {
  UniqueFd fd;
  absl::Status status;
};

Nursery make_nursery() {
  Nursery made;
  if (home() < 0) {
    made.status = system_error("open /proc/thread-self/ns/net");
    return made;
  }
  if (::unshare(CLONE_NEWNET) != 0) {
    made.status = system_error("make a network namespace (root is needed)");
    return made;
  }
  made.fd = open_own();
  made.status = write_sysctl("net/ipv4/tcp_child_ehash_entries", "64");
  if (made.status.ok()) made.status = write_sysctl("net/ipv4/udp_child_hash_entries", "128");
  enter(home());
  return made;
}

}  // namespace

absl::StatusOr<NetworkNamespace> NetworkNamespace::make() {
  static const Nursery nursery = make_nursery();
  if (!nursery.status.ok()) return nursery.status;
  LOCKSTEP_CHECK(home() >= 0);
  enter(nursery.fd.get());
  NetworkNamespace made;
  absl::Status status;
  if (::unshare(CLONE_NEWNET) != 0) {
    status = system_error("make a network namespace");
  } else {
    made.fd_ = open_own();
    if (!made.fd_.valid()) status = system_error("open /proc/thread-self/ns/net");
  }
  enter(home());
  if (!status.ok()) return status;
  return made;
}

NetworkNamespace::Inside::Inside(const NetworkNamespace& space) {
  LOCKSTEP_CHECK(home() >= 0);
  enter(space.fd_.get());
}

NetworkNamespace::Inside::~Inside() { enter(home()); }

}  // namespace lockstep::live
