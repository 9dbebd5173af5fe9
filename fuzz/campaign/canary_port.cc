#include "fuzz/campaign/canary_port.h"

#include <map>

#include "stack/ports/lies/decorator.h"

namespace lockstep::campaign {
namespace {

class CanaryPort final : public Decorator {
 public:
  using Decorator::Decorator;

  SyscallResult call(const Syscall& call) override {
    const SyscallResult result = inner().call(call);
    if (call.call == Call::close) progress_.erase(call.fd.value);
    if (!result.ok()) return result;
    if (call.call == Call::accept) progress_[static_cast<std::int32_t>(result.value)] = 1;
    const auto found = progress_.find(call.fd.value);
    if (found == progress_.end()) return result;
    int& done = found->second;
    if (done == 1 && call.call == Call::recv && result.value > 0) done = 2;
    if (done == 2 && call.call == Call::send && result.value > 0) done = 3;
    if (done == 3 && call.call == Call::shutdown && call.how == ShutdownHow::write) done = 4;
    if (done == 4 && call.call == Call::getpeername) return SyscallResult::failure(Errno::enomem);
    return result;
  }

 protected:
  void forget() override { progress_.clear(); }

 private:
  std::map<std::int32_t, int> progress_;  // Steps done, by descriptor.
};

}  // namespace

std::unique_ptr<Port> make_canary_port(std::unique_ptr<Port> honest) {
  return std::make_unique<CanaryPort>(std::move(honest));
}

}  // namespace lockstep::campaign
