#include "stack/api/socket_types.h"

#include <charconv>
#include <span>
#include <string_view>

namespace lockstep {
namespace {

struct NamedBit {
  std::uint32_t bit;
  std::string_view name;
};

constexpr NamedBit poll_names[] = {
    {poll_in, "IN"},   {poll_pri, "PRI"},   {poll_out, "OUT"},     {poll_err, "ERR"},
    {poll_hup, "HUP"}, {poll_nval, "NVAL"}, {poll_rdhup, "RDHUP"},
};

constexpr NamedBit msg_names[] = {
    {msg_oob, "OOB"},           {msg_peek, "PEEK"},       {msg_trunc, "TRUNC"},
    {msg_dontwait, "DONTWAIT"}, {msg_waitall, "WAITALL"}, {msg_nosignal, "NOSIGNAL"},
};

// Names joined by '|'; bits without a name follow as one hexadecimal number, so that no two sets
// print alike.
std::string bits_text(std::uint32_t bits, std::span<const NamedBit> names) {
  std::string out;
  for (const NamedBit& named : names) {
    if ((bits & named.bit) == 0) continue;
    if (!out.empty()) out += '|';
    out += named.name;
    bits &= ~named.bit;
  }
  if (bits == 0) return out;
  if (!out.empty()) out += '|';
  out += "0x";
  char digits[8];
  const auto end = std::to_chars(digits, digits + sizeof(digits), bits, 16).ptr;
  out.append(digits, end);
  return out;
}

}  // namespace

std::string poll_events_text(PollEvents events) {
  return events == 0 ? "none" : bits_text(events, poll_names);
}

std::string msg_flags_text(MsgFlags flags) { return bits_text(flags, msg_names); }

}  // namespace lockstep
