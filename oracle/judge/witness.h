// Witness: stands between a runner and its oracle, tells the oracle everything, and when asked to
// keeps a recording of what it told.
#pragma once

#include <span>

#include "oracle/judge/recording.h"
#include "oracle/spec/oracle.h"

namespace lockstep::judge {

class Witness {
 public:
  explicit Witness(const oracle::Dialect& dialect) : oracle_(dialect) {}

  oracle::Oracle& oracle() { return oracle_; }
  const oracle::Oracle& oracle() const { return oracle_; }

  // What is told from the next start() on is kept there; nullptr for none.
  void set_recording(Recording* recording) { recording_ = recording; }
  // The step that is told about from here on.
  void set_step(scenario::Label step) { step_ = step; }

  // As those of the oracle.
  void start(std::span<const HostConfig* const> configs, std::span<const PortTraits* const> traits);
  void on_call(std::uint8_t host, const Syscall& call, const SyscallResult& result,
               oracle::PayloadTag tag) {
    if (recording_ != nullptr) [[unlikely]]
      keep_call(host, call, result, tag);
    oracle_.on_call(host, call, result, tag);
  }
  void on_left(std::uint8_t host, const Packet& packet) {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::left, host).packet = packet;
    oracle_.on_left(host, packet);
  }
  void on_arrived(std::uint8_t host, const Packet& packet, bool forged = false) {
    if (recording_ != nullptr) [[unlikely]] {
      Observation& kept = keep(Observation::Kind::arrived, host);
      kept.packet = packet;
      kept.forged = forged;
    }
    oracle_.on_arrived(host, packet, forged);
  }
  void on_dropped(std::uint8_t host) {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::dropped, host);
    oracle_.on_dropped(host);
  }
  void on_tick(std::uint8_t host, std::uint32_t ticks) {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::tick, host).ticks = ticks;
    oracle_.on_tick(host, ticks);
  }
  void on_reboot(std::uint8_t host) {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::reboot, host);
    oracle_.on_reboot(host);
  }
  void on_step_end() {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::step_end, 0);
    oracle_.on_step_end();
  }
  void on_settled() {
    if (recording_ != nullptr) [[unlikely]]
      keep(Observation::Kind::settled, 0);
    oracle_.on_settled();
  }

 private:
  Observation& keep(Observation::Kind kind, std::uint8_t host);
  void keep_call(std::uint8_t host, const Syscall& call, const SyscallResult& result,
                 oracle::PayloadTag tag);

  oracle::Oracle oracle_;
  Recording* recording_ = nullptr;
  scenario::Label step_ = 0;
};

}  // namespace lockstep::judge
