// Which actions commute: those that change different hosts and different ends of what is under way
// between them. One way from host to host is a queue; a delivery takes from it by its place, a host
// that sends adds behind, and these two commute.
#include "properties/models/stack_model.h"

namespace lockstep::models {
namespace {

using Kind = Action::Kind;

constexpr std::uint8_t nobody = CompiledItem::no_host;

bool is_fault(const Action& a) {
  return a.kind == Kind::drop || a.kind == Kind::duplicate ||
         (a.kind == Kind::deliver && a.index > 0);
}
bool is_of_packet(const Action& a) { return a.kind != Kind::item && a.kind != Kind::settle; }

}  // namespace

bool StackModel::independent(const Action& a, const Action& b) const {
  const auto is_lone = [&](const Action& action) {
    return action.kind == Kind::settle ||
           (action.kind == Kind::item && (program_->items[action.item].host == nobody ||
                                          program_->items[action.item].when_quiet));
  };
  if (is_lone(a) || is_lone(b)) return false;
  if (is_fault(a) && is_fault(b)) return false;  // They share bounds.
  if (program_->network.deliveries != 0 && a.kind == Kind::deliver && b.kind == Kind::deliver) {
    return false;
  }
  if (a.kind == Kind::item && b.kind == Kind::item) {
    const CompiledItem& x = program_->items[a.item];
    const CompiledItem& y = program_->items[b.item];
    const auto heeds = [](const CompiledItem& one, const CompiledItem& other) {
      return ((one.after | one.until) >> other.counter & 1) != 0;
    };
    if (x.counter == y.counter || heeds(x, y) || heeds(y, x)) return false;
  }
  // The host that an action changes, which is also the one that sends because of it.
  const auto host_of = [&](const Action& action) {
    if (action.kind == Kind::item) return program_->items[action.item].host;
    return action.kind == Kind::deliver ? action.to : nobody;
  };
  const std::uint8_t host_a = host_of(a);
  const std::uint8_t host_b = host_of(b);
  if (host_a == host_b && host_a != nobody) return false;
  // Both take from, or look into, one queue.
  if (is_of_packet(a) && is_of_packet(b) && a.from == b.from && a.to == b.to) return false;
  // A duplicate goes behind what its sender sent, in the order of the two.
  const auto adds_behind = [](const Action& action, std::uint8_t sender) {
    return action.kind == Kind::duplicate && action.from == sender;
  };
  return !adds_behind(a, host_b) && !adds_behind(b, host_a);
}

}  // namespace lockstep::models
