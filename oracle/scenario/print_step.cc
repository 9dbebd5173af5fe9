#include "oracle/scenario/print_step.h"

#include "oracle/scenario/text.h"
#include "oracle/scenario/words.h"

namespace lockstep::scenario {
namespace {

// One overload per step; the words are those that parse_network_step.cc reads.
class Printer {
 public:
  explicit Printer(const Scenario& scenario) : scenario_(scenario) {}

  std::string operator()(const step::Call& step) const {
    return host(step.host) + ": " + print_call(scenario_, step);
  }
  std::string operator()(const step::Deliver& step) const { return "deliver " + ref(step.packet); }
  std::string operator()(const step::Drop& step) const { return "drop " + ref(step.packet); }
  std::string operator()(const step::Duplicate& step) const {
    return "duplicate " + ref(step.packet);
  }
  std::string operator()(const step::Hold& step) const { return "hold " + ref(step.packet); }
  std::string operator()(const step::Corrupt& step) const {
    return "corrupt " + ref(step.packet) + " bit=" + std::to_string(step.bit);
  }
  std::string operator()(const step::Replay& step) const { return "replay " + cause(step.packet); }
  std::string operator()(const step::Forge& step) const {
    std::string text = "forge " + name_text(scenario_, step.socket) + " " +
                       bits_text(tcp_flag_words, step.flags) + " seq=" + with_sign(step.seq_delta) +
                       " ack=" + with_sign(step.ack_delta);
    if (step.length != 0) text += " len=" + std::to_string(step.length);
    if (step.window != step::Forge{}.window) text += " win=" + std::to_string(step.window);
    return text;
  }
  std::string operator()(const step::Icmp& step) const {
    std::string text = "icmp " + name_text(scenario_, step.socket) + " " +
                       std::string(word_for(icmp_words, step.kind));
    if (step.mtu != 0) text += " mtu=" + std::to_string(step.mtu);
    return text;
  }
  std::string operator()(const step::Tick& step) const {
    return "tick " + host(step.host) + " " + std::to_string(step.ticks);
  }
  std::string operator()(const step::Partition& step) const {
    return "partition " + host(step.a) + " " + host(step.b);
  }
  std::string operator()(const step::Heal& step) const {
    return "heal " + host(step.a) + " " + host(step.b);
  }
  std::string operator()(const step::Reboot& step) const { return "reboot " + host(step.host); }
  std::string operator()(const step::Settle&) const { return "settle"; }
  std::string operator()(const step::Expect& step) const {
    std::string text = step.absent ? "expect no " : "expect ";
    text += direction(step.from, step.to);
    if (step.kind.has_value()) text += " " + std::string(word_for(kind_words, *step.kind));
    if (step.flags.has_value()) text += " tcp " + bits_text(tcp_flag_words, *step.flags);
    if (step.length.has_value()) text += " len=" + std::to_string(*step.length);
    return text;
  }

 private:
  std::string host(HostIndex index) const {
    return index < scenario_.hosts.size() ? scenario_.hosts[index].name
                                          : "h" + std::to_string(index);
  }
  std::string direction(HostIndex from, HostIndex to) const {
    return host(from) + " > " + host(to);
  }
  static std::string with_sign(std::int32_t delta) {
    return (delta < 0 ? "" : "+") + std::to_string(delta);
  }
  static std::string cause(const PacketByCause& packet) {
    return std::to_string(packet.label) + "." + std::to_string(packet.ordinal + 1);
  }
  std::string ref(const PacketRef& reference) const {
    if (const auto* by_cause = std::get_if<PacketByCause>(&reference)) return cause(*by_cause);
    const auto& packet = std::get<PacketByKind>(reference);
    std::string text = direction(packet.from, packet.to);
    if (!packet.socket.none()) text += " " + name_text(scenario_, packet.socket);
    text += " " + std::string(word_for(kind_words, packet.kind));
    if (packet.ordinal != 0) text += " " + std::to_string(packet.ordinal + 1);
    return text;
  }

  const Scenario& scenario_;
};

}  // namespace

std::string print_action(const Scenario& scenario, const Action& action) {
  return std::visit(Printer(scenario), action);
}

}  // namespace lockstep::scenario
