#include "oracle/scenario/plan.h"

#include "oracle/scenario/draw.h"
#include "oracle/scenario/needed_feature.h"
#include "oracle/scenario/visit_names.h"
#include "stack/api/check.h"

namespace lockstep::scenario {
namespace {

// The latest socket of this name; the plan's own stand at the end.
const OpenSocket* find_socket(const Situation& situation, SocketName name) {
  for (std::size_t i = situation.sockets.size(); i > 0; --i) {
    if (situation.sockets[i - 1].name == name) return &situation.sockets[i - 1];
  }
  return nullptr;
}

std::optional<PacketByCause> find_packet(const Situation& situation, const PacketByKind& wanted) {
  std::uint32_t seen = 0;
  for (const InFlight& entry : situation.flight->in_flight()) {
    if (entry.from != wanted.from || entry.to != wanted.to) continue;
    if (packet_kind(entry.packet) != wanted.kind || seen++ != wanted.ordinal) continue;
    return PacketByCause{entry.cause_label, static_cast<std::uint16_t>(entry.ordinal)};
  }
  return std::nullopt;
}

// "The first data packet from a to b" becomes the packet that is so now.
bool resolve_packet(Action& action, const Situation& situation) {
  return std::visit(
      [&](auto& step) {
        if constexpr (requires { std::get_if<PacketByKind>(&step.packet); }) {
          if (const auto* by_kind = std::get_if<PacketByKind>(&step.packet)) {
            const std::optional<PacketByCause> packet = find_packet(situation, *by_kind);
            if (!packet.has_value()) return false;
            step.packet = *packet;
          }
        }
        return true;
      },
      action);
}

// "Where that socket is" becomes the address, once it is known.
void resolve_address(step::Call& call, const Situation& situation) {
  AddressOperand& address = call.address;
  if (address.kind != AddressOperand::Kind::local_of) return;
  const OpenSocket* socket = find_socket(situation, address.socket);
  if (socket == nullptr || socket->local.port == 0 || socket->domain == Domain::local) return;
  address = {AddressOperand::Kind::literal, reachable(situation, *socket), {}};
}

}  // namespace

void Plan::clear() {
  actions_.clear();
  next_ = 0;
  slots_.fill({});
  slots_used_ = 0;
}

Handle Plan::make(HostIndex host) {
  LOCKSTEP_CHECK(slots_used_ < slots_max);
  return {{static_cast<std::uint16_t>(first_slot + slots_used_++)}, host};
}

std::optional<Action> Plan::next(const Situation& situation) {
  while (!empty()) {
    Action& action = actions_[next_++];
    if (resolve(action, situation)) return std::move(action);
  }
  return std::nullopt;
}

bool Plan::resolve(Action& action, const Situation& situation) {
  if (!resolve_names(action, situation) || !resolve_packet(action, situation)) return false;
  if (auto* call = std::get_if<step::Call>(&action)) resolve_address(*call, situation);
  return is_possible(action, situation);
}

bool Plan::resolve_names(Action& action, const Situation& situation) {
  auto* call = std::get_if<step::Call>(&action);
  if (call != nullptr && !call->result.none()) {
    SocketName& slot = slots_[call->result.index - first_slot];
    slot = {situation.next_name};
    call->result = slot;
  }
  bool resolved = true;
  visit_names(action, [&](SocketName& name) {
    const bool is_result = call != nullptr && &name == &call->result;
    if (is_result || name.none() || name.index < first_slot) return;
    name = slots_[name.index - first_slot];
    const OpenSocket* socket = name.none() ? nullptr : find_socket(situation, name);
    if (socket == nullptr) resolved = false;
  });
  return resolved;
}

}  // namespace lockstep::scenario
