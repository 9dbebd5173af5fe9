// Scenario: hosts and a list of explicit steps, the one form in which every searcher says what to
// do next. Any subsequence of a scenario is a scenario: a step whose socket name was never bound,
// or whose packet is not there, is a no-op. The text form is in docs/scenario-language.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "stack/api/host_config.h"
#include "stack/api/syscall.h"
#include "stack/wire/flight.h"
#include "stack/wire/packet.h"
#include "stack/wire/packet_kind.h"

namespace lockstep::scenario {

using HostIndex = std::uint8_t;
inline constexpr std::size_t hosts_max = 8;

// A socket's name: an index into Scenario::socket_names. Names are per scenario, not per host, and
// a name is bound by the step that made the socket (socket, accept, dup) on that step's host.
struct SocketName {
  static constexpr std::uint16_t none_index = 0xffff;
  std::uint16_t index = none_index;

  bool none() const { return index == none_index; }
  friend auto operator<=>(const SocketName&, const SocketName&) = default;
};

// A step's label: unique in a scenario, kept when other steps are removed, never 0. It names the
// packets that the step caused. In text it is the step's ordinal unless written as `[7]`.
using Label = std::uint32_t;

// The n-th (from 0) packet of this kind in flight from one host to another; of this socket's
// connection when a name is given.
struct PacketByKind {
  HostIndex from = 0;
  HostIndex to = 0;
  SocketName socket;
  PacketKind kind = PacketKind::data;
  std::uint16_t ordinal = 0;

  friend bool operator==(const PacketByKind&, const PacketByKind&) = default;
};

// The n-th (from 0) packet that the step with this label caused.
struct PacketByCause {
  Label label = 0;
  std::uint16_t ordinal = 0;

  friend bool operator==(const PacketByCause&, const PacketByCause&) = default;
};

using PacketRef = std::variant<PacketByKind, PacketByCause>;

// The address argument of a call: written out, or that of another socket at run time.
struct AddressOperand {
  enum class Kind : std::uint8_t { literal, local_of, peer_of };
  Kind kind = Kind::literal;
  SocketAddress literal;
  SocketName socket;  // local_of, peer_of

  friend bool operator==(const AddressOperand&, const AddressOperand&) = default;
};

namespace step {

// One call on a named socket. Which of the fields are read: the table in stack/api/syscall.h, with
// `length` for the bytes to send or the room to receive into.
struct Call {
  HostIndex host = 0;
  lockstep::Call call = lockstep::Call::socket;
  SocketName socket;  // The operand; none for `socket`.
  SocketName result;  // The name that socket, accept and dup bind; none to leave it unnamed.
  Domain domain = Domain::inet;
  Type type = Type::stream;
  ShutdownHow how = ShutdownHow::read;
  OptionName option = OptionName::so_error;
  OptionValue option_value;
  PollEvents events = 0;
  MsgFlags flags = 0;
  std::int32_t backlog = 0;
  std::uint32_t length = 0;  // Bytes; <= max_length.
  AddressOperand address;

  static constexpr std::uint32_t max_length = 1 << 20;
  friend bool operator==(const Call&, const Call&) = default;
};

// What the network does to a packet in flight.
struct Deliver {
  PacketRef packet;
  friend bool operator==(const Deliver&, const Deliver&) = default;
};
struct Drop {
  PacketRef packet;
  friend bool operator==(const Drop&, const Drop&) = default;
};
// A second copy goes behind everything in flight.
struct Duplicate {
  PacketRef packet;
  friend bool operator==(const Duplicate&, const Duplicate&) = default;
};
// The packet goes behind everything now in flight.
struct Hold {
  PacketRef packet;
  friend bool operator==(const Hold&, const Hold&) = default;
};
// The packet is delivered with one bit of its encoded bytes flipped.
struct Corrupt {
  PacketRef packet;
  std::uint32_t bit = 0;  // Modulo the packet's size in bits.
  friend bool operator==(const Corrupt&, const Corrupt&) = default;
};
// A packet of the past (delivered or dropped) arrives once more.
struct Replay {
  PacketByCause packet;
  friend bool operator==(const Replay&, const Replay&) = default;
};

// A segment that the peer never sent arrives at the host of `socket`, on its connection:
// seq = rcv_nxt + seq_delta, ack = snd_nxt + ack_delta, where rcv_nxt and snd_nxt are those that
// the host last showed on the wire; a no-op before it showed any.
struct Forge {
  SocketName socket;
  TcpFlags flags = tcp_ack;
  std::int32_t seq_delta = 0;
  std::int32_t ack_delta = 0;
  std::uint16_t window = 65535;
  std::uint16_t length = 0;
  friend bool operator==(const Forge&, const Forge&) = default;
};

// An ICMP error arrives at the host of `socket`, quoting the last packet which that socket's
// connection (or UDP socket) put on the wire; a no-op before it sent any.
struct Icmp {
  SocketName socket;
  IcmpKind kind = IcmpKind::port_unreachable;
  std::uint32_t mtu = 0;  // packet_too_big
  friend bool operator==(const Icmp&, const Icmp&) = default;
};

struct Tick {
  HostIndex host = 0;
  std::uint32_t ticks = 1;
  friend bool operator==(const Tick&, const Tick&) = default;
};
// Everything in flight between the two is lost, and whatever they send until `heal`.
struct Partition {
  HostIndex a = 0;
  HostIndex b = 0;
  friend bool operator==(const Partition&, const Partition&) = default;
};
struct Heal {
  HostIndex a = 0;
  HostIndex b = 0;
  friend bool operator==(const Heal&, const Heal&) = default;
};
// The host loses everything but its configuration. Its names are closed from then on.
struct Reboot {
  HostIndex host = 0;
  friend bool operator==(const Reboot&, const Reboot&) = default;
};
// Delivers and ticks until nothing is in flight and nothing is owed.
struct Settle {
  friend bool operator==(const Settle&, const Settle&) = default;
};

// The author's assertion: since the last step that is not an `expect`, a packet like this left
// `from` for `to` (or, with `absent`, none did).
struct Expect {
  HostIndex from = 0;
  HostIndex to = 0;
  bool absent = false;
  std::optional<PacketKind> kind;       // `data`, `ack` ...
  std::optional<TcpFlags> flags;        // exactly these, PSH aside
  std::optional<std::uint32_t> length;  // payload bytes
  friend bool operator==(const Expect&, const Expect&) = default;
};

}  // namespace step

using Action = std::variant<step::Call, step::Deliver, step::Drop, step::Duplicate, step::Hold,
                            step::Corrupt, step::Replay, step::Forge, step::Icmp, step::Tick,
                            step::Partition, step::Heal, step::Reboot, step::Settle, step::Expect>;

// What the author says a call returns, on top of what the oracle allows. Fields left out are not
// asserted.
struct ExpectedResult {
  std::optional<Errno> error;         // Errno::ok: any success.
  std::optional<std::int64_t> value;  // Bytes, revents, option value (SO_ERROR: as `error`).
  std::optional<SocketAddress> address;

  friend bool operator==(const ExpectedResult&, const ExpectedResult&) = default;
};

struct Step {
  Label label = 0;
  std::uint32_t line = 0;  // Of the text it came from; 0 when generated. Not compared.
  Action action;
  std::optional<ExpectedResult> expected;

  friend bool operator==(const Step& a, const Step& b) {
    return a.label == b.label && a.action == b.action && a.expected == b.expected;
  }
};

struct HostLine {
  std::string name;
  HostConfig config;

  friend bool operator==(const HostLine&, const HostLine&) = default;
};

struct Scenario {
  std::vector<std::string> comments;  // The lines at the head of the file, without "# ".
  std::vector<HostLine> hosts;        // At most 8.
  std::vector<std::string> socket_names;
  std::vector<Step> steps;

  friend bool operator==(const Scenario&, const Scenario&) = default;
};

}  // namespace lockstep::scenario
