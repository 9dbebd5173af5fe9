// Socket options: which sockets know them, which values a set takes, and that a get answers what
// was set. Sources: socket(7), tcp(7), ip(7), ipv6(7), getsockopt(2). SO_ERROR and SO_ACCEPTCONN
// belong to the protocols.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>

#include "oracle/spec/dialect.h"
#include "oracle/spec/judgement.h"
#include "oracle/spec/socket_model.h"
#include "stack/api/digest.h"
#include "stack/api/options.h"
#include "stack/port/port.h"

namespace lockstep::oracle {

inline constexpr std::size_t option_count = static_cast<std::size_t>(OptionName::unknown_level) + 1;

// What the oracle knows of one socket's options.
class SocketOptions {
 public:
  // A value is predicted: set by the application, or the initial one.
  bool is_known(OptionName name) const { return (known_ & bit(name)) != 0; }
  // The application set it, and the value went in as asked.
  bool was_set(OptionName name) const { return (set_ & bit(name)) != 0; }
  OptionValue value(OptionName name) const { return values_[index(name)]; }

  void learn(OptionName name, OptionValue value) {
    values_[index(name)] = value;
    known_ |= bit(name);
  }
  void set(OptionName name, OptionValue value) {
    learn(name, value);
    set_ |= bit(name);
    inherited_ &= ~bit(name);
  }
  bool was_inherited(OptionName name) const { return (inherited_ & bit(name)) != 0; }
  // The value is not predicted until a get shows it.
  void forget(OptionName name) {
    known_ &= ~bit(name);
    set_ |= bit(name);
    inherited_ &= ~bit(name);
  }
  // Of a child of a listener: keeps what a child inherits, forgets what was set beside it.
  void keep_inherited();

  void digest(Digest& out) const;

 private:
  static std::size_t index(OptionName name) { return static_cast<std::size_t>(name); }
  static std::uint32_t bit(OptionName name) { return std::uint32_t{1} << index(name); }

  std::array<OptionValue, option_count> values_{};
  std::uint32_t known_ = 0;
  std::uint32_t set_ = 0;
  std::uint32_t inherited_ = 0;
};

struct OptionCall {
  SocketModel& socket;
  SocketOptions& options;
  const Syscall& call;
  const SyscallResult& result;
};

// Judges calls on options for one host.
class OptionRules {
 public:
  OptionRules(const Dialect& dialect, Judgement& judgement)
      : dialect_(&dialect), judgement_(&judgement) {}

  void start(const PortTraits& traits) { traits_ = &traits; }
  // Judges setsockopt, and follows it into the options and the socket.
  void on_set(const OptionCall& call) const;
  // Judges getsockopt of every option but SO_ERROR and SO_ACCEPTCONN.
  void on_get(const OptionCall& call) const;

 private:
  bool is_supported(OptionName name) const;
  void follow_set(const OptionCall& call) const;
  void judge_value(const OptionCall& call) const;

  const Dialect* dialect_;
  Judgement* judgement_;
  const PortTraits* traits_ = nullptr;
};

}  // namespace lockstep::oracle
