// What a call of a host must not have or use, for as long as the call takes.
#pragma once

#include <sys/resource.h>

#include <cstdint>

namespace lockstep::live {

// While it lives, this thread may not bind ports below 1024 (capabilities(7):
// CAP_NET_BIND_SERVICE).
class WithoutPrivilegedPorts {
 public:
  explicit WithoutPrivilegedPorts(bool active);
  ~WithoutPrivilegedPorts();
  WithoutPrivilegedPorts(const WithoutPrivilegedPorts&) = delete;
  WithoutPrivilegedPorts& operator=(const WithoutPrivilegedPorts&) = delete;

 private:
  bool active_;
};

// While it lives, this process gets no new descriptor (getrlimit(2): RLIMIT_NOFILE): the kernel
// then answers EMFILE where it would have made one, and what comes before that stays before it.
class WithFullTable {
 public:
  explicit WithFullTable(bool active);
  ~WithFullTable();
  WithFullTable(const WithFullTable&) = delete;
  WithFullTable& operator=(const WithFullTable&) = delete;

 private:
  bool active_;
  rlimit usual_{};
};

}  // namespace lockstep::live
