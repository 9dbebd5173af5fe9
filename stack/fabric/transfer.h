// A transfer: two hosts of a fabric connect, send each other a stream at once, check every byte of
// what they get, close, and wait until nothing of the connection is left. The hard test of the
// stack on a bad network, as a value that a test and a long run share.
#pragma once

#include <cstdint>
#include <string>

#include "stack/api/host_config.h"
#include "stack/fabric/fabric.h"
#include "stack/fabric/random.h"

namespace lockstep {

struct TransferPlan {
  std::uint64_t bytes = 10 * 1024 * 1024;  // Each way.
  std::uint64_t seed = 0;
  Chance loss = Chance::percent(20);
  Chance duplication = Chance::percent(10);
  Chance reordering = Chance::percent(30);
  Chance corruption = Chance::percent(5);
  std::uint8_t corrupted_bits = 1;  // Of more, two may cancel out in TCP's checksum.
  IpFamily family = IpFamily::v4;
  HostConfig host;                       // Of both; without addresses.
  std::uint64_t ticks_max = 10'000'000;  // After which it counts as stuck.
};

// The configuration for a network as bad as the plan's defaults: an honest stack gives up now and
// then with the five retransmissions that a host has unless it is told otherwise.
HostConfig patient_host();

// A plan drawn from the seed: `bytes` each way through anything from a good network to one worse
// than the defaults, between hosts of any sensible size of link and buffers.
TransferPlan random_plan(std::uint64_t seed, std::uint64_t bytes);

struct TransferResult {
  // Empty when all arrived intact and both ends came to CLOSED; else what went wrong first.
  std::string failure;
  std::uint64_t received[2] = {0, 0};
  std::uint64_t ticks = 0;
  FabricCounts packets;
  std::uint64_t held = 0;  // Packets that were still under way.

  bool ok() const { return failure.empty(); }
};

TransferResult transfer(const TransferPlan& plan);

}  // namespace lockstep
