#include <limits>

#include "oracle/scenario/parser.h"

namespace lockstep::scenario {
namespace {

constexpr std::int64_t uint32_most = std::numeric_limits<std::uint32_t>::max();

bool begins_with_digit(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9';
}

// "7.1": the first packet that step 7 caused.
PacketByCause take_cause(Cursor& cursor) {
  const std::string_view text = cursor.take("a packet by its cause, such as 7.1");
  const std::size_t dot = text.find('.');
  if (dot == std::string_view::npos) {
    cursor.fail("a packet by its cause is label.ordinal, such as 7.1; found " + quoted(text));
    return {};
  }
  const std::int64_t label =
      cursor.number_in(text.substr(0, dot), "the label of a step", 1, uint32_most);
  const std::int64_t ordinal =
      cursor.number_in(text.substr(dot + 1), "the packet's ordinal", 1, 65536);
  return {static_cast<Label>(label), static_cast<std::uint16_t>(ordinal - 1)};
}

// "a > b".
std::pair<HostIndex, HostIndex> take_direction(Parser& parser, Cursor& cursor) {
  const HostIndex from = take_host(parser, cursor);
  const std::string_view arrow = cursor.take("'>' and the host that the packet goes to");
  if (arrow != ">" && !cursor.failed()) {
    cursor.fail("expected '>' between spaces, as in 'a > b'; found " + quoted(arrow));
  }
  return {from, take_host(parser, cursor)};
}

// "a > b c data 2" or "7.1".
PacketRef take_packet(Parser& parser, Cursor& cursor) {
  if (begins_with_digit(cursor.peek())) return take_cause(cursor);
  PacketByKind packet;
  std::tie(packet.from, packet.to) = take_direction(parser, cursor);
  if (!cursor.at_end() && !find_word(kind_words, cursor.peek()).has_value()) {
    packet.socket = take_name(parser, cursor);
  }
  packet.kind = cursor.one_of(kind_words, "kind of packet");
  if (begins_with_digit(cursor.peek())) {
    packet.ordinal =
        static_cast<std::uint16_t>(cursor.number("the packet's ordinal", 1, 65536) - 1);
  }
  return packet;
}

// "key=12": the number, when the word is that key's.
std::optional<std::int64_t> value_of(Cursor& cursor, std::string_view word, std::string_view key,
                                     std::int64_t least, std::int64_t most) {
  if (!word.starts_with(key) || !word.substr(key.size()).starts_with('=')) return std::nullopt;
  return cursor.number_in(word.substr(key.size() + 1), key, least, most);
}

Action parse_corrupt(Parser& parser, Cursor& cursor) {
  step::Corrupt corrupt;
  corrupt.packet = take_packet(parser, cursor);
  const std::string_view word = cursor.take("the bit to flip, such as bit=12");
  const auto bit = value_of(cursor, word, "bit", 0, uint32_most);
  if (!bit.has_value())
    cursor.fail("expected the bit to flip, such as bit=12; found " + quoted(word));
  corrupt.bit = static_cast<std::uint32_t>(bit.value_or(0));
  return corrupt;
}

Action parse_forge(Parser& parser, Cursor& cursor) {
  step::Forge forge;
  forge.socket = take_name(parser, cursor);
  forge.flags = static_cast<TcpFlags>(cursor.bits(tcp_flag_words, "TCP flag", 0xff));
  while (!cursor.at_end() && !cursor.failed()) {
    const std::string_view word = cursor.take("seq=, ack=, len= or win=");
    if (const auto seq = value_of(cursor, word, "seq", INT32_MIN, INT32_MAX)) {
      forge.seq_delta = static_cast<std::int32_t>(*seq);
    } else if (const auto ack = value_of(cursor, word, "ack", INT32_MIN, INT32_MAX)) {
      forge.ack_delta = static_cast<std::int32_t>(*ack);
    } else if (const auto length = value_of(cursor, word, "len", 0, 65535)) {
      forge.length = static_cast<std::uint16_t>(*length);
    } else if (const auto window = value_of(cursor, word, "win", 0, 65535)) {
      forge.window = static_cast<std::uint16_t>(*window);
    } else {
      cursor.fail("expected seq=+0, ack=+0, len=0 or win=65535; found " + quoted(word));
    }
  }
  return forge;
}

Action parse_icmp(Parser& parser, Cursor& cursor) {
  step::Icmp icmp;
  icmp.socket = take_name(parser, cursor);
  icmp.kind = cursor.one_of(icmp_words, "ICMP error");
  if (cursor.at_end()) return icmp;
  const std::string_view word = cursor.take("mtu=");
  const auto mtu = value_of(cursor, word, "mtu", 0, uint32_most);
  if (!mtu.has_value()) cursor.fail("expected mtu=600 or nothing; found " + quoted(word));
  icmp.mtu = static_cast<std::uint32_t>(mtu.value_or(0));
  return icmp;
}

Action parse_tick(Parser& parser, Cursor& cursor) {
  step::Tick tick;
  tick.host = take_host(parser, cursor);
  if (!cursor.at_end()) {
    tick.ticks = static_cast<std::uint32_t>(cursor.number("the ticks", 0, uint32_most));
  }
  return tick;
}

Action parse_expect(Parser& parser, Cursor& cursor) {
  step::Expect expect;
  // A host may be called `no`: then '>' follows.
  expect.absent = cursor.peek(1) != ">" && cursor.take_if("no");
  std::tie(expect.from, expect.to) = take_direction(parser, cursor);
  while (!cursor.at_end() && !cursor.failed()) {
    const std::string_view word = cursor.take("a kind of packet, tcp FLAGS or len=");
    if (word == "tcp") {
      expect.flags = static_cast<TcpFlags>(cursor.bits(tcp_flag_words, "TCP flag", 0xff));
    } else if (const auto length = value_of(cursor, word, "len", 0, uint32_most)) {
      expect.length = static_cast<std::uint32_t>(*length);
    } else if (const auto kind = find_word(kind_words, word)) {
      expect.kind = *kind;
    } else {
      cursor.fail("expected a kind of packet (" + list_words(kind_words) +
                  "), 'tcp' and flags such as FIN|ACK, or len=10; found " + quoted(word));
    }
  }
  return expect;
}

template <typename PacketStep>
Action parse_packet_step(Parser& parser, Cursor& cursor) {
  return PacketStep{take_packet(parser, cursor)};
}

template <typename PairStep>
Action parse_pair_step(Parser& parser, Cursor& cursor) {
  PairStep step;
  step.a = take_host(parser, cursor);
  step.b = take_host(parser, cursor);
  if (step.a == step.b) cursor.fail("two different hosts are wanted here");
  return step;
}

using VerbParser = Action (*)(Parser&, Cursor&);

constexpr std::array<Word<VerbParser>, 14> verbs{{
    {"deliver", parse_packet_step<step::Deliver>},
    {"drop", parse_packet_step<step::Drop>},
    {"duplicate", parse_packet_step<step::Duplicate>},
    {"hold", parse_packet_step<step::Hold>},
    {"corrupt", parse_corrupt},
    {"replay", [](Parser&, Cursor& cursor) -> Action { return step::Replay{take_cause(cursor)}; }},
    {"forge", parse_forge},
    {"icmp", parse_icmp},
    {"tick", parse_tick},
    {"partition", parse_pair_step<step::Partition>},
    {"heal", parse_pair_step<step::Heal>},
    {"reboot",
     [](Parser& parser, Cursor& cursor) -> Action {
       return step::Reboot{take_host(parser, cursor)};
     }},
    {"settle", [](Parser&, Cursor&) -> Action { return step::Settle{}; }},
    {"expect", parse_expect},
}};

}  // namespace

bool is_network_verb(std::string_view word) { return find_word(verbs, word).has_value(); }

Action parse_network_step(Parser& parser, Cursor& cursor) {
  const std::string_view verb = cursor.take("a step");
  const std::optional<VerbParser> parse_verb = find_word(verbs, verb);
  if (parse_verb.has_value()) return (*parse_verb)(parser, cursor);
  cursor.fail("expected a host line, a call such as 'a: close c', or a step (" + list_words(verbs) +
              "); found " + quoted(verb));
  return step::Settle{};
}

}  // namespace lockstep::scenario
