#include "stack/ports/linux/pace.h"

#include <algorithm>

namespace lockstep::live {
namespace {

constexpr std::uint32_t tick_us = 1000 * tick_real.count();
constexpr std::uint32_t overhead_us = 10'000;

}  // namespace

std::uint32_t rto_min_us(const HostConfig& config) {
  const std::uint32_t ticks = std::clamp(config.retransmit_threshold_ticks, 1u, 1000u);
  return std::max(ticks * tick_us, overhead_us + 1000) - overhead_us;
}

// It gives up at the first timeout after 200 ms * (2^(retries2 + 1) - 1); timeout n + 1 comes after
// T * (2^(n + 1) - 1), T being the first timeout. So take the largest limit at or below that.
std::uint32_t retries2(const HostConfig& config) {
  constexpr std::uint64_t usual_us = 200'000;
  const std::uint64_t first_us = rto_min_us(config) + overhead_us;
  const std::uint32_t most = std::min(config.retransmit_max, 15u);
  const std::uint64_t last_us = first_us * ((std::uint64_t{2} << most) - 1);
  // With 0 a connection would end at its first probe of a closed window, before it is sent.
  std::uint32_t result = 1;
  while (result < 15 && usual_us * ((std::uint64_t{4} << result) - 1) <= last_us) ++result;
  return result;
}

}  // namespace lockstep::live
