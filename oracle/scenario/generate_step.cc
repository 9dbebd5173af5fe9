#include "oracle/scenario/generate_step.h"

#include "oracle/scenario/draw.h"
#include "oracle/scenario/generate_action.h"
#include "oracle/scenario/needed_feature.h"
#include "oracle/scenario/survey.h"

namespace lockstep::scenario {
namespace {

constexpr std::uint32_t open_sockets_max = 16;

// How many times its own weight a family has here; 0 where it would do nothing.
std::uint32_t factor(Family family, const Survey& at, const Situation& situation) {
  const std::size_t in_flight = situation.flight->size();
  switch (family) {
    case Family::settle:
    case Family::tick:
    case Family::replay:
      return 1;
    case Family::deliver:
      return in_flight > 0 ? 1 : 0;
    case Family::drop:
    case Family::duplicate:
    case Family::corrupt:
      return in_flight > 0 ? 1 : 0;
    case Family::hold:
      return in_flight > 1 ? 2 : 0;
    case Family::open:
      return at.open >= open_sockets_max ? 0 : at.open < 2 ? 8 : 1;
    case Family::bind:
      return at.fresh == 0 ? 0 : at.listeners == 0 ? 2 : 1;
    case Family::listen:
      return at.idle_streams == 0 ? 0 : at.listeners == 0 ? 4 : 1;
    case Family::connect:
      return at.idle_streams + at.datagrams + at.connecting == 0 ? 0 : at.listeners > 0 ? 3 : 1;
    case Family::accept:
      return at.pending > 0 ? 3 : 0;
    case Family::send:
      return at.connected > 0 ? 1 : 0;
    case Family::receive:
      return at.unread > 0 ? 2 : at.connected + at.datagrams > 0 ? 1 : 0;
    case Family::shutdown:
      return at.connected + at.connecting > 0 ? 1 : 0;
    case Family::send_datagram:
    case Family::icmp:
      return at.datagrams + at.connected > 0 && (family == Family::icmp || at.datagrams > 0) ? 1
                                                                                             : 0;
    case Family::forge:
      return at.on_the_wire > 0 ? 1 : 0;
    case Family::poll:
    case Family::close:
    case Family::names:
    case Family::get_option:
    case Family::set_option:
    case Family::queues:
    case Family::dup:
      return at.open > 0 ? 1 : 0;
    case Family::misuse:
      return situation.sockets.empty() ? 0 : 1;
    case Family::partition:
      return situation.hosts.size() > 1 && situation.partitions.empty() ? 1 : 0;
    case Family::heal:
      return situation.partitions.empty() ? 0 : 1;
    case Family::reboot:
      return 1;
  }
  return 0;
}

Family draw_family(Choices& choices, const Weights& weights, const Situation& situation) {
  const Survey at = survey(situation);
  std::array<std::uint32_t, family_count> sums{};
  std::uint32_t total = 0;
  for (std::size_t i = 0; i < family_count; ++i) {
    if (weights.families[i] != 0) {
      total += weights.families[i] * factor(static_cast<Family>(i), at, situation);
    }
    sums[i] = total;
  }
  if (total == 0) return Family::settle;
  const std::uint32_t drawn = choices.below(total);
  for (std::size_t i = 0; i < family_count; ++i) {
    if (drawn < sums[i]) return static_cast<Family>(i);
  }
  return Family::settle;
}

}  // namespace

Step generate_step(Choices& choices, const Weights& weights, const Situation& situation) {
  Step step;
  step.label = situation.next_label;
  step.action = generate_action(choices, draw_family(choices, weights, situation), situation);
  if (!is_possible(step.action, situation)) step.action = step::Settle{};
  return step;
}

}  // namespace lockstep::scenario
