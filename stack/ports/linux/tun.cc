#include "stack/ports/linux/tun.h"

#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <cstring>

#include "stack/api/check.h"
#include "stack/ports/linux/system_error.h"

namespace lockstep::live {

absl::StatusOr<Tun> Tun::open() {
  Tun made;
  made.fd_ = UniqueFd(::open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC));
  if (!made.fd_.valid()) return system_error("open /dev/net/tun");
  ifreq request{};
  request.ifr_flags = IFF_TUN | IFF_NO_PI;
  std::strncpy(request.ifr_name, name, sizeof(request.ifr_name) - 1);
  if (::ioctl(made.fd_.get(), TUNSETIFF, &request) != 0) return system_error("make a TUN device");
  // Else each close would wait for the device to go (65 ms); so it goes with its namespace.
  if (::ioctl(made.fd_.get(), TUNSETPERSIST, 1) != 0) return system_error("keep a TUN device");
  made.index_ = static_cast<int>(::if_nametoindex(name));
  if (made.index_ == 0) return system_error("find the TUN device");
  return made;
}

std::span<const std::byte> Tun::read(std::span<std::byte> buffer) {
  const ssize_t size = ::read(fd_.get(), buffer.data(), buffer.size());
  if (size < 0) {
    LOCKSTEP_CHECK(errno == EAGAIN || errno == EINTR);
    return {};
  }
  return buffer.first(static_cast<std::size_t>(size));
}

void Tun::write(std::span<const std::byte> packet) {
  const ssize_t size = ::write(fd_.get(), packet.data(), packet.size());
  // EINVAL: neither version 4 nor 6, or no byte at all.
  LOCKSTEP_CHECK(size == static_cast<ssize_t>(packet.size()) || (size < 0 && errno == EINVAL));
}

}  // namespace lockstep::live
