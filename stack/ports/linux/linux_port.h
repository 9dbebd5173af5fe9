// The kernel that this process runs on as a port: each host is a network namespace whose only link
// is a TUN device, so that every packet passes through the harness. See docs/ports.md.
//
// Its clock elapses: timers of the kernel may fire in any step. tick() takes real time only while a
// timer runs that would send something.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "stack/port/port.h"

namespace lockstep {

// Why this machine cannot run the port, in one line; empty when it can. The first call makes a
// host.
std::string linux_port_unavailable();

// An error says why not.
absl::StatusOr<std::unique_ptr<Port>> make_linux_port();

}  // namespace lockstep
