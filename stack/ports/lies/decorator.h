// Decorator: a port that passes everything on to another one. A lie overrides one of the hooks.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "stack/port/port.h"

namespace lockstep {

class Decorator : public Port {
 public:
  explicit Decorator(std::unique_ptr<Port> inner) : inner_(std::move(inner)) {}

  const PortTraits& traits() const override { return inner_->traits(); }
  void reset(const HostConfig& config) override {
    forget();
    inner_->reset(config);
  }
  SyscallResult call(const Syscall& call) override { return inner_->call(call); }
  void deliver(const Packet& packet) override { inner_->deliver(packet); }
  void deliver_bytes(std::span<const std::byte> bytes) override { inner_->deliver_bytes(bytes); }
  void tick(std::uint32_t ticks) override { inner_->tick(ticks); }
  void egress(std::vector<WireEvent>& out) override {
    const std::size_t first = out.size();
    inner_->egress(out);
    revise(out, first);
  }
  bool copy_from(const Port& other) override {
    const auto* lie = dynamic_cast<const Decorator*>(&other);
    return lie != nullptr && !remembers() && !lie->remembers() && inner_->copy_from(*lie->inner_);
  }
  bool digest(Digest& out) const override { return !remembers() && inner_->digest(out); }

 protected:
  // Whether the lie has a memory of its own, which copy_from and digest would miss.
  virtual bool remembers() const { return false; }
  // The host is as new: what was remembered of the run before is void.
  virtual void forget() {}
  // out[first, end) is what the honest port showed; the hook may change, remove and add.
  virtual void revise(std::vector<WireEvent>&, std::size_t) {}

  Port& inner() { return *inner_; }

 private:
  std::unique_ptr<Port> inner_;
};

}  // namespace lockstep
