// SocketCalls: makes calls of one host on the kernel's sockets, and keeps the host's descriptors.
//
// What differs from passing a call through:
// - no call blocks: sockets are non-blocking, and the last close() does not linger for its seconds;
// - EPIPE comes without its signal;
// - paths of AF_UNIX sockets are those of a file system that the host has for itself;
// - UDP sockets start with IP_MTU_DISCOVER = IP_PMTUDISC_DO, since the wire carries no fragments.
#pragma once

#include <cstdint>

#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/ports/linux/descriptor_table.h"
#include "stack/ports/linux/namespace.h"
#include "stack/ports/linux/private_root.h"

namespace lockstep::live {

class SocketCalls {
 public:
  SocketCalls() = default;
  SocketCalls(const SocketCalls&) = delete;
  SocketCalls& operator=(const SocketCalls&) = delete;
  ~SocketCalls() { close_all(); }

  // Both must outlive the calls. Requires: no descriptor is open.
  void start(const NetworkNamespace& space, const HostConfig& config);
  SyscallResult call(const Syscall& call);

  // Closes every descriptor; connections end with a RST where they can.
  void close_all();
  // Whether there was an IPv6 socket since start().
  bool used_v6() const { return used_v6_; }

 private:
  SyscallResult make_socket(const Syscall& call);
  SyscallResult accept(const Syscall& call);
  SyscallResult dup(const Syscall& call);
  SyscallResult close(const Syscall& call);
  SyscallResult call_by_path(int fd, const Syscall& call);
  bool table_is_full() const { return descriptors_.size() >= config_->max_sockets; }

  const NetworkNamespace* space_ = nullptr;
  const HostConfig* config_ = nullptr;
  DescriptorTable descriptors_;
  PrivateRoot root_;  // Made when the first path is named.
  bool used_v6_ = false;
};

}  // namespace lockstep::live
