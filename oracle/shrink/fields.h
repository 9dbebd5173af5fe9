// The fields of a step that have a simplest value, and which values are simple. Read by the cost of
// a scenario and by the pass that simplifies values, so that the two cannot disagree.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <type_traits>
#include <utility>

#include "oracle/scenario/step.h"

namespace lockstep::shrink {

// Simplest first. Numbers that stand in no such list are worse than all that do, and the worse the
// farther from 0.
using Preferred = std::span<const std::int64_t>;

inline constexpr std::array<std::int64_t, 10> preferred_lengths{1,   0,   2,    3,    10,
                                                                100, 536, 1000, 1460, 2000};
inline constexpr std::array<std::int64_t, 4> preferred_backlogs{1, 0, 2, 8};
inline constexpr std::array<std::int64_t, 3> preferred_values{1, 0, 2};
inline constexpr std::array<std::int64_t, 2> preferred_seconds{0, 1};
inline constexpr std::array<std::int64_t, 6> preferred_ticks{1, 2, 3, 10, 100, 1000};
inline constexpr std::array<std::int64_t, 5> preferred_deltas{0, 1, -1, 2, -2};
inline constexpr std::array<std::int64_t, 3> preferred_windows{65535, 0, 1};
inline constexpr std::array<std::int64_t, 6> preferred_forged_lengths{0, 1, 2, 10, 100, 1000};
inline constexpr std::array<std::int64_t, 4> preferred_mtus{0, 576, 1280, 68};
// The first bits of: an IPv4 header, its identification, its checksum, the ports, what follows.
inline constexpr std::array<std::int64_t, 6> preferred_bits{0, 32, 80, 160, 192, 224};

inline constexpr std::array<TcpFlags, 6> preferred_forged_flags{
    tcp_ack, tcp_rst, tcp_syn, tcp_fin | tcp_ack, tcp_rst | tcp_ack, tcp_syn | tcp_ack,
};

// Calls `visit(preferred, field)` for each number that the action reads, always in the same order.
template <typename AnyAction, typename Visit>
void visit_numbers(AnyAction& action, Visit&& visit) {
  std::visit(
      [&](auto& step) {
        using Kind = std::remove_cvref_t<decltype(step)>;
        if constexpr (std::is_same_v<Kind, scenario::step::Call>) {
          visit(Preferred(preferred_lengths), step.length);
          visit(Preferred(preferred_backlogs), step.backlog);
          visit(Preferred(preferred_values), step.option_value.value);
          visit(Preferred(preferred_seconds), step.option_value.seconds);
        } else if constexpr (std::is_same_v<Kind, scenario::step::Tick>) {
          visit(Preferred(preferred_ticks), step.ticks);
        } else if constexpr (std::is_same_v<Kind, scenario::step::Forge>) {
          visit(Preferred(preferred_deltas), step.seq_delta);
          visit(Preferred(preferred_deltas), step.ack_delta);
          visit(Preferred(preferred_windows), step.window);
          visit(Preferred(preferred_forged_lengths), step.length);
        } else if constexpr (std::is_same_v<Kind, scenario::step::Icmp>) {
          visit(Preferred(preferred_mtus), step.mtu);
        } else if constexpr (std::is_same_v<Kind, scenario::step::Corrupt>) {
          visit(Preferred(preferred_bits), step.bit);
        }
      },
      action);
}

// Whether the call reads the n-th of the numbers above; the others hold their defaults for ever.
constexpr bool reads_number(Call call, std::size_t n) {
  switch (n) {
    case 0:
      return call == Call::send || call == Call::sendto || call == Call::recv ||
             call == Call::recvfrom;
    case 1:
      return call == Call::listen;
    default:
      return call == Call::setsockopt;
  }
}

// 0 for the simplest.
std::uint64_t number_cost(Preferred preferred, std::int64_t value);
std::uint64_t forged_flags_cost(TcpFlags flags);

}  // namespace lockstep::shrink
