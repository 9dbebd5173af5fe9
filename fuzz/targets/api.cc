// Any sequence of calls, ticks, deliveries, losses and restarts on two hosts: nothing aborts,
// invariants and bounds hold after each, a copy is equal, and closed sockets go away.
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "fuzz/targets/any_call.h"
#include "fuzz/targets/byte_reader.h"
#include "fuzz/targets/host_bounds.h"
#include "fuzz/targets/target_check.h"
#include "stack/kernel/kernel.h"

namespace lockstep {
namespace {

class Hosts {
 public:
  explicit Hosts(ByteReader& in)
      : in_(in), hosts_{Kernel(any_config(in, 0)), Kernel(any_config(in, 1))} {}

  void step() {
    ++steps_;
    const std::uint8_t what = in_.u8();
    Kernel& host = hosts_[what & 1];
    const std::size_t most = packets_most(host) + 70'000 / least_segment;
    switch ((what >> 1) % 16) {
      case 0:
        carry(what & 1, in_.u8());
        return;
      case 1:
        for (int i = 0; i < 6; ++i) {
          carry(0, 255);
          carry(1, 255);
        }
        return;
      case 2:
        host.tick(in_.below(20));
        break;
      case 3:
        host.tick(static_cast<std::uint32_t>(in_.u16()));
        break;
      case 4:
      case 5:
        watch_any(in_, host);
        break;
      case 6:
        if (in_.below(16) == 0) restart(host);
        break;
      case 7:
        check_copy(host);
        break;
      default:
        do_any_call(in_, host);
    }
    events_.clear();
    host.egress(events_);
    if ((what >> 1) % 16 != 3) TARGET_CHECK(events_.size() <= most);
    keep(what & 1);
    check_host(host, steps_ * 64);
  }

  void end() {
    for (Kernel& host : hosts_) check_nothing_is_left(host);
  }

 private:
  // Packets wait until they are carried; of too many the rest is lost.
  void keep(int from) {
    for (WireEvent& event : events_) {
      if (event.kind != WireEvent::Kind::left || wire_[from].size() >= 64) continue;
      wire_[from].push_back(std::move(event.packet));
    }
  }

  // Each bit of `mask` lets one of eight packets through.
  void carry(int from, std::uint8_t mask) {
    Kernel& to = hosts_[1 - from];
    const std::vector<Packet> packets = std::exchange(wire_[from], {});
    for (std::size_t i = 0; i < packets.size(); ++i) {
      if (((mask >> (i % 8)) & 1) == 0) continue;
      const std::size_t most = packets_most(to);
      to.deliver(packets[i]);
      events_.clear();
      to.egress(events_);
      TARGET_CHECK(events_.size() <= most);
      keep(1 - from);
    }
    check_host(to, steps_ * 64);
  }

  void restart(Kernel& host) {
    HostConfig config = host.config();
    ++config.boot_count;
    host.reset(config);
    TARGET_CHECK(host == Kernel(config) && host.stable_hash() == Kernel(config).stable_hash());
  }

  static void check_copy(const Kernel& host) {
    const Kernel copy = host;
    TARGET_CHECK(copy == host && copy.stable_hash() == host.stable_hash());
  }

  ByteReader& in_;
  Kernel hosts_[2];
  std::vector<Packet> wire_[2];
  std::vector<WireEvent> events_;
  std::size_t steps_ = 0;
};

}  // namespace
}  // namespace lockstep

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  return lockstep::run_records<lockstep::Hosts>(data, size);
}
