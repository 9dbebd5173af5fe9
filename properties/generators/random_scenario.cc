#include "properties/generators/random_scenario.h"

#include <array>
#include <limits>
#include <string>

#include "oracle/scenario/generate_hosts.h"

namespace lockstep::properties {
namespace {

using scenario::AddressOperand;
using scenario::Choices;
using scenario::HostIndex;
using scenario::PacketByCause;
using scenario::PacketByKind;
using scenario::PacketRef;
using scenario::Scenario;
using scenario::SocketName;
using scenario::Step;
namespace step = scenario::step;

// An enumerator of a closed set that has `count` of them, numbered from 0.
template <typename Enum>
Enum any_of(Choices& choices, std::uint32_t count) {
  return static_cast<Enum>(choices.below(count));
}

#define LOCKSTEP_ONE_MORE(...) +1
constexpr std::uint32_t call_count = 0 LOCKSTEP_CALL_LIST(LOCKSTEP_ONE_MORE);
constexpr std::uint32_t option_count = 0 LOCKSTEP_OPTION_LIST(LOCKSTEP_ONE_MORE);
constexpr std::uint32_t kind_count = 0 LOCKSTEP_PACKET_KIND_LIST(LOCKSTEP_ONE_MORE);
#undef LOCKSTEP_ONE_MORE
constexpr std::uint32_t icmp_kind_count = 6;

constexpr std::array<std::int32_t, 8> numbers{0,
                                              1,
                                              -1,
                                              2,
                                              100,
                                              70000,
                                              std::numeric_limits<std::int32_t>::max(),
                                              std::numeric_limits<std::int32_t>::min()};

std::uint32_t any_number(Choices& choices) {
  return static_cast<std::uint32_t>(choices.of(numbers));
}

// Draws for one scenario, whose hosts and names the operands refer to.
class Drawing {
 public:
  Drawing(Choices& choices, const Scenario& scenario) : choices_(choices), scenario_(scenario) {}

  Step step();

 private:
  HostIndex host() {
    return static_cast<HostIndex>(
        choices_.below(static_cast<std::uint32_t>(scenario_.hosts.size())));
  }
  // One of the names, none, or an index without a name of its own.
  SocketName name() {
    const auto count = static_cast<std::uint32_t>(scenario_.socket_names.size());
    const std::uint32_t index = choices_.below(count + 2);
    return index == count + 1 ? SocketName() : SocketName{static_cast<std::uint16_t>(index)};
  }
  // A name where the text needs one.
  SocketName some_name() {
    const SocketName drawn = name();
    return drawn.none() ? SocketName{0} : drawn;
  }
  std::uint16_t ordinal() { return static_cast<std::uint16_t>(choices_.below(300)); }

  PacketByCause by_cause() { return {choices_.between(1, 50), ordinal()}; }
  PacketRef packet() {
    if (choices_.below(2) == 0) return by_cause();
    return PacketByKind{host(), host(), name(), any_of<PacketKind>(choices_, kind_count),
                        ordinal()};
  }

  SocketAddress address();
  AddressOperand operand();
  step::Call call();
  scenario::Action network_action(std::uint32_t which);
  step::Expect expect();
  scenario::ExpectedResult expected();
  // Partition or Heal; a settle where the two hosts are one.
  template <typename PairStep>
  scenario::Action of_two_hosts() {
    const PairStep step{host(), host()};
    if (step.a == step.b) return step::Settle{};
    return step;
  }

  Choices& choices_;
  const Scenario& scenario_;
};

SocketAddress Drawing::address() {
  const auto port = static_cast<std::uint16_t>(choices_.below(65536));
  switch (choices_.below(6)) {
    case 0:
      return Endpoint{IpAddress::v4(10, 0, 0, 1), port};
    case 1:
      return Endpoint{IpAddress::any(IpFamily::v6), port};
    case 2:
      return Endpoint{IpAddress::v6(choices_.below(0x10000), choices_.below(0xffff)), port};
    case 3:
      return Unspecified{};
    case 4:
      return UnixPath::from("/run/socket");
    default: {
      // Bytes of any sort, blanks and line ends too; abstract when the first is 0.
      std::string path(choices_.between(1, 20), '\0');
      for (char& byte : path) byte = static_cast<char>(choices_.below(256));
      return UnixPath::from(path);
    }
  }
}

AddressOperand Drawing::operand() {
  AddressOperand result;
  result.kind = any_of<AddressOperand::Kind>(choices_, 3);
  result.literal = address();
  result.socket = some_name();
  return result;
}

step::Call Drawing::call() {
  step::Call call;
  call.host = host();
  call.call = any_of<Call>(choices_, call_count);
  call.socket = some_name();
  call.result = name();
  call.domain = any_of<Domain>(choices_, 3);
  call.type = any_of<Type>(choices_, 3);
  call.how = any_of<ShutdownHow>(choices_, 4);
  call.option = any_of<OptionName>(choices_, option_count);
  call.option_value = {choices_.of(numbers), choices_.of(numbers)};
  if (call.option != OptionName::so_linger) call.option_value.seconds = 0;
  call.events = static_cast<PollEvents>(choices_.below(0x10000));
  call.flags = choices_.below(0x10000);
  call.backlog = choices_.of(numbers);
  call.length = choices_.below(step::Call::max_length + 10);
  call.address = operand();
  return call;
}

scenario::Action Drawing::network_action(std::uint32_t which) {
  switch (which) {
    case 0:
      return step::Settle{};
    case 1:
      return step::Deliver{packet()};
    case 2:
      return step::Drop{packet()};
    case 3:
      return step::Duplicate{packet()};
    case 4:
      return step::Hold{packet()};
    case 5:
      return step::Corrupt{packet(), any_number(choices_)};
    case 6:
      return step::Replay{by_cause()};
    case 7:
      return step::Forge{some_name(),
                         static_cast<TcpFlags>(choices_.below(256)),
                         choices_.of(numbers),
                         choices_.of(numbers),
                         static_cast<std::uint16_t>(choices_.below(65536)),
                         static_cast<std::uint16_t>(choices_.below(65536))};
    case 8: {
      step::Icmp icmp{some_name(), any_of<IcmpKind>(choices_, icmp_kind_count), 0};
      if (icmp.kind == IcmpKind::packet_too_big) icmp.mtu = any_number(choices_);
      return icmp;
    }
    case 9:
      return step::Tick{host(), any_number(choices_)};
    case 10:
      return of_two_hosts<step::Partition>();
    case 11:
      return of_two_hosts<step::Heal>();
    case 12:
      return step::Reboot{host()};
    default:
      return expect();
  }
}

step::Expect Drawing::expect() {
  step::Expect result;
  result.from = host();
  result.to = host();
  result.absent = choices_.one_in(2);
  if (choices_.one_in(2)) {
    result.kind = any_of<PacketKind>(choices_, kind_count);
  } else {
    result.flags = static_cast<TcpFlags>(choices_.below(256) & ~unsigned{tcp_psh});
  }
  if (choices_.one_in(2)) result.length = choices_.below(65536);
  return result;
}

scenario::ExpectedResult Drawing::expected() {
  constexpr std::array<Errno, 4> errors{Errno::ok, Errno::eagain, Errno::econnreset,
                                        Errno::eaddrinuse};
  scenario::ExpectedResult result;
  if (choices_.below(2) == 0) {
    result.error = choices_.of(errors);
    return result;
  }
  result.error = Errno::ok;
  result.value = choices_.below(100000);
  return result;
}

Step Drawing::step() {
  constexpr std::uint32_t network_kinds = 14;
  constexpr std::uint32_t call_weight = 10;
  Step result;
  result.label = choices_.below(60);
  const std::uint32_t which = choices_.below(network_kinds + call_weight);
  if (which < network_kinds) {
    result.action = network_action(which);
    return result;
  }
  result.action = call();
  if (choices_.one_in(3)) result.expected = expected();
  return result;
}

// Any settings, those that a host cannot have too.
void draw_settings(Choices& choices, HostConfig& config) {
  if (!choices.one_in(3)) return;
  config.mtu = any_number(choices);
  config.send_buffer = any_number(choices);
  config.ephemeral_first = static_cast<std::uint16_t>(choices.below(65536));
  config.ephemeral_last = static_cast<std::uint16_t>(choices.below(65536));
  config.unprivileged = choices.one_in(2);
  config.retransmit_max = any_number(choices);
  config.initial_sequence = any_number(choices);
}

}  // namespace

Scenario random_scenario(Choices& choices, std::uint32_t steps_max) {
  // Two that are the same, and two that a name cannot be.
  constexpr std::array<const char*, 6> names{"c", "l", "c", "data", "", "no name"};
  constexpr std::array<const char*, 4> comments{"A line.", "", "two\nlines", "trailing "};
  Scenario result;
  result.hosts = scenario::generate_hosts(choices, {Feature::ipv6, Feature::dual_stack});
  for (scenario::HostLine& host : result.hosts) draw_settings(choices, host.config);
  for (std::uint32_t left = choices.below(3); left > 0; --left) {
    result.comments.emplace_back(choices.of(comments));
  }
  for (std::uint32_t left = choices.below(6); left > 0; --left) {
    result.socket_names.emplace_back(choices.of(names));
  }
  Drawing drawing(choices, result);
  for (std::uint32_t left = choices.below(steps_max + 1); left > 0; --left) {
    result.steps.push_back(drawing.step());
  }
  return result;
}

}  // namespace lockstep::properties
