#include "properties/generators/connected_pair.h"

#include <vector>

#include "properties/generators/coded_bytes.h"
#include "properties/generators/socket_calls.h"

namespace lockstep::properties {
namespace {

// Enough for delayed acknowledgements and Nagle's algorithm to let go of what they hold.
constexpr std::uint32_t ticks_per_round = 2;
constexpr int rounds_max = 200;

std::array<HostConfig, 2> plain_configs() {
  std::array<HostConfig, 2> configs;
  for (std::size_t host = 0; host < 2; ++host) configs[host].addresses = {host_address(host)};
  return configs;
}

Fd made(const SyscallResult& result) { return {static_cast<std::int32_t>(result.value)}; }

}  // namespace

ConnectedPair::ConnectedPair(const PortMaker& make) : network_(make, plain_configs()) {
  wrong_ = connect();
}

std::string ConnectedPair::connect() {
  const Endpoint server{host_address(1), 8000};
  const Fd listener = made(network_.call(1, calls::stream_socket()));
  if (!network_.call(1, calls::bind(listener, server)).ok()) return "bind failed";
  if (!network_.call(1, calls::listen(listener, 8)).ok()) return "listen failed";
  ends_[0].fd = made(network_.call(0, calls::stream_socket()));
  const SyscallResult connecting = network_.call(0, calls::connect(ends_[0].fd, server));
  if (connecting.error != Errno::einprogress) return "connect does not answer EINPROGRESS";
  if (!network_.deliver_all()) return "packets of the handshake fly for ever";
  const SyscallResult accepted = network_.call(1, calls::accept(listener));
  if (!accepted.ok()) return "accept failed";
  ends_[1].fd = made(accepted);
  return "";
}

std::string ConnectedPair::send_exactly(std::size_t host, std::uint32_t bytes) {
  End& end = ends_[host];
  std::vector<std::byte> data(bytes);
  fill_coded(data, static_cast<std::uint32_t>(host), end.sent);
  std::size_t taken = 0;
  for (int round = 0; round < rounds_max && taken < bytes; ++round) {
    const SyscallResult result =
        network_.call(host, calls::send(end.fd, std::span(data).subspan(taken)));
    if (result.ok()) taken += static_cast<std::size_t>(result.value);
    if (!result.ok() && result.error != Errno::eagain) return "send failed";
    if (!network_.deliver_all()) return "packets of data fly for ever";
  }
  if (taken != bytes) return "send never took all";
  end.sent += taken;
  for (std::size_t ticking = 0; ticking < 4; ++ticking) {
    network_.tick(ticking % 2, ticks_per_round);
    if (!network_.deliver_all()) return "packets of data fly for ever";
  }
  return "";
}

std::string ConnectedPair::receive_exactly(std::size_t host, std::uint32_t bytes) {
  End& end = ends_[host];
  std::vector<std::byte> buffer(bytes);
  std::size_t got = 0;
  for (int round = 0; round < rounds_max && got < bytes; ++round) {
    const SyscallResult result =
        network_.call(host, calls::recv(end.fd, std::span(buffer).subspan(got)));
    if (!result.ok()) return "recv answered " + std::string(errno_name(result.error));
    if (result.value == 0) return "the stream ended too early";
    got += static_cast<std::size_t>(result.value);
  }
  if (got != bytes) return "recv gave less than was queued";
  if (!is_coded(buffer, static_cast<std::uint32_t>(1 - host), end.received)) {
    return "received other bytes than were sent";
  }
  end.received += got;
  // The window may have opened: its announcement is not what the caller looks at.
  return network_.deliver_all() ? "" : "packets fly for ever";
}

SyscallResult ConnectedPair::receive(std::size_t host, std::uint32_t room) {
  std::vector<std::byte> buffer(room);
  return network_.call(host, calls::recv(ends_[host].fd, buffer));
}

}  // namespace lockstep::properties
