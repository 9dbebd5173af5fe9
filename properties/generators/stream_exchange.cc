#include "properties/generators/stream_exchange.h"

#include <vector>

#include "properties/generators/coded_bytes.h"
#include "properties/generators/socket_calls.h"

namespace lockstep::properties {
namespace {

constexpr std::uint16_t server_port = 8000;

// The backed-off timeouts of that many retransmissions are far beyond the ticks of the lossy part,
// so that no connection gives up while the network may still heal.
constexpr std::uint32_t patient_retransmit_max = 15;
constexpr std::uint32_t lossy_ticks_max = 200;

constexpr std::uint32_t healed_rounds_max = 5000;
constexpr std::uint32_t healed_ticks_per_round = 16;

constexpr std::array<std::uint32_t, 5> mtus{1500, 576, 128, 9000, 1501};
constexpr std::array<std::uint32_t, 4> buffers{65536, 4096, 2304, 20000};
constexpr std::array<std::uint32_t, 4> initial_sequences{0x01000000, 0xffffff00, 0xfffffffe,
                                                         0x7ffffff0};
constexpr std::array<std::uint32_t, 8> lengths{1, 0, 10, 100, 536, 1460, 5000, 70000};

std::array<HostConfig, 2> draw_configs(scenario::Choices& choices) {
  std::array<HostConfig, 2> configs;
  for (std::size_t host = 0; host < 2; ++host) {
    HostConfig& config = configs[host];
    config.addresses = {host_address(host)};
    config.mtu = choices.of(mtus);
    config.send_buffer = choices.of(buffers);
    config.receive_buffer = choices.of(buffers);
    config.initial_sequence = choices.of(initial_sequences);
    config.retransmit_max = patient_retransmit_max;
  }
  return configs;
}

std::string name_of(std::size_t host) { return host == 0 ? "the client" : "the server"; }

}  // namespace

StreamExchange::StreamExchange(const PortMaker& make, Hardness hardness, scenario::Choices& choices)
    : choices_(choices),
      hardness_(hardness),
      pair_(make, draw_configs(choices)),
      ticks_left_(lossy_ticks_max) {
  const Endpoint server{host_address(1), server_port};
  listener_ = {static_cast<std::int32_t>(pair_.call(1, calls::stream_socket()).value)};
  const bool listens = pair_.call(1, calls::bind(listener_, server)).ok() &&
                       pair_.call(1, calls::listen(listener_, 8)).ok();
  if (!listens) fail(1, "bind or listen failed");
  ends_[0].fd = {static_cast<std::int32_t>(pair_.call(0, calls::stream_socket()).value)};
  ends_[0].made = true;
  const SyscallResult connecting = pair_.call(0, calls::connect(ends_[0].fd, server));
  if (connecting.error != Errno::einprogress)
    fail(0, "connect answered otherwise than EINPROGRESS");
}

void StreamExchange::act() {
  accept();
  const std::size_t host = choices_.below(2);
  switch (choices_.below(hardness_ == Hardness::may_break ? 18 : 16)) {
    case 0:
    case 1:
    case 2:
    case 3:
    case 4:
      if (pair_.in_flight() > 0) pair_.deliver(0);
      return;
    case 5:
    case 6:
    case 7:
      return send(host, choices_.of(lengths));
    case 8:
    case 9:
    case 10:
      return receive(host, choices_.of(lengths));
    case 11:
    case 12:
    case 13:
      return meddle();
    case 14: {
      const std::uint32_t ticks = std::min(choices_.between(1, 8), ticks_left_);
      ticks_left_ -= ticks;
      return tick_both(ticks);
    }
    case 15:
      // Rarely, or there would be little to send afterwards.
      if (choices_.one_in(6)) finish(host);
      return;
    case 16:
      tags_.insert("replays");
      return pair_.replay(choices_);
    default:
      if (choices_.one_in(6)) close(host);
  }
}

void StreamExchange::finish_on_healed_network() {
  for (std::uint32_t round = 0; round < healed_rounds_max && wrong_.empty(); ++round) {
    if (!pair_.deliver_all()) return fail(0, "packets fly for ever");
    accept();
    for (std::size_t host = 0; host < 2; ++host) {
      if (!ends_[host].finished) finish(host);
      receive(host, 70000);
    }
    if (is_complete()) return;
    tick_both(healed_ticks_per_round);
  }
  for (std::size_t host = 0; host < 2 && wrong_.empty(); ++host) {
    if (ends_[host].received < ends_[1 - host].sent) fail(host, "never received all that was sent");
    if (!ends_[host].saw_end) fail(host, "never saw the end of the stream");
  }
}

void StreamExchange::accept() {
  if (ends_[1].made) return;
  const SyscallResult result = pair_.call(1, calls::accept(listener_));
  if (!result.ok()) return;
  ends_[1].fd = {static_cast<std::int32_t>(result.value)};
  ends_[1].made = true;
}

void StreamExchange::send(std::size_t host, std::uint32_t length) {
  End& end = ends_[host];
  if (!end.made || end.closed) return;
  std::vector<std::byte> bytes(length);
  fill_coded(bytes, static_cast<std::uint32_t>(host), end.sent);
  const SyscallResult result = pair_.call(host, calls::send(end.fd, bytes));
  if (result.ok()) {
    if (result.value < 0 || result.value > std::int64_t{length}) fail(host, "send took too much");
    end.sent += static_cast<std::uint64_t>(result.value);
    if (result.value < std::int64_t{length}) tags_.insert("full buffers");
  } else if (breaks(result) && !(end.finished && result.error == Errno::epipe)) {
    fail(host, "send answered " + std::string(errno_name(result.error)));
  }
}

void StreamExchange::receive(std::size_t host, std::uint32_t room) {
  End& end = ends_[host];
  const End& peer = ends_[1 - host];
  if (!end.made || end.closed || room == 0) return;
  std::vector<std::byte> buffer(room);
  const SyscallResult result = pair_.call(host, calls::recv(end.fd, buffer));
  if (!result.ok()) {
    if (breaks(result)) fail(host, "recv answered " + std::string(errno_name(result.error)));
    return;
  }
  const auto count = static_cast<std::uint64_t>(result.value);
  if (count > room) return fail(host, "recv gave more than it was asked for");
  if (count == 0) {
    if (hardness_ == Hardness::must_survive && (!peer.finished || end.received < peer.sent)) {
      fail(host, "the stream ended too early");
    }
    end.saw_end = true;
    return;
  }
  // An aborted connection reports its error once and then ends, but never resumes.
  if (end.saw_end) return fail(host, "bytes came after the end");
  if (end.received + count > peer.sent) return fail(host, "received more than was sent");
  const std::span<const std::byte> got(buffer.data(), count);
  if (!is_coded(got, static_cast<std::uint32_t>(1 - host), end.received)) {
    return fail(host, "received other bytes than were sent");
  }
  end.received += count;
}

void StreamExchange::finish(std::size_t host) {
  End& end = ends_[host];
  if (!end.made || end.closed) return;
  // Before the connection is made, shutdown would give it up (tcp(7)).
  if (!pair_.call(host, calls::getpeername(end.fd)).ok()) return;
  if (pair_.call(host, calls::shutdown(end.fd, ShutdownHow::write)).ok()) {
    end.finished = true;
  } else if (hardness_ == Hardness::must_survive) {
    fail(host, "shutdown failed");
  }
}

void StreamExchange::close(std::size_t host) {
  End& end = ends_[host];
  if (!end.made || end.closed) return;
  pair_.call(host, calls::close(end.fd));
  end.closed = true;
  tags_.insert("closes");
}

void StreamExchange::meddle() {
  if (pair_.in_flight() == 0) return;
  const std::size_t index = choices_.below(static_cast<std::uint32_t>(pair_.in_flight()));
  switch (choices_.below(4)) {
    case 0:
      tags_.insert("reorders");
      return pair_.deliver(index);
    case 1:
      tags_.insert("drops");
      return pair_.drop(index);
    case 2:
      tags_.insert("duplicates");
      return pair_.duplicate(index);
    default:
      tags_.insert("reorders");
      return pair_.hold_back(index);
  }
}

void StreamExchange::tick_both(std::uint32_t ticks) {
  for (std::size_t host = 0; host < 2; ++host) pair_.tick(host, ticks);
}

bool StreamExchange::is_complete() const {
  return ends_[0].saw_end && ends_[1].saw_end && ends_[0].received == ends_[1].sent &&
         ends_[1].received == ends_[0].sent;
}

void StreamExchange::fail(std::size_t host, const std::string& what) {
  if (!wrong_.empty()) return;
  const End& end = ends_[host];
  const End& peer = ends_[1 - host];
  wrong_ = name_of(host) + ": " + what + " (sent " + std::to_string(end.sent) + ", received " +
           std::to_string(end.received) + " of " + std::to_string(peer.sent) + ")";
}

bool StreamExchange::breaks(const SyscallResult& result) const {
  return hardness_ == Hardness::must_survive && !result.ok() && result.error != Errno::eagain;
}

}  // namespace lockstep::properties
