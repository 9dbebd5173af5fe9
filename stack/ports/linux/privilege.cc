#include "stack/ports/linux/privilege.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "stack/api/check.h"

namespace lockstep::live {
namespace {

void set_effective(std::uint32_t capability, bool on) {
  __user_cap_header_struct header{};
  header.version = _LINUX_CAPABILITY_VERSION_3;
  __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3]{};
  LOCKSTEP_CHECK(::syscall(SYS_capget, &header, data) == 0);
  const std::uint32_t bit = std::uint32_t{1} << (capability % 32);
  std::uint32_t& effective = data[capability / 32].effective;
  effective = on ? effective | bit : effective & ~bit;
  LOCKSTEP_CHECK(::syscall(SYS_capset, &header, data) == 0);
}

}  // namespace

WithoutPrivilegedPorts::WithoutPrivilegedPorts(bool active) : active_(active) {
  if (active_) set_effective(CAP_NET_BIND_SERVICE, false);
}

WithoutPrivilegedPorts::~WithoutPrivilegedPorts() {
  if (active_) set_effective(CAP_NET_BIND_SERVICE, true);
}

WithFullTable::WithFullTable(bool active) : active_(active) {
  if (!active_) return;
  LOCKSTEP_CHECK(::getrlimit(RLIMIT_NOFILE, &usual_) == 0);
  const rlimit none{0, usual_.rlim_max};
  LOCKSTEP_CHECK(::setrlimit(RLIMIT_NOFILE, &none) == 0);
}

WithFullTable::~WithFullTable() {
  if (active_) LOCKSTEP_CHECK(::setrlimit(RLIMIT_NOFILE, &usual_) == 0);
}

}  // namespace lockstep::live
