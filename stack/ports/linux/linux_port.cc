#include "stack/ports/linux/linux_port.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "stack/api/check.h"
#include "stack/ports/linux/kernel_host.h"
#include "stack/ports/linux/pace.h"
#include "stack/ports/linux/processor.h"
#include "stack/ports/linux/socket_calls.h"
#include "stack/wire/codec.h"
#include "stack/wire/unreadable.h"

namespace lockstep {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t packet_most = 65536;

// How long what a host sends to itself may be under way. It arrives when the call returns, unless
// the kernel, hard pressed, leaves the rest of the work to its thread ksoftirqd.
constexpr std::chrono::milliseconds loopback_most{50};

class LinuxPort final : public Port {
 public:
  explicit LinuxPort(std::unique_ptr<live::KernelHost> host)
      : host_(std::move(host)), buffer_(packet_most) {
    live::stay_on_one_processor();
    reset(HostConfig());
  }
  ~LinuxPort() override {
    clear();
    live::HostPool::give_back(std::move(host_));
  }

  const PortTraits& traits() const override;
  void reset(const HostConfig& config) override;
  SyscallResult call(const Syscall& call) override;
  void deliver(const Packet& packet) override;
  void deliver_bytes(std::span<const std::byte> bytes) override;
  void tick(std::uint32_t ticks) override;
  void egress(std::vector<WireEvent>& out) override;
  bool retransmits() override;
  bool awaits_timer() override;

 private:
  void clear();
  void drain();
  void await_loopback();
  void note(WireEvent::Kind kind, std::span<const std::byte> bytes);
  live::TcpTimers timers();
  bool wait_for_packet(std::chrono::milliseconds most);

  std::unique_ptr<live::KernelHost> host_;
  HostConfig config_;
  live::SocketCalls calls_;
  std::vector<std::byte> buffer_;   // One packet.
  std::vector<WireEvent> waiting_;  // Seen, and not given out yet.
  std::vector<std::byte> encoded_;
  live::TcpTimers timers_;
  std::int64_t under_way_ = 0;  // Packets that left over loopback and did not arrive yet.
  bool timers_known_ = false;   // timers_ is what the kernel last said, and nothing happened since.
  bool tcp_seen_ = false;       // TCP packets passed since reset().
  bool paths_learned_ = false;
};

const PortTraits& LinuxPort::traits() const {
  static const PortTraits traits{
      .name = "linux",
      .clock = PortClock::elapsing,
      .features = {Feature::ipv6, Feature::dual_stack, Feature::urgent_data, Feature::linger,
                   Feature::buffer_options, Feature::tcp_options, Feature::ip_options, Feature::dup,
                   Feature::queue_sizes, Feature::disconnect, Feature::icmp, Feature::window_scale,
                   Feature::loopback_shown, Feature::reboot, Feature::local_sockets},
  };
  return traits;
}

void LinuxPort::reset(const HostConfig& config) {
  clear();
  config_ = config;
  host_->configure(config_);
  calls_.start(host_->space(), config_);
}

// Ends whatever sockets are left, without a trace on the wire.
void LinuxPort::clear() {
  const bool with_v6 = calls_.used_v6();
  calls_.close_all();
  drain();
  if (tcp_seen_) host_->diag().destroy_all(with_v6);
  if (paths_learned_) host_->flush_learned_paths();
  drain();
  waiting_.clear();
  under_way_ = 0;
  timers_known_ = false;
  tcp_seen_ = false;
  paths_learned_ = false;
}

SyscallResult LinuxPort::call(const Syscall& call) {
  timers_known_ = false;
  return calls_.call(call);
}

void LinuxPort::deliver(const Packet& packet) {
  encoded_.clear();
  LOCKSTEP_CHECK(encode_packet(packet, encoded_).has_value());
  deliver_bytes(encoded_);
}

void LinuxPort::deliver_bytes(std::span<const std::byte> bytes) {
  timers_known_ = false;
  const auto packet = decode_packet(bytes);
  // What another host sent so arrives as it was, not as the packet that shows it.
  if (packet.has_value() && unreadable_bytes(*packet) != nullptr) {
    return deliver_bytes(unreadable_bytes(*packet)->bytes());
  }
  if (!packet.has_value() || packet->icmp() != nullptr) paths_learned_ = true;
  if (!packet.has_value() || packet->tcp() != nullptr) tcp_seen_ = true;
  host_->tun().write(bytes);
}

// Takes what left out of the kernel, in order.
void LinuxPort::drain() {
  while (true) {
    const std::span<const std::byte> packet = host_->tun().read(buffer_);
    if (packet.empty()) break;
    note(WireEvent::Kind::left, packet);
  }
  while (true) {
    const live::LoopbackCapture::Event event = host_->loopback().read(buffer_);
    if (event.packet.empty()) break;
    under_way_ += event.arrived ? -1 : 1;
    note(event.arrived ? WireEvent::Kind::looped_arrived : WireEvent::Kind::looped_left,
         event.packet);
  }
}

// Drains until what left over loopback has arrived. What arrives is answered before this thread
// runs again, since both happen on one processor.
void LinuxPort::await_loopback() {
  drain();
  const Clock::time_point deadline = Clock::now() + loopback_most;
  while (under_way_ > 0 && Clock::now() < deadline) {
    pollfd loopback{host_->loopback().fd(), POLLIN, 0};
    ::poll(&loopback, 1, 1);
    drain();
  }
  under_way_ = 0;
}

void LinuxPort::note(WireEvent::Kind kind, std::span<const std::byte> bytes) {
  auto packet = decode_packet(bytes);
  timers_known_ = false;
  if (!packet.has_value()) {
    // A program that sets IP_MTU_DISCOVER may ask for fragments; the wire has no place for them.
    if (packet.error() == DecodeError::fragment) return;
    packet = unreadable_packet(bytes);
  }
  if (packet->tcp() != nullptr) tcp_seen_ = true;
  waiting_.push_back({kind, *std::move(packet)});
}

live::TcpTimers LinuxPort::timers() {
  await_loopback();
  if (!timers_known_) {
    timers_ = tcp_seen_ ? host_->diag().timers(calls_.used_v6()) : live::TcpTimers();
    timers_known_ = true;
  }
  return timers_;
}

bool LinuxPort::retransmits() { return timers().retransmission; }

bool LinuxPort::awaits_timer() {
  const live::TcpTimers running = timers();
  return running.retransmission || running.probe;
}

// A tick lasts until something leaves, and no time at all when nothing will.
void LinuxPort::tick(std::uint32_t ticks) {
  const Clock::time_point deadline = Clock::now() + live::wait_most;
  for (std::uint32_t i = 0; i < ticks && Clock::now() < deadline; ++i) {
    timers_known_ = false;
    const live::TcpTimers running = timers();
    if (!running.retransmission && !running.probe) return;
    wait_for_packet(live::tick_real);
  }
}

bool LinuxPort::wait_for_packet(std::chrono::milliseconds most) {
  std::array<pollfd, 2> links{pollfd{host_->tun().fd(), POLLIN, 0},
                              pollfd{host_->loopback().fd(), POLLIN, 0}};
  return ::poll(links.data(), links.size(), static_cast<int>(most.count())) > 0;
}

// What leaves by the device for a loopback address (of IPv6 alone) answers something that looped,
// and is shown after it: the device and the capture of the loopback are read one after the other.
void LinuxPort::egress(std::vector<WireEvent>& out) {
  await_loopback();
  const auto answers_looped = [](const WireEvent& event) {
    return event.kind == WireEvent::Kind::left && event.packet.destination.is_loopback();
  };
  for (const bool late : {false, true}) {
    for (WireEvent& event : waiting_) {
      if (answers_looped(event) == late) out.push_back(event);
    }
  }
  waiting_.clear();
}

}  // namespace

std::string linux_port_unavailable() {
  static const std::string reason = [] {
    absl::StatusOr<std::unique_ptr<live::KernelHost>> host = live::HostPool::take();
    if (host.ok()) {
      live::HostPool::give_back(*std::move(host));
      return std::string();
    }
    const absl::string_view message = host.status().message();
    return std::string(message.data(), message.size());
  }();
  return reason;
}

absl::StatusOr<std::unique_ptr<Port>> make_linux_port() {
  absl::StatusOr<std::unique_ptr<live::KernelHost>> host = live::HostPool::take();
  if (!host.ok()) return host.status();
  return std::make_unique<LinuxPort>(*std::move(host));
}

}  // namespace lockstep
