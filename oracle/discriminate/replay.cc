#include "oracle/discriminate/replay.h"

#include <algorithm>
#include <vector>

namespace lockstep::discriminate {
namespace {

using judge::Observation;

void show_call(oracle::Oracle& oracle, const Observation& seen, std::vector<std::byte>& buffer) {
  Syscall call = seen.call;
  if (call.call == Call::send || call.call == Call::sendto) {
    call.data = seen.bytes.bytes();
  } else if (seen.room > 0) {
    buffer.assign(seen.room, std::byte{0});
    const std::size_t count = std::min(seen.bytes.size(), buffer.size());
    std::ranges::copy(seen.bytes.bytes().first(count), buffer.begin());
    call.buffer = buffer;
  }
  oracle.on_call(seen.host, call, seen.result, seen.tag);
}

// False when the runner would have waited for what is owed, and nothing more comes.
bool settles(oracle::Oracle& oracle) {
  const bool quiet = oracle.quiet();
  if (!quiet && oracle.may_stay_unsettled()) return true;
  oracle.on_settled();
  return quiet || oracle.awaits_long_timer();
}

}  // namespace

void start_world(oracle::Oracle& oracle, const judge::Recording& world) {
  std::vector<const HostConfig*> configs;
  std::vector<const PortTraits*> traits;
  for (const HostConfig& config : world.configs) configs.push_back(&config);
  for (const PortTraits& trait : world.traits) traits.push_back(&trait);
  oracle.start(configs, traits);
}

bool show_one(oracle::Oracle& oracle, const Observation& seen, std::vector<std::byte>& buffer) {
  switch (seen.kind) {
    case Observation::Kind::call:
      show_call(oracle, seen, buffer);
      return true;
    case Observation::Kind::left:
      oracle.on_left(seen.host, seen.packet);
      return true;
    case Observation::Kind::arrived:
      oracle.on_arrived(seen.host, seen.packet, seen.forged);
      return true;
    case Observation::Kind::dropped:
      oracle.on_dropped(seen.host);
      return true;
    case Observation::Kind::tick:
      oracle.on_tick(seen.host, seen.ticks);
      return true;
    case Observation::Kind::reboot:
      oracle.on_reboot(seen.host);
      return true;
    case Observation::Kind::step_end:
      oracle.on_step_end();
      return true;
    case Observation::Kind::settled:
      return settles(oracle);
  }
  return true;
}

Judged show(oracle::Oracle& oracle, const judge::Recording& world,
            std::span<const judge::Observation* const> observations) {
  start_world(oracle, world);
  std::vector<std::byte> buffer;
  for (const Observation* seen : observations) {
    const bool settled = show_one(oracle, *seen, buffer);
    if (oracle.violation()) return {Answer::rejected, oracle.violation()->rule};
    if (!oracle.inconclusive().empty()) return {Answer::inconclusive, {}};
    if (!settled) return {Answer::unsettled, {}};
  }
  return {};
}

}  // namespace lockstep::discriminate
