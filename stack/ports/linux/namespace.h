// NetworkNamespace: one network stack of the kernel, apart from all others (namespaces(7)). It
// lives as long as a descriptor or a socket of it is open, so that nothing outlives the process.
#pragma once

#include "absl/status/statusor.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

class NetworkNamespace {
 public:
  NetworkNamespace() = default;
  // A fresh one. Its hash tables of sockets are small, since walking them is what a sweep costs.
  static absl::StatusOr<NetworkNamespace> make();

  // While it lives, this thread makes sockets, links and /proc/sys/net look-ups in the namespace.
  class Inside {
   public:
    explicit Inside(const NetworkNamespace& space);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
  };

 private:
  UniqueFd fd_;
};

}  // namespace lockstep::live
