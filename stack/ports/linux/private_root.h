// PrivateRoot: a file system of one host for the names of its AF_UNIX sockets (unix(7)). It has the
// directories / and /tmp and nothing else, is mounted nowhere (fsmount(2)), and so is gone with its
// descriptor: neither a reset nor a process that is killed leaves a name behind.
#pragma once

#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

class PrivateRoot {
 public:
  // A fresh one. Dies when the kernel gives none; root is needed (CAP_SYS_ADMIN, CAP_SYS_CHROOT).
  static PrivateRoot make();

  bool made() const { return fd_.valid(); }
  void forget() { fd_.reset(); }

  // While it lives, this thread finds every path there, so that names need no prefix.
  class Inside {
   public:
    explicit Inside(const PrivateRoot& root);
    ~Inside();
    Inside(const Inside&) = delete;
    Inside& operator=(const Inside&) = delete;
  };

 private:
  UniqueFd fd_;
};

}  // namespace lockstep::live
