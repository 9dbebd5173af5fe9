#include "oracle/scenario/words.h"

#include <charconv>
#include <expected>

namespace lockstep::scenario {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool equal_heedless_of_case(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::uint32_t> parse_hex(std::string_view digits) {
  std::uint32_t value = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, value, 16);
  if (error != std::errc() || rest != end) return std::nullopt;
  return value;
}

std::optional<std::uint32_t> parse_one_bit(std::span<const Word<std::uint32_t>> table,
                                           std::string_view text) {
  for (const Word<std::uint32_t>& word : table) {
    if (equal_heedless_of_case(word.text, text)) return word.value;
  }
  if (text.starts_with("0x")) return parse_hex(text.substr(2));
  return std::nullopt;
}

// A byte of a path that can stand in a word as it is. '@' would read as an abstract path.
bool stands_for_itself(char c, bool first) {
  return c > 0x20 && c < 0x7f && c != '\\' && c != '#' && !(first && c == '@');
}

std::string unix_text(const UnixPath& path) {
  std::string text = "unix:";
  std::string_view bytes = path.view();
  if (!bytes.empty() && bytes.front() == '\0') {
    text += '@';
    bytes.remove_prefix(1);
  }
  bool first = text.back() == ':';
  for (const char c : bytes) {
    if (stands_for_itself(c, first)) {
      text += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      text += "\\x";
      text += hex_digits[byte >> 4];
      text += hex_digits[byte & 15];
    }
    first = false;
  }
  return text;
}

// The bytes of what follows "unix:", or what is wrong with it.
std::expected<UnixPath, std::string_view> parse_unix(std::string_view text) {
  constexpr std::string_view bad_escape = "after '\\' in a unix: name comes xHH, two hex digits";
  std::string bytes;
  if (text.starts_with('@')) {
    bytes += '\0';
    text.remove_prefix(1);
  }
  while (!text.empty() && bytes.size() <= UnixPath::max_size) {
    if (text.front() != '\\') {
      bytes += text.front();
      text.remove_prefix(1);
      continue;
    }
    if (text.size() < 4 || text[1] != 'x') return std::unexpected(bad_escape);
    const std::optional<std::uint32_t> byte = parse_hex(text.substr(2, 2));
    if (!byte.has_value()) return std::unexpected(bad_escape);
    bytes += static_cast<char>(*byte);
    text.remove_prefix(4);
  }
  static_assert(UnixPath::max_size == 108);
  if (bytes.size() > UnixPath::max_size) {
    return std::unexpected("a unix: name has at most 108 bytes ('@' counts as one)");
  }
  return UnixPath::from(bytes);
}

#define LOCKSTEP_SETTING(key, field, least, most)                                             \
  HostSetting {                                                                               \
    key, least, most, [](const HostConfig& config) -> std::uint32_t { return config.field; }, \
        [](HostConfig& config, std::uint32_t value) {                                         \
          config.field = static_cast<decltype(config.field)>(value);                          \
        }                                                                                     \
  }

// Limits: RFC 791 3.2 for the least MTU; the rest keeps sums of them far from overflow.
constexpr std::array settings{
    LOCKSTEP_SETTING("mtu", mtu, 68, 65536),
    LOCKSTEP_SETTING("loopback_mtu", loopback_mtu, 68, 65536),
    LOCKSTEP_SETTING("send_buffer", send_buffer, 1, 1 << 26),
    LOCKSTEP_SETTING("receive_buffer", receive_buffer, 1, 1 << 26),
    LOCKSTEP_SETTING("backlog", default_backlog, 0, 65535),
    LOCKSTEP_SETTING("sockets", max_sockets, 1, 65536),
    LOCKSTEP_SETTING("tick_ms", tick_ms, 1, 60'000),
    LOCKSTEP_SETTING("retransmit_ticks", retransmit_threshold_ticks, 1, 100'000),
    LOCKSTEP_SETTING("retransmit_max", retransmit_max, 0, 30),
    LOCKSTEP_SETTING("time_wait_ticks", time_wait_ticks, 1, 1'000'000),
    LOCKSTEP_SETTING("fin_wait_2_ticks", fin_wait_2_ticks, 1, 1'000'000),
    LOCKSTEP_SETTING("iss", initial_sequence, 0, 0xffff'ffff),
};

#undef LOCKSTEP_SETTING

}  // namespace

std::span<const HostSetting> host_settings() { return settings; }

std::string bits_text(std::span<const Word<std::uint32_t>> table, std::uint32_t bits) {
  if (bits == 0) return "none";
  std::string text;
  for (const Word<std::uint32_t>& word : table) {
    if ((bits & word.value) == 0) continue;
    if (!text.empty()) text += '|';
    text += word.text;
    bits &= ~word.value;
  }
  if (bits == 0) return text;
  if (!text.empty()) text += '|';
  std::array<char, 8> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), bits, 16);
  return text + "0x" + std::string(digits.data(), end);
}

std::optional<std::uint32_t> parse_bits(std::span<const Word<std::uint32_t>> table,
                                        std::string_view text, std::uint32_t mask) {
  if (text == "none") return 0;
  std::uint32_t bits = 0;
  while (true) {
    const std::size_t bar = std::min(text.find('|'), text.size());
    const std::optional<std::uint32_t> bit = parse_one_bit(table, text.substr(0, bar));
    if (!bit.has_value() || (*bit & ~mask) != 0) return std::nullopt;
    bits |= *bit;
    if (bar == text.size()) return bits;
    text.remove_prefix(bar + 1);
  }
}

bool is_identifier(std::string_view text) {
  const auto letter = [](char c) { return lower(c) >= 'a' && lower(c) <= 'z'; };
  const auto digit = [](char c) { return c >= '0' && c <= '9'; };
  return !text.empty() && letter(text.front()) &&
         std::ranges::all_of(text, [&](char c) { return letter(c) || digit(c) || c == '_'; });
}

bool is_socket_identifier(std::string_view text) {
  return is_identifier(text) && !find_word(kind_words, text).has_value();
}

bool is_host_address(const IpAddress& address) {
  return !address.is_unspecified() && !address.is_loopback() && !address.is_multicast() &&
         !address.is_broadcast() && !address.is_v4_mapped();
}

std::string address_text(const SocketAddress& address) {
  if (const auto* path = std::get_if<UnixPath>(&address)) return unix_text(*path);
  return to_string(address);
}

std::optional<SocketAddress> parse_address_text(std::string_view text) {
  if (!text.starts_with("unix:")) return parse_socket_address(text);
  const auto path = parse_unix(text.substr(5));
  if (!path.has_value()) return std::nullopt;
  return SocketAddress(*path);
}

std::string_view what_is_wrong_with_address(std::string_view text) {
  if (!text.starts_with("unix:")) return {};
  const auto path = parse_unix(text.substr(5));
  return path.has_value() ? std::string_view() : path.error();
}

}  // namespace lockstep::scenario
