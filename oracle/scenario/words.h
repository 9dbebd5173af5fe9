// The fixed words of the scenario language, each table read by the parser and by the printer.
// Internal to oracle/scenario.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "oracle/scenario/step.h"

namespace lockstep::scenario {

template <typename T>
struct Word {
  std::string_view text;
  T value;
};

inline constexpr std::array<Word<Domain>, 3> domain_words{
    {{"inet", Domain::inet}, {"inet6", Domain::inet6}, {"local", Domain::local}}};

inline constexpr std::array<Word<Type>, 3> type_words{
    {{"stream", Type::stream}, {"dgram", Type::dgram}, {"seqpacket", Type::seqpacket}}};

inline constexpr std::array<Word<ShutdownHow>, 4> how_words{{{"read", ShutdownHow::read},
                                                             {"write", ShutdownHow::write},
                                                             {"both", ShutdownHow::both},
                                                             {"invalid", ShutdownHow::invalid}}};

inline constexpr std::array<Word<PacketKind>, 9> kind_words{{{"syn", PacketKind::syn},
                                                             {"synack", PacketKind::synack},
                                                             {"ack", PacketKind::ack},
                                                             {"data", PacketKind::data},
                                                             {"fin", PacketKind::fin},
                                                             {"rst", PacketKind::rst},
                                                             {"icmp", PacketKind::icmp},
                                                             {"udp", PacketKind::udp},
                                                             {"other", PacketKind::other}}};

inline constexpr std::array<Word<IcmpKind>, 6> icmp_words{
    {{"net_unreachable", IcmpKind::net_unreachable},
     {"host_unreachable", IcmpKind::host_unreachable},
     {"port_unreachable", IcmpKind::port_unreachable},
     {"packet_too_big", IcmpKind::packet_too_big},
     {"time_exceeded", IcmpKind::time_exceeded},
     {"other", IcmpKind::other}}};

// Sets of bits, in the order in which they print.
inline constexpr std::array<Word<std::uint32_t>, 6> msg_flag_words{{{"oob", msg_oob},
                                                                    {"peek", msg_peek},
                                                                    {"trunc", msg_trunc},
                                                                    {"dontwait", msg_dontwait},
                                                                    {"waitall", msg_waitall},
                                                                    {"nosignal", msg_nosignal}}};

inline constexpr std::array<Word<std::uint32_t>, 7> poll_words{{{"IN", poll_in},
                                                                {"PRI", poll_pri},
                                                                {"OUT", poll_out},
                                                                {"ERR", poll_err},
                                                                {"HUP", poll_hup},
                                                                {"NVAL", poll_nval},
                                                                {"RDHUP", poll_rdhup}}};

inline constexpr std::array<Word<std::uint32_t>, 8> tcp_flag_words{{{"SYN", tcp_syn},
                                                                    {"FIN", tcp_fin},
                                                                    {"RST", tcp_rst},
                                                                    {"PSH", tcp_psh},
                                                                    {"ACK", tcp_ack},
                                                                    {"URG", tcp_urg},
                                                                    {"ECE", tcp_ece},
                                                                    {"CWR", tcp_cwr}}};

// One numeric setting of a host line: key=value.
struct HostSetting {
  std::string_view key;
  std::uint32_t least;
  std::uint32_t most;
  std::uint32_t (*get)(const HostConfig&);
  void (*set)(HostConfig&, std::uint32_t);
};

inline constexpr std::size_t max_hosts = 8;
inline constexpr std::size_t max_addresses_per_host = 16;

std::span<const HostSetting> host_settings();

template <typename T, std::size_t n>
std::optional<T> find_word(const std::array<Word<T>, n>& table, std::string_view text) {
  for (const Word<T>& word : table) {
    if (word.text == text) return word.value;
  }
  return std::nullopt;
}

template <typename T, std::size_t n>
std::string_view word_for(const std::array<Word<T>, n>& table, T value) {
  for (const Word<T>& word : table) {
    if (word.value == value) return word.text;
  }
  return "?";
}

// "a, b, c", for messages.
template <typename T, std::size_t n>
std::string list_words(const std::array<Word<T>, n>& table) {
  std::string list;
  for (const Word<T>& word : table) {
    if (!list.empty()) list += ", ";
    list += word.text;
  }
  return list;
}

// "A|B", bits without a name as 0x..; "none" for no bits.
std::string bits_text(std::span<const Word<std::uint32_t>> table, std::uint32_t bits);

// The inverse, heedless of case; nullopt for an unknown word or a bit above `mask`.
std::optional<std::uint32_t> parse_bits(std::span<const Word<std::uint32_t>> table,
                                        std::string_view text, std::uint32_t mask);

// A letter, then letters, digits and underscores.
bool is_identifier(std::string_view text);

// An identifier that can name a socket: kinds of packets cannot.
bool is_socket_identifier(std::string_view text);

// Whether the host can have this address: not wildcard, loopback, multicast or broadcast.
bool is_host_address(const IpAddress& address);

// unix:path with bytes that would not survive as one word written \xHH; other addresses as ever.
std::string address_text(const SocketAddress& address);
std::optional<SocketAddress> parse_address_text(std::string_view text);
// Why a text that begins as a unix: name is none; empty for any other text.
std::string_view what_is_wrong_with_address(std::string_view text);

// How a call binds a name: socket, accept and dup do.
constexpr bool binds_name(Call call) {
  return call == Call::socket || call == Call::accept || call == Call::dup;
}

}  // namespace lockstep::scenario
