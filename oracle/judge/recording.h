// Recording: what an oracle was shown in a run, as values: it can be shown again to another oracle,
// as it was or with something changed.
#pragma once

#include <cstdint>
#include <vector>

#include "oracle/scenario/step.h"
#include "oracle/spec/payload.h"
#include "stack/api/host_config.h"
#include "stack/api/slice.h"
#include "stack/api/syscall.h"
#include "stack/port/port.h"
#include "stack/wire/packet.h"

namespace lockstep::judge {

// One call of a function of oracle::Oracle.
struct Observation {
  enum class Kind : std::uint8_t { call, left, arrived, dropped, tick, reboot, step_end, settled };
  Kind kind = Kind::step_end;
  std::uint8_t host = 0;     // Not step_end, settled.
  bool forged = false;       // arrived
  std::uint32_t ticks = 0;   // tick
  scenario::Label step = 0;  // In which it was observed.
  // call; its spans are empty, the bytes follow.
  Syscall call;
  SyscallResult result;
  oracle::PayloadTag tag;
  std::uint32_t room = 0;  // Size of a receive's buffer.
  Slice bytes;             // What was sent, or what the first bytes of the buffer became.
  Packet packet;           // left, arrived
};

struct Recording {
  std::vector<HostConfig> configs;
  std::vector<PortTraits> traits;
  std::vector<Observation> observations;
};

}  // namespace lockstep::judge
