// The calls of AF_UNIX sockets: descriptors, options and readiness are the kernel's, all else is
// done by LocalSockets.
#include <algorithm>

#include "stack/kernel/kernel.h"

namespace lockstep {
namespace {

constexpr std::int32_t send_buffer_min = 4608;  // SOCK_MIN_SNDBUF as seen by getsockopt.

}  // namespace

LocalSockets::Settings local_settings(const SocketOptions& options) {
  return {.send_buffer = static_cast<std::uint32_t>(options.send_buffer),
          .receive_low_water = options.receive_low_water,
          .out_of_band_inline = options.out_of_band_inline};
}

// A call's effects reach the registrations of the sockets concerned.
void Kernel::notify_local() {
  for (const LocalEvent& event : local_events_) notify(event.user);
  local_events_.clear();
}

// Requires: a free descriptor. The socket has no local_id yet.
Fd Kernel::create_local(Type type) {
  const Slot slot = sockets_.create(Domain::local, type);
  SocketOptions& options = sockets_[slot].options;
  const auto doubled = [](std::uint32_t bytes) {
    return static_cast<std::int32_t>(std::min(bytes, 0x3fffffffu) * 2);
  };
  options.send_buffer = std::max(doubled(config_.send_buffer), send_buffer_min);
  options.receive_buffer = doubled(config_.receive_buffer);
  return sockets_.attach(slot);
}

SyscallResult Kernel::open_local(Type type) {
  if (!sockets_.has_free_descriptor()) return SyscallResult::failure(Errno::emfile);
  const Fd fd = create_local(type);
  const Slot slot = sockets_.find(fd);
  Socket& socket = sockets_[slot];
  socket.local_id = local_.open(type, slot, local_settings(socket.options));
  return SyscallResult::success(fd.value);
}

std::expected<std::pair<Fd, Fd>, Errno> Kernel::socketpair(Type type) {
  const SyscallResult one = open_local(type);
  if (!one.ok()) return std::unexpected(one.error);
  const Fd first{static_cast<std::int32_t>(one.value)};
  const SyscallResult other = open_local(type);
  if (!other.ok()) {
    close(first);
    return std::unexpected(other.error);
  }
  const Fd second{static_cast<std::int32_t>(other.value)};
  local_.join(sockets_[sockets_.find(first)].local_id, sockets_[sockets_.find(second)].local_id);
  return std::pair(first, second);
}

void Kernel::close_local(Slot slot) {
  local_.close(sockets_[slot].local_id, local_events_);
  destroy(slot);
  notify_local();
}

SyscallResult Kernel::connect_local(Slot slot, const SocketAddress& address) {
  const SyscallResult result = local_.connect(sockets_[slot].local_id, address, local_events_);
  notify_local();
  return result;
}

// Requires: a free descriptor.
SyscallResult Kernel::accept_local(Slot slot) {
  const auto accepted = local_.accept(sockets_[slot].local_id);
  if (!accepted) return SyscallResult::failure(accepted.error());
  const Fd fd = create_local(sockets_[slot].type);
  const Slot child = sockets_.find(fd);
  Socket& connection = sockets_[child];
  connection.local_id = *accepted;
  local_.adopt(*accepted, child, local_settings(connection.options));
  SyscallResult result = SyscallResult::success(fd.value);
  result.address = local_.peer_name(*accepted).address;
  return result;
}

SyscallResult Kernel::send_local(Slot slot, std::span<const std::byte> data, MsgFlags flags,
                                 const SocketAddress& address) {
  const SyscallResult result =
      local_.send(sockets_[slot].local_id, data, flags, address, local_events_);
  notify_local();
  return result;
}

SyscallResult Kernel::recv_local(Slot slot, std::span<std::byte> buffer, MsgFlags flags,
                                 bool with_source) {
  const SyscallResult result =
      local_.receive(sockets_[slot].local_id, buffer, flags, with_source, local_events_);
  notify_local();
  return result;
}

SyscallResult Kernel::shutdown_local(Slot slot, ShutdownHow how) {
  const SyscallResult result = local_.shutdown(sockets_[slot].local_id, how, local_events_);
  notify_local();
  return result;
}

}  // namespace lockstep
