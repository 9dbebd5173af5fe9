// Packets survive their encoding, and no bytes whatever do more than give a named error.
#include <string>
#include <vector>

#include "properties/generators/harness.h"
#include "properties/generators/random_packet.h"
#include "stack/wire/codec.h"

namespace lockstep::properties {
namespace {

using Bytes = std::vector<std::byte>;

std::string_view kind_of(const Packet& packet) {
  if (packet.tcp() != nullptr) return "tcp";
  if (packet.udp() != nullptr) return "udp";
  return packet.icmp() != nullptr ? "icmp" : "other protocol";
}

bool is_named(std::string_view error) { return error.size() > 3 && error != "unknown"; }

Outcome round_trip(const Draws& draws) {
  scenario::ListChoices choices(draws);
  const Packet packet = random_packet(choices);
  Bytes bytes{std::byte{0xa5}};
  const auto size = encode_packet(packet, bytes);
  if (!size) {
    Outcome outcome{"",
                    {std::string("not encoded: ") + std::string(encode_error_name(size.error()))}};
    if (bytes.size() != 1) outcome.wrong = "a failed encoding left bytes behind";
    if (!is_named(encode_error_name(size.error()))) outcome.wrong = "the error has no name";
    return outcome;
  }
  Outcome outcome{"", {std::string(kind_of(packet)), packet.source.is_v4() ? "IPv4" : "IPv6"}};
  const auto decoded = decode_packet(std::span(bytes).subspan(1));
  if (bytes.size() != 1 + *size) outcome.wrong = "the size is not the number of bytes";
  if (!decoded) {
    outcome.wrong = to_string(packet) +
                    " decodes to an error: " + std::string(decode_error_name(decoded.error()));
  } else if (*decoded != packet) {
    outcome.wrong = to_string(packet) + " decodes to " + to_string(*decoded);
  }
  return outcome;
}

// Flips bits, cuts the end off, or lengthens it.
void damage(Bytes& bytes, scenario::Choices& choices) {
  for (std::uint32_t left = choices.between(1, 4); left > 0 && !bytes.empty(); --left) {
    const std::size_t at = choices.below(static_cast<std::uint32_t>(bytes.size()));
    switch (choices.below(4)) {
      case 0:
      case 1:
        bytes[at] ^= static_cast<std::byte>(1u << choices.below(8));
        break;
      case 2:
        bytes.resize(at);
        break;
      default:
        bytes.resize(bytes.size() + choices.below(32), std::byte{0xff});
    }
  }
}

Outcome survives_damage(const Draws& draws) {
  scenario::ListChoices choices(draws);
  Bytes bytes;
  if (!encode_packet(random_packet(choices), bytes)) return {"", {"not encoded"}};
  damage(bytes, choices);
  const auto decoded = decode_packet(bytes);
  if (!decoded) {
    const std::string_view name = decode_error_name(decoded.error());
    return {is_named(name) ? "" : "the error has no name", {std::string(name)}};
  }
  // What was decoded is a packet like any other.
  Bytes again;
  if (!encode_packet(*decoded, again)) return {to_string(*decoded) + " has no encoding", {}};
  const auto twice = decode_packet(again);
  if (!twice || *twice != *decoded) return {to_string(*decoded) + " does not come back", {}};
  return {"", {"decoded"}};
}

// What a single flipped bit can change unseen: the hop limit and the protocol of IPv6, which no
// checksum covers.
bool is_covered_by_no_checksum(const Packet& sent, const Packet& seen) {
  if (sent.source.is_v4() && seen.source.is_v4()) return false;
  Packet same_limit = seen;
  same_limit.ttl = sent.ttl;
  return same_limit == sent || std::holds_alternative<OtherPayload>(seen.body);
}

Outcome one_bit_is_noticed(const Draws& draws) {
  scenario::ListChoices choices(draws);
  const std::uint32_t bit = choices.below(0xffff'ffff);
  const Packet packet = random_packet(choices);
  Bytes bytes;
  const bool summed = !std::holds_alternative<OtherPayload>(packet.body);
  if (!summed || !encode_packet(packet, bytes)) return {"", {"no checksum"}};
  const std::size_t at = bit % (bytes.size() * 8);
  bytes[at / 8] ^= static_cast<std::byte>(1u << (at % 8));
  const auto decoded = decode_packet(bytes);
  if (!decoded) return {"", {"noticed"}};
  if (*decoded == packet || is_covered_by_no_checksum(packet, *decoded)) return {"", {"harmless"}};
  return {to_string(packet) + " with bit " + std::to_string(at) + " flipped is taken for " +
              to_string(*decoded),
          {}};
}

// As if the codec lost the urgent pointer: shows that the comparison above looks at every field.
Outcome round_trip_without_urgent(const Draws& draws) {
  scenario::ListChoices choices(draws);
  const Packet packet = random_packet(choices);
  Bytes bytes;
  if (!encode_packet(packet, bytes)) return {};
  auto decoded = decode_packet(bytes);
  if (decoded && decoded->tcp() != nullptr) decoded->tcp()->urgent = 0;
  return {decoded && *decoded == packet ? "" : "differs", {}};
}

int run() {
  Harness harness("max_success=10000");
  harness.holds("decode(encode(packet)) == packet", round_trip,
                {.draws_per_size = 1.2,
                 .sometimes = {"tcp", "udp", "icmp", "other protocol", "IPv4", "IPv6",
                               "not encoded: too long", "not encoded: options too long",
                               "not encoded: not canonical"}});
  harness.holds("damaged bytes give a packet or a named error", survives_damage,
                {.draws_per_size = 1.2, .sometimes = {"decoded", "truncated", "bad ip checksum"}});
  harness.holds("a flipped bit is noticed by a checksum", one_bit_is_noticed,
                {.draws_per_size = 1.2, .sometimes = {"noticed", "harmless"}});
  harness.is_refuted("decode(encode(packet)) == packet, without the urgent pointer",
                     round_trip_without_urgent, 100, 40);
  return harness.exit_code();
}

}  // namespace
}  // namespace lockstep::properties

int main() { return lockstep::properties::run(); }
