#include "stack/api/address.h"

#include <algorithm>
#include <charconv>

#include "stack/api/check.h"
#include "stack/api/hash.h"

namespace lockstep {
namespace {

constexpr int ipv6_groups = 8;
using Groups = std::array<std::uint16_t, ipv6_groups>;

std::uint16_t group_of(const IpAddress& address, unsigned index) {
  const std::uint64_t half = index < 4 ? address.high : address.low;
  return static_cast<std::uint16_t>(half >> (48 - 16 * (index % 4)));
}

void append_number(std::string& out, std::uint32_t value, int base) {
  std::array<char, 12> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, base).ptr;
  out.append(digits.data(), end);
}

void append_v4(std::string& out, std::uint64_t bits) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    append_number(out, (bits >> shift) & 0xff, 10);
    if (shift > 0) out += '.';
  }
}

struct Run {
  unsigned first = 0;
  unsigned size = 0;
};

// What "::" stands for: the longest run of zero groups, the first among equals, and never a single
// group (RFC 5952 4.2.2, 4.2.3).
Run longest_zero_run(const IpAddress& address) {
  Run best;
  Run current;
  for (unsigned i = 0; i < ipv6_groups; ++i) {
    if (group_of(address, i) != 0) {
      current = {i + 1, 0};
      continue;
    }
    ++current.size;
    if (current.size > best.size) best = current;
  }
  return best.size >= 2 ? best : Run{ipv6_groups, 0};
}

void append_v6(std::string& out, const IpAddress& address) {
  if (address.is_v4_mapped()) {  // RFC 5952 5.
    out += "::ffff:";
    append_v4(out, address.low);
    return;
  }
  const Run zeros = longest_zero_run(address);
  for (unsigned i = 0; i < ipv6_groups;) {
    if (i == zeros.first) {
      out += "::";
      i += zeros.size;
      continue;
    }
    if (i > 0 && i != zeros.first + zeros.size) out += ':';
    append_number(out, group_of(address, i), 16);
    ++i;
  }
}

// Takes a decimal number without sign or leading zeros from the front of `text`.
std::optional<std::uint32_t> take_decimal(std::string_view& text, std::uint32_t max) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || value > max) return std::nullopt;
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (digits > 1 && text.front() == '0') return std::nullopt;
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::uint32_t> parse_v4(std::string_view text) {
  std::uint32_t bits = 0;
  for (int i = 0; i < 4; ++i) {
    if (i > 0 && !take(text, ".")) return std::nullopt;
    const auto octet = take_decimal(text, 255);
    if (!octet) return std::nullopt;
    bits = (bits << 8) | *octet;
  }
  return text.empty() ? std::optional(bits) : std::nullopt;
}

// Reads "h:h:h" or "" (with a dotted quad in place of the last two groups when `last`) into the
// front of `groups`. Gives the number of groups read.
std::optional<unsigned> parse_groups(std::string_view text, bool last, Groups& groups) {
  if (text.empty()) return 0;
  unsigned count = 0;
  while (true) {
    const std::string_view word = text.substr(0, text.find(':'));
    if (last && word.size() == text.size() && word.find('.') != std::string_view::npos) {
      const auto quad = parse_v4(word);
      if (!quad || count > ipv6_groups - 2) return std::nullopt;
      groups[count++] = static_cast<std::uint16_t>(*quad >> 16);
      groups[count++] = static_cast<std::uint16_t>(*quad);
      return count;
    }
    std::uint16_t group = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), group, 16);
    const bool whole = error == std::errc() && end == word.data() + word.size();
    if (!whole || word.size() > 4 || count == ipv6_groups) return std::nullopt;
    groups[count++] = group;
    if (word.size() == text.size()) return count;
    text.remove_prefix(word.size() + 1);
  }
}

IpAddress from_groups(const Groups& groups) {
  std::array<std::uint64_t, 2> halves{};
  for (unsigned i = 0; i < ipv6_groups; ++i) halves[i / 4] = (halves[i / 4] << 16) | groups[i];
  return IpAddress::v6(halves[0], halves[1]);
}

std::optional<IpAddress> parse_v6(std::string_view text) {
  Groups groups{};
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    if (parse_groups(text, true, groups) != ipv6_groups) return std::nullopt;
    return from_groups(groups);
  }
  Groups tail{};
  const auto before = parse_groups(text.substr(0, gap), false, groups);
  const auto after = parse_groups(text.substr(gap + 2), true, tail);
  if (!before || !after || *before + *after >= ipv6_groups) return std::nullopt;
  std::copy_n(tail.begin(), *after, groups.end() - *after);
  return from_groups(groups);
}

// A path prints as one word of a scenario line: blanks, '#', the backslash and bytes that are not
// printable become \xhh, and so does a leading '@' of a path that is not abstract.
void append_path_byte(std::string& out, char byte, bool escape) {
  constexpr std::string_view hex = "0123456789abcdef";
  if (!escape && byte > ' ' && byte < 0x7f && byte != '\\' && byte != '#') {
    out += byte;
    return;
  }
  const auto value = static_cast<unsigned char>(byte);
  out += "\\x";
  out += hex[value >> 4];
  out += hex[value & 0xf];
}

std::string path_text(std::string_view path) {
  std::string out = "unix:";
  const bool abstract = path.starts_with('\0');
  if (abstract) out += '@';
  for (std::size_t i = abstract ? 1 : 0; i < path.size(); ++i) {
    append_path_byte(out, path[i], i == 0 && path[i] == '@');
  }
  return out;
}

std::optional<UnixPath> parse_path(std::string_view text) {
  std::string bytes;
  if (take(text, "@")) bytes += '\0';
  while (!text.empty()) {
    char byte = text.front();
    if (take(text, "\\x")) {
      if (text.size() < 2) return std::nullopt;
      std::uint8_t value = 0;
      const auto [end, error] = std::from_chars(text.data(), text.data() + 2, value, 16);
      if (error != std::errc() || end != text.data() + 2) return std::nullopt;
      byte = static_cast<char>(value);
      text.remove_prefix(2);
    } else {
      if (byte <= ' ' || byte >= 0x7f || byte == '\\') return std::nullopt;
      text.remove_prefix(1);
    }
    bytes += byte;
  }
  if (bytes.size() > UnixPath::max_size) return std::nullopt;
  return UnixPath::from(bytes);
}

}  // namespace

UnixPath UnixPath::from(std::string_view text) {
  LOCKSTEP_CHECK(text.size() <= max_size);
  UnixPath path;
  std::copy(text.begin(), text.end(), path.bytes.begin());
  path.size = static_cast<std::uint8_t>(text.size());
  return path;
}

std::string to_string(const IpAddress& address) {
  std::string out;
  if (address.is_v4()) {
    append_v4(out, address.low);
  } else {
    append_v6(out, address);
  }
  return out;
}

std::string to_string(const Endpoint& endpoint) {
  std::string out =
      endpoint.ip.is_v4() ? to_string(endpoint.ip) : "[" + to_string(endpoint.ip) + "]";
  out += ':';
  append_number(out, endpoint.port, 10);
  return out;
}

std::string to_string(const SocketAddress& address) {
  if (const auto* endpoint = std::get_if<Endpoint>(&address)) return to_string(*endpoint);
  if (const auto* path = std::get_if<UnixPath>(&address)) return path_text(path->view());
  return "unspec";
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
  if (text.find(':') != std::string_view::npos) return parse_v6(text);
  const auto bits = parse_v4(text);
  return bits ? std::optional(IpAddress::v4(*bits)) : std::nullopt;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  std::string_view port_text = text.substr(colon + 1);
  const bool bracketed = take(host, "[");
  if (bracketed) {
    if (!host.ends_with(']')) return std::nullopt;
    host.remove_suffix(1);
  }
  const auto ip = parse_ip_address(host);
  if (!ip || ip->is_v4() == bracketed) return std::nullopt;
  const auto port = take_decimal(port_text, 65535);
  if (!port || !port_text.empty()) return std::nullopt;
  return Endpoint{*ip, static_cast<std::uint16_t>(*port)};
}

std::optional<SocketAddress> parse_socket_address(std::string_view text) {
  if (text == "unspec") return Unspecified{};
  if (take(text, "unix:")) {
    const auto path = parse_path(text);
    return path ? std::optional<SocketAddress>(*path) : std::nullopt;
  }
  const auto endpoint = parse_endpoint(text);
  return endpoint ? std::optional<SocketAddress>(*endpoint) : std::nullopt;
}

std::uint64_t stable_hash(const IpAddress& address) {
  return hash_mix(hash_mix(static_cast<std::uint64_t>(address.family), address.high), address.low);
}

std::uint64_t stable_hash(const Endpoint& endpoint) {
  return hash_mix(stable_hash(endpoint.ip), endpoint.port);
}

std::uint64_t stable_hash(const FourTuple& tuple) {
  return hash_mix(stable_hash(tuple.local), stable_hash(tuple.peer));
}

std::uint64_t stable_hash(const SocketAddress& address) {
  if (const auto* endpoint = std::get_if<Endpoint>(&address)) return stable_hash(*endpoint);
  if (const auto* path = std::get_if<UnixPath>(&address)) {
    return hash_bytes(address.index(), std::as_bytes(std::span(path->view())));
  }
  return hash_mix(address.index(), 0);
}

}  // namespace lockstep
