// Weights: how often a scenario takes each family of steps. Each scenario draws its own (swarm
// testing: Groce et al., ISSTA 2012): a subset, so that some scenarios never drop, others never
// close, and what a mixture hides is reached.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "oracle/scenario/choices.h"

namespace lockstep::scenario {

// The simplest first.
// clang-format off
#define LOCKSTEP_FAMILY_LIST(X)                                                            \
  X(settle, 6) X(deliver, 30) X(open, 8) X(bind, 8) X(listen, 6) X(connect, 8)              \
  X(accept, 14) X(send, 14) X(receive, 14) X(poll, 6) X(shutdown, 4) X(close, 5)            \
  X(send_datagram, 10) X(names, 3) X(get_option, 4) X(set_option, 4) X(queues, 2)           \
  X(tick, 10) X(drop, 6) X(hold, 4) X(duplicate, 3) X(replay, 3) X(corrupt, 1) X(forge, 4)  \
  X(icmp, 2) X(partition, 1) X(heal, 6) X(dup, 1) X(misuse, 3) X(reboot, 1)
// clang-format on

enum class Family : std::uint8_t {
#define LOCKSTEP_FAMILY_ENUMERATOR(id, weight) id,
  LOCKSTEP_FAMILY_LIST(LOCKSTEP_FAMILY_ENUMERATOR)
#undef LOCKSTEP_FAMILY_ENUMERATOR
};

#define LOCKSTEP_FAMILY_COUNT(id, weight) +1
inline constexpr std::size_t family_count = 0 LOCKSTEP_FAMILY_LIST(LOCKSTEP_FAMILY_COUNT);
#undef LOCKSTEP_FAMILY_COUNT

struct Weights {
  std::array<std::uint16_t, family_count> families{};
  // A scripted impulse begins once in so many steps; 0 for never.
  std::uint16_t plan_every = 0;

  std::uint16_t& operator[](Family family) { return families[static_cast<std::size_t>(family)]; }
  std::uint16_t operator[](Family family) const {
    return families[static_cast<std::size_t>(family)];
  }
  friend bool operator==(const Weights&, const Weights&) = default;
};

std::string_view family_name(Family family);

// Every family at its usual weight.
const Weights& usual_weights();

// Families left out, doubled or as usual. What makes sockets and moves packets is never left out.
Weights draw_weights(Choices& choices);

}  // namespace lockstep::scenario
