#include "stack/ports/lies/api_lies.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <optional>
#include <vector>

#include "stack/ports/lies/decorator.h"

namespace lockstep {
namespace {

bool receives(const Syscall& call) {
  return call.call == Call::recv || call.call == Call::recvfrom;
}

// The bytes that a successful receive wrote.
std::span<std::byte> received(const Syscall& call, const SyscallResult& result) {
  if (!receives(call) || !result.ok() || result.value <= 0) return {};
  return call.buffer.first(std::min(call.buffer.size(), static_cast<std::size_t>(result.value)));
}

class RecvByteFlipped final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    const SyscallResult result = inner().call(call);
    const std::span<std::byte> bytes = received(call, result);
    if (!bytes.empty()) bytes[bytes.size() / 2] ^= std::byte{0x10};
    return result;
  }
};

class RecvByteRepeated final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    const SyscallResult result = inner().call(call);
    const std::span<std::byte> bytes = received(call, result);
    if (bytes.size() >= 2) {
      const std::size_t at = bytes.size() / 2;
      std::memmove(bytes.data() + at, bytes.data() + at - 1, bytes.size() - at);
    }
    return result;
  }
};

class RecvByteSkipped final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    SyscallResult result = inner().call(call);
    const std::span<std::byte> bytes = received(call, result);
    if (bytes.size() >= 2 && static_cast<std::size_t>(result.value) == bytes.size()) {
      const std::size_t at = bytes.size() / 2;
      std::memmove(bytes.data() + at - 1, bytes.data() + at, bytes.size() - at);
      --result.value;
    }
    return result;
  }
};

// Remembers which descriptors are of UDP sockets, and by descriptor what was received and held.
class DatagramLie : public Decorator {
 public:
  using Decorator::Decorator;

 protected:
  struct Held {
    SyscallResult result;
    std::vector<std::byte> bytes;
  };

  bool remembers() const override { return true; }
  void forget() override {
    types_.clear();
    held_.clear();
  }
  SyscallResult call_inner(const Syscall& call) {
    const SyscallResult result = inner().call(call);
    if (call.call == Call::socket && result.ok()) {
      types_[static_cast<std::int32_t>(result.value)] = call.type;
    } else if (call.call == Call::close) {
      types_.erase(call.fd.value);
      held_.erase(call.fd.value);
    }
    return result;
  }
  bool receives_datagram(const Syscall& call) const {
    const auto found = types_.find(call.fd.value);
    return receives(call) && found != types_.end() && found->second == Type::dgram &&
           (call.flags & (msg_peek | msg_trunc)) == 0;
  }
  void hold(const Syscall& call, const SyscallResult& result) {
    const std::span<std::byte> bytes = received(call, result);
    held_[call.fd.value] = {result, std::vector<std::byte>(bytes.begin(), bytes.end())};
  }
  std::optional<SyscallResult> give_held(const Syscall& call) {
    const auto found = held_.find(call.fd.value);
    if (found == held_.end()) return std::nullopt;
    const Held held = found->second;
    held_.erase(found);
    const std::size_t count = std::min(held.bytes.size(), call.buffer.size());
    std::copy_n(held.bytes.begin(), count, call.buffer.begin());
    SyscallResult result = held.result;
    result.value = static_cast<std::int64_t>(count);
    return result;
  }

 private:
  std::map<std::int32_t, Type> types_;
  std::map<std::int32_t, Held> held_;
};

class DatagramsSwapped final : public DatagramLie {
 public:
  using DatagramLie::DatagramLie;
  SyscallResult call(const Syscall& call) override {
    if (!receives_datagram(call)) return call_inner(call);
    if (const std::optional<SyscallResult> held = give_held(call)) return *held;
    const SyscallResult first = call_inner(call);
    if (!first.ok()) return first;
    hold(call, first);
    const SyscallResult second = call_inner(call);
    return second.ok() ? second : *give_held(call);
  }
};

class DatagramTwice final : public DatagramLie {
 public:
  using DatagramLie::DatagramLie;
  SyscallResult call(const Syscall& call) override {
    if (!receives_datagram(call)) return call_inner(call);
    if (const std::optional<SyscallResult> held = give_held(call)) return *held;
    const SyscallResult result = call_inner(call);
    if (result.ok()) hold(call, result);
    return result;
  }
};

class ErrnoReplaced final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    SyscallResult result = inner().call(call);
    if (result.error == Errno::enotconn) result.error = Errno::einval;
    return result;
  }
};

class EaddrinuseHidden final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    const SyscallResult result = inner().call(call);
    if (call.call == Call::bind && result.error == Errno::eaddrinuse) {
      return SyscallResult::success();
    }
    return result;
  }
};

class EofTooEarly final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    const SyscallResult result = inner().call(call);
    if (call.call == Call::recv && result.error == Errno::eagain) return SyscallResult::success();
    return result;
  }
};

class EconnresetTwice final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    if (receives(call) && call.fd == again_) {
      again_ = Fd{};
      return SyscallResult::failure(Errno::econnreset);
    }
    const SyscallResult result = inner().call(call);
    if (receives(call) && result.error == Errno::econnreset) again_ = call.fd;
    if (call.call == Call::close && call.fd == again_) again_ = Fd{};
    return result;
  }

 protected:
  bool remembers() const override { return true; }
  void forget() override { again_ = Fd{}; }

 private:
  Fd again_;
};

class AcceptOutOfOrder final : public Decorator {
 public:
  using Decorator::Decorator;
  SyscallResult call(const Syscall& call) override {
    if (call.call != Call::accept) return inner().call(call);
    const auto held = held_.find(call.fd.value);
    if (held != held_.end()) {
      const SyscallResult first = held->second;
      held_.erase(held);
      return first;
    }
    const SyscallResult first = inner().call(call);
    if (!first.ok()) return first;
    const SyscallResult second = inner().call(call);
    if (!second.ok()) return first;
    held_[call.fd.value] = first;
    return second;
  }

 protected:
  bool remembers() const override { return true; }
  void forget() override { held_.clear(); }

 private:
  std::map<std::int32_t, SyscallResult> held_;
};

template <typename Lie>
std::unique_ptr<Port> make(std::unique_ptr<Port> honest) {
  return std::make_unique<Lie>(std::move(honest));
}

}  // namespace

std::unique_ptr<Port> make_recv_byte_flipped(std::unique_ptr<Port> honest) {
  return make<RecvByteFlipped>(std::move(honest));
}
std::unique_ptr<Port> make_recv_byte_repeated(std::unique_ptr<Port> honest) {
  return make<RecvByteRepeated>(std::move(honest));
}
std::unique_ptr<Port> make_recv_byte_skipped(std::unique_ptr<Port> honest) {
  return make<RecvByteSkipped>(std::move(honest));
}
std::unique_ptr<Port> make_datagrams_swapped(std::unique_ptr<Port> honest) {
  return make<DatagramsSwapped>(std::move(honest));
}
std::unique_ptr<Port> make_datagram_twice(std::unique_ptr<Port> honest) {
  return make<DatagramTwice>(std::move(honest));
}
std::unique_ptr<Port> make_errno_replaced(std::unique_ptr<Port> honest) {
  return make<ErrnoReplaced>(std::move(honest));
}
std::unique_ptr<Port> make_eaddrinuse_hidden(std::unique_ptr<Port> honest) {
  return make<EaddrinuseHidden>(std::move(honest));
}
std::unique_ptr<Port> make_eof_too_early(std::unique_ptr<Port> honest) {
  return make<EofTooEarly>(std::move(honest));
}
std::unique_ptr<Port> make_econnreset_twice(std::unique_ptr<Port> honest) {
  return make<EconnresetTwice>(std::move(honest));
}
std::unique_ptr<Port> make_accept_out_of_order(std::unique_ptr<Port> honest) {
  return make<AcceptOutOfOrder>(std::move(honest));
}

}  // namespace lockstep
