#include "oracle/judge/witness.h"

#include <algorithm>

namespace lockstep::judge {

void Witness::start(std::span<const HostConfig* const> configs,
                    std::span<const PortTraits* const> traits) {
  if (recording_ != nullptr) {
    *recording_ = Recording();
    for (const HostConfig* config : configs) recording_->configs.push_back(*config);
    for (const PortTraits* trait : traits) recording_->traits.push_back(*trait);
  }
  oracle_.start(configs, traits);
}

Observation& Witness::keep(Observation::Kind kind, std::uint8_t host) {
  Observation& kept = recording_->observations.emplace_back();
  kept.kind = kind;
  kept.host = host;
  kept.step = step_;
  return kept;
}

void Witness::keep_call(std::uint8_t host, const Syscall& call, const SyscallResult& result,
                        oracle::PayloadTag tag) {
  Observation& kept = keep(Observation::Kind::call, host);
  kept.call = call;
  kept.call.data = {};
  kept.call.buffer = {};
  kept.result = result;
  kept.tag = tag;
  kept.room = static_cast<std::uint32_t>(call.buffer.size());
  const auto received =
      static_cast<std::size_t>(std::clamp<std::int64_t>(result.value, 0, kept.room));
  kept.bytes = Slice::copy_of(call.data.empty() ? call.buffer.first(received) : call.data);
}

}  // namespace lockstep::judge
