#include "stack/ports/linux/socket_calls.h"

#include <fcntl.h>
#include <linux/sockios.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <optional>

#include "stack/api/check.h"
#include "stack/ports/linux/option_names.h"
#include "stack/ports/linux/privilege.h"
#include "stack/ports/linux/socket_address.h"

namespace lockstep::live {
namespace {

static_assert(MSG_OOB == msg_oob && MSG_PEEK == msg_peek && MSG_TRUNC == msg_trunc);
static_assert(MSG_DONTWAIT == msg_dontwait && MSG_WAITALL == msg_waitall);
static_assert(POLLIN == poll_in && POLLPRI == poll_pri && POLLOUT == poll_out);
static_assert(POLLERR == poll_err && POLLHUP == poll_hup && POLLNVAL == poll_nval);
constexpr int poll_rdhup_number = 0x2000;
static_assert(poll_rdhup_number == poll_rdhup);

constexpr int new_flags = SOCK_NONBLOCK | SOCK_CLOEXEC;

SyscallResult failure() { return SyscallResult::failure(static_cast<Errno>(errno)); }

// What a call that gives 0 or -1 gave.
SyscallResult plain(int outcome) { return outcome == 0 ? SyscallResult::success() : failure(); }

SyscallResult counted(ssize_t outcome) {
  return outcome >= 0 ? SyscallResult::success(outcome) : failure();
}

int domain_number(Domain domain) {
  switch (domain) {
    case Domain::inet:
      return AF_INET;
    case Domain::inet6:
      return AF_INET6;
    case Domain::local:
      return AF_UNIX;
  }
  return AF_UNSPEC;
}

int type_number(Type type) {
  switch (type) {
    case Type::stream:
      return SOCK_STREAM;
    case Type::dgram:
      return SOCK_DGRAM;
    case Type::seqpacket:
      return SOCK_SEQPACKET;
  }
  return 0;
}

int how_number(ShutdownHow how) {
  switch (how) {
    case ShutdownHow::read:
      return SHUT_RD;
    case ShutdownHow::write:
      return SHUT_WR;
    case ShutdownHow::both:
      return SHUT_RDWR;
    case ShutdownHow::invalid:
      return 17;
  }
  return 17;
}

SyscallResult send(int fd, const Syscall& call) {
  KernelAddress to;
  const bool addressed =
      call.call == Call::sendto && !std::holds_alternative<Unspecified>(call.address);
  if (addressed) to = to_kernel(call.address);
  const int flags = static_cast<int>(call.flags) | MSG_NOSIGNAL;
  return counted(::sendto(fd, call.data.data(), call.data.size(), flags,
                          addressed ? to.pointer() : nullptr, addressed ? to.size : 0));
}

SyscallResult call_by_name(int fd, const Syscall& call) {
  if (call.call == Call::send || call.call == Call::sendto) return send(fd, call);
  const KernelAddress address = to_kernel(call.address);
  return plain(call.call == Call::bind ? ::bind(fd, address.pointer(), address.size)
                                       : ::connect(fd, address.pointer(), address.size));
}

// Whether a file system is looked into for the call's address.
bool names_path(const Syscall& call) {
  const auto* path = std::get_if<UnixPath>(&call.address);
  return path != nullptr && path->size > 0 && path->bytes[0] != '\0';
}

SyscallResult receive(int fd, const Syscall& call) {
  KernelAddress from;
  iovec bytes{.iov_base = call.buffer.data(), .iov_len = call.buffer.size()};
  msghdr message{};
  message.msg_name = from.pointer();
  message.msg_namelen = from.size;
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  SyscallResult result = counted(::recvmsg(fd, &message, static_cast<int>(call.flags)));
  if (!result.ok()) return result;
  result.truncated = (message.msg_flags & MSG_TRUNC) != 0;
  if (call.call == Call::recvfrom) {
    from.size = message.msg_namelen;
    result.address = from_kernel(from);
  }
  return result;
}

SyscallResult name_of(int fd, bool peer) {
  KernelAddress address;
  const int outcome = peer ? ::getpeername(fd, address.pointer(), &address.size)
                           : ::getsockname(fd, address.pointer(), &address.size);
  SyscallResult result = plain(outcome);
  if (result.ok()) result.address = from_kernel(address);
  return result;
}

SyscallResult set_option(int fd, const Syscall& call) {
  const KernelOption option = to_kernel(call.option);
  if (call.option == OptionName::so_linger) {
    const linger value{.l_onoff = call.option_value.value, .l_linger = call.option_value.seconds};
    return plain(::setsockopt(fd, option.level, option.name, &value, sizeof(value)));
  }
  const int value = call.option_value.value;
  return plain(::setsockopt(fd, option.level, option.name, &value, sizeof(value)));
}

SyscallResult get_option(int fd, const Syscall& call) {
  const KernelOption option = to_kernel(call.option);
  if (call.option == OptionName::so_linger) {
    linger value{};
    socklen_t size = sizeof(value);
    SyscallResult result = plain(::getsockopt(fd, option.level, option.name, &value, &size));
    if (result.ok()) result.option_value = {value.l_onoff, value.l_linger};
    return result;
  }
  int value = 0;
  socklen_t size = sizeof(value);
  SyscallResult result = plain(::getsockopt(fd, option.level, option.name, &value, &size));
  if (result.ok()) result.option_value.value = value;
  return result;
}

SyscallResult poll_one(int fd, PollEvents events) {
  pollfd entry{.fd = fd, .events = static_cast<short>(events), .revents = 0};
  LOCKSTEP_CHECK(::poll(&entry, 1, 0) >= 0);
  return SyscallResult::success(static_cast<PollEvents>(entry.revents));
}

SyscallResult queue_size(int fd, unsigned long which) {
  int value = 0;
  SyscallResult result = plain(::ioctl(fd, which, &value));
  if (result.ok()) result.value = value;
  return result;
}

void set_number(int fd, int level, int name, int value) {
  LOCKSTEP_CHECK(::setsockopt(fd, level, name, &value, sizeof(value)) == 0);
}

// TCP takes its buffers from the namespace's settings; UDP has them of the whole machine.
void set_up_dgram(int fd, const HostConfig& config, Domain domain) {
  set_number(fd, SOL_SOCKET, SO_RCVBUFFORCE, static_cast<int>(config.receive_buffer));
  set_number(fd, SOL_SOCKET, SO_SNDBUFFORCE, static_cast<int>(config.send_buffer));
  set_number(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO);
  if (domain == Domain::inet6) {
    set_number(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_DO);
  }
}

// Its buffer would be that of the whole machine.
void set_up_local(int fd, const HostConfig& config) {
  set_number(fd, SOL_SOCKET, SO_SNDBUFFORCE, static_cast<int>(config.send_buffer));
}

bool is_local(int fd) {
  int domain = 0;
  socklen_t size = sizeof(domain);
  return ::getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &size) == 0 && domain == AF_UNIX;
}

void set_linger(int fd, bool on) {
  const linger value{.l_onoff = on ? 1 : 0, .l_linger = 0};
  ::setsockopt(fd, SOL_SOCKET, SO_LINGER, &value, sizeof(value));
}

bool lingers_for_seconds(int fd) {
  linger value{};
  socklen_t size = sizeof(value);
  if (::getsockopt(fd, SOL_SOCKET, SO_LINGER, &value, &size) != 0) return false;
  return value.l_onoff != 0 && value.l_linger != 0;
}

}  // namespace

void SocketCalls::start(const NetworkNamespace& space, const HostConfig& config) {
  LOCKSTEP_CHECK(descriptors_.size() == 0);
  space_ = &space;
  config_ = &config;
  used_v6_ = false;
}

SyscallResult SocketCalls::call(const Syscall& call) {
  const int fd = descriptors_.real(call.fd);
  switch (call.call) {
    case Call::socket:
      return make_socket(call);
    case Call::accept:
      return accept(call);
    case Call::dup:
      return dup(call);
    case Call::close:
      return close(call);
    case Call::bind: {
      const WithoutPrivilegedPorts without(config_->unprivileged);
      return call_by_path(fd, call);
    }
    case Call::connect:
      return call_by_path(fd, call);
    case Call::listen:
      return plain(::listen(fd, call.backlog));
    case Call::send:
    case Call::sendto:
      return call_by_path(fd, call);
    case Call::recv:
    case Call::recvfrom:
      return receive(fd, call);
    case Call::shutdown:
      return plain(::shutdown(fd, how_number(call.how)));
    case Call::getsockname:
      return name_of(fd, false);
    case Call::getpeername:
      return name_of(fd, true);
    case Call::setsockopt:
      return set_option(fd, call);
    case Call::getsockopt:
      return get_option(fd, call);
    case Call::poll:
      return poll_one(fd, call.events);
    case Call::siocinq:
      return queue_size(fd, SIOCINQ);
    case Call::siocoutq:
      return queue_size(fd, SIOCOUTQ);
  }
  return SyscallResult::failure(Errno::einval);
}

// bind, connect, send and sendto, which may name a path.
SyscallResult SocketCalls::call_by_path(int fd, const Syscall& call) {
  if (!names_path(call)) return call_by_name(fd, call);
  if (!root_.made()) root_ = PrivateRoot::make();
  const PrivateRoot::Inside inside(root_);
  return call_by_name(fd, call);
}

SyscallResult SocketCalls::make_socket(const Syscall& call) {
  int fd = -1;
  std::optional<SyscallResult> failed;
  {
    const WithFullTable full(table_is_full());
    const NetworkNamespace::Inside inside(*space_);
    fd = ::socket(domain_number(call.domain), type_number(call.type) | new_flags, 0);
    if (fd < 0) failed = failure();
  }
  if (failed) return *failed;
  if (call.domain == Domain::inet6) used_v6_ = true;
  const bool dgram = call.type == Type::dgram;
  if (call.domain == Domain::local) {
    set_up_local(fd, *config_);
  } else if (dgram) {
    set_up_dgram(fd, *config_, call.domain);
  }
  return SyscallResult::success(descriptors_.add(fd, descriptors_.fresh_file(), dgram).value);
}

SyscallResult SocketCalls::accept(const Syscall& call) {
  const int listener = descriptors_.real(call.fd);
  KernelAddress peer;
  SyscallResult result;
  {
    const WithFullTable full(table_is_full());
    result = counted(::accept4(listener, peer.pointer(), &peer.size, new_flags));
  }
  if (!result.ok()) return result;
  const int fd = static_cast<int>(result.value);
  if (is_local(fd)) set_up_local(fd, *config_);
  result.value = descriptors_.add(fd, descriptors_.fresh_file(), false).value;
  result.address = from_kernel(peer);
  return result;
}

SyscallResult SocketCalls::dup(const Syscall& call) {
  SyscallResult result;
  {
    const WithFullTable full(table_is_full());
    result = counted(::dup(descriptors_.real(call.fd)));
  }
  if (!result.ok()) return result;
  const int fd = static_cast<int>(result.value);
  LOCKSTEP_CHECK(::fcntl(fd, F_SETFD, FD_CLOEXEC) == 0);
  const DescriptorTable::Entry original = *descriptors_.find(call.fd);
  result.value = descriptors_.add(fd, original.file, original.dgram).value;
  return result;
}

// A lingering close() waits for packets that nobody could deliver meanwhile. Without SO_LINGER it
// does the same, but for the waiting.
SyscallResult SocketCalls::close(const Syscall& call) {
  const DescriptorTable::Entry* entry = descriptors_.find(call.fd);
  if (entry == nullptr) return plain(::close(descriptors_.real(call.fd)));
  const int fd = entry->real;
  const bool last = descriptors_.sharers(entry->file) == 1;
  if (last && !entry->dgram && lingers_for_seconds(fd)) set_linger(fd, false);
  descriptors_.remove(call.fd);
  return plain(::close(fd));
}

void SocketCalls::close_all() {
  descriptors_.clear([](const DescriptorTable::Entry& entry) {
    if (!entry.dgram) set_linger(entry.real, true);
    ::close(entry.real);
  });
  root_.forget();
}

}  // namespace lockstep::live
