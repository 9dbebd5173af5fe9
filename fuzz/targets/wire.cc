// Any packets, from bytes or near to what the sockets expect, at a host with sockets in all states:
// nothing aborts, invariants and bounds hold after each, and closed sockets go away. A second host
// is an honest peer, so that connections come to be.
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "fuzz/targets/any_call.h"
#include "fuzz/targets/any_packet.h"
#include "fuzz/targets/byte_reader.h"
#include "fuzz/targets/host_bounds.h"
#include "fuzz/targets/target_check.h"
#include "stack/kernel/kernel.h"

namespace lockstep {
namespace {

class Victim {
 public:
  explicit Victim(ByteReader& in)
      : in_(in),
        host_(any_config(in, 0)),
        peer_(HostConfig{.addresses = {fuzzed_v4[1], fuzzed_v6[1]}}) {
    for (Kernel* kernel : {&host_, &peer_}) {
      for (Domain domain : {Domain::inet, Domain::inet6}) {
        for (Type type : {Type::stream, Type::dgram}) listen_at(*kernel, domain, type);
      }
    }
  }

  void step() {
    ++steps_;
    const std::uint8_t what = in_.u8();
    const std::size_t most = packets_most(host_) + 70'000 / least_segment;
    const std::uint32_t kind = what % 8;
    if (kind == 0) {
      const auto packet = decode_any_packet(in_);
      if (packet) host_.deliver(*packet);
    } else if (kind == 1) {
      if (!seen_.empty()) host_.deliver(changed_packet(in_, seen_[in_.u8() % seen_.size()]));
    } else if (kind <= 3) {
      host_.deliver(packet_for_socket(in_, host_));
    } else if (kind == 4) {
      host_.tick(in_.below(40));
    } else if (kind == 5) {
      do_any_call(in_, peer_);
    } else {
      do_any_call(in_, host_);
    }
    leave(most);
    for (int i = 0; (what & 128) != 0 && i < 3; ++i) exchange();
    check_host(host_, steps_ * 64);
  }

  void end() { check_nothing_is_left(host_); }

 private:
  static void listen_at(Kernel& kernel, Domain domain, Type type) {
    const Fd fd{static_cast<std::int32_t>(kernel.open(domain, type).value)};
    kernel.bind(fd, Endpoint{IpAddress::any(domain == Domain::inet ? IpFamily::v4 : IpFamily::v6),
                             static_cast<std::uint16_t>(kernel.config().unprivileged ? 1080 : 80)});
    kernel.listen(fd, 3);
  }

  void leave(std::size_t most) {
    events_.clear();
    host_.egress(events_);
    TARGET_CHECK(events_.size() <= most);
    for (WireEvent& event : events_) {
      if (event.kind != WireEvent::Kind::left) continue;
      remember(event.packet);
      if (waiting_.size() < 64) waiting_.push_back(std::move(event.packet));
    }
  }

  void exchange() {
    for (const Packet& packet : std::exchange(waiting_, {})) peer_.deliver(packet);
    std::vector<WireEvent> events;
    peer_.egress(events);
    for (const WireEvent& event : events) {
      if (event.kind != WireEvent::Kind::left) continue;
      remember(event.packet);
      const std::size_t most = packets_most(host_);
      host_.deliver(event.packet);
      leave(most);
    }
  }

  // The last 32 packets of either side.
  void remember(const Packet& packet) {
    if (seen_.size() < 32) {
      seen_.push_back(packet);
    } else {
      seen_[next_seen_++ % seen_.size()] = packet;
    }
  }

  ByteReader& in_;
  Kernel host_;
  Kernel peer_;
  std::vector<Packet> waiting_;
  std::vector<Packet> seen_;
  std::vector<WireEvent> events_;
  std::size_t next_seen_ = 0;
  std::size_t steps_ = 0;
};

}  // namespace
}  // namespace lockstep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return lockstep::run_records<lockstep::Victim>(data, size);
}
