// The project's own stack as a port: one Kernel, with timers that fire in tick() alone.
#pragma once

#include <memory>

#include "stack/kernel/kernel.h"
#include "stack/port/port.h"

namespace lockstep {

class InProcessPort final : public Port {
 public:
  explicit InProcessPort(const HostConfig& config = HostConfig()) : kernel_(config) {}

  const PortTraits& traits() const override;
  void reset(const HostConfig& config) override { kernel_.reset(config); }
  SyscallResult call(const Syscall& call) override { return kernel_.call(call); }
  void deliver(const Packet& packet) override { kernel_.deliver(packet); }
  void deliver_bytes(std::span<const std::byte> bytes) override;
  void tick(std::uint32_t ticks) override { kernel_.tick(ticks); }
  void egress(std::vector<WireEvent>& out) override { kernel_.egress(out); }
  bool copy_from(const Port& other) override;
  bool digest(Digest& out) const override;

  // The host itself: copying it is a snapshot, assigning it goes back to one.
  Kernel& kernel() { return kernel_; }
  const Kernel& kernel() const { return kernel_; }

 private:
  Kernel kernel_;
};

std::unique_ptr<Port> make_in_process_port();

}  // namespace lockstep
