#include "stack/ports/in_process.h"

#include "stack/wire/codec.h"

namespace lockstep {

const PortTraits& InProcessPort::traits() const {
  static const PortTraits traits{
      .name = "in_process",
      .clock = PortClock::exact,
      .features = {Feature::ipv6, Feature::linger, Feature::buffer_options, Feature::dup,
                   Feature::tcp_options, Feature::urgent_data, Feature::window_scale,
                   Feature::queue_sizes, Feature::disconnect, Feature::loopback_shown,
                   Feature::reboot, Feature::icmp, Feature::ip_options, Feature::dual_stack,
                   Feature::local_sockets},
  };
  return traits;
}

void InProcessPort::deliver_bytes(std::span<const std::byte> bytes) {
  const auto packet = decode_packet(bytes);
  if (packet.has_value()) kernel_.deliver(*packet);
}

bool InProcessPort::copy_from(const Port& other) {
  const auto* port = dynamic_cast<const InProcessPort*>(&other);
  if (port == nullptr) return false;
  kernel_ = port->kernel_;
  return true;
}

// Two hashes of 64 bits stand for the host, so that telling states apart costs by what is hashed.
bool InProcessPort::digest(Digest& out) const {
  out.add(kernel_.stable_hash(0));
  out.add(kernel_.stable_hash(0x5851'f42d'4c95'7f2d));
  return true;
}

std::unique_ptr<Port> make_in_process_port() { return std::make_unique<InProcessPort>(); }

}  // namespace lockstep
