// Tun: a host's link (tun(4) without headers). What the host sends can be read from it, one IP
// packet at a time, and what is written to it arrives at the host.
#pragma once

#include <cstddef>
#include <span>

#include "absl/status/statusor.h"
#include "stack/ports/linux/unique_fd.h"

namespace lockstep::live {

class Tun {
 public:
  static constexpr const char* name = "tun0";

  Tun() = default;
  // In the current namespace; the link is down.
  static absl::StatusOr<Tun> open();

  int index() const { return index_; }
  int fd() const { return fd_.get(); }

  // The next packet that left, in `buffer`; empty when there is none.
  // Requires: buffer.size() >= 65535.
  std::span<const std::byte> read(std::span<std::byte> buffer);
  // A packet arrives. What is not even the start of one is dropped.
  void write(std::span<const std::byte> packet);

 private:
  UniqueFd fd_;
  int index_ = 0;
};

}  // namespace lockstep::live
