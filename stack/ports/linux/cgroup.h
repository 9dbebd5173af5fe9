// Cgroup: a control group (cgroups(7), version 2) of this process's own, to which programs can be
// attached that then see its sockets and no other process's.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

class Cgroup {
 public:
  Cgroup() = default;
  Cgroup(Cgroup&&) = default;
  Cgroup& operator=(Cgroup&&) = default;
  // Goes back to where the process was, and removes the group.
  ~Cgroup();

  // Makes a group below the process's own one and moves the process into it. Removes the groups
  // that killed processes left there.
  static absl::StatusOr<Cgroup> enter();

  int fd() const { return group_.get(); }

 private:
  UniqueFd parent_;
  UniqueFd group_;
  std::string name_;
};

}  // namespace lockstep::live
