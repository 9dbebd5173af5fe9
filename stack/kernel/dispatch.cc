// Kernel::call: from a Syscall value to the call of that name.
#include "stack/kernel/kernel.h"

namespace lockstep {

SyscallResult Kernel::call(const Syscall& syscall) {
  switch (syscall.call) {
    case Call::socket:
      return open(syscall.domain, syscall.type);
    case Call::bind:
      return bind(syscall.fd, syscall.address);
    case Call::listen:
      return listen(syscall.fd, syscall.backlog);
    case Call::accept:
      return accept(syscall.fd);
    case Call::connect:
      return connect(syscall.fd, syscall.address);
    case Call::send:
      return send(syscall.fd, syscall.data, syscall.flags);
    case Call::sendto:
      return sendto(syscall.fd, syscall.data, syscall.flags, syscall.address);
    case Call::recv:
      return recv(syscall.fd, syscall.buffer, syscall.flags);
    case Call::recvfrom:
      return recvfrom(syscall.fd, syscall.buffer, syscall.flags);
    case Call::shutdown:
      return shutdown(syscall.fd, syscall.how);
    case Call::close:
      return close(syscall.fd);
    case Call::dup:
      return dup(syscall.fd);
    case Call::getsockname:
      return local_address(syscall.fd);
    case Call::getpeername:
      return peer_address(syscall.fd);
    case Call::setsockopt:
      return set_option(syscall.fd, syscall.option, syscall.option_value);
    case Call::getsockopt:
      return get_option(syscall.fd, syscall.option);
    case Call::poll:
      return SyscallResult::success(poll(syscall.fd, syscall.events));
    case Call::siocinq:
      return queue_size(syscall.fd, true);
    case Call::siocoutq:
      return queue_size(syscall.fd, false);
  }
  return SyscallResult::failure(Errno::einval);
}

}  // namespace lockstep
