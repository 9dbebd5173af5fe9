#include "oracle/judge/chosen_ports.h"

#include <algorithm>
#include <charconv>

namespace lockstep::judge {
namespace {

// Calls visit(from, count, port) for each number that stands behind a ':' in the text and is no
// group of an IPv6 address: nothing of one follows.
template <typename Visit>
void for_each_port(std::string_view text, Visit visit) {
  for (std::size_t at = text.find(':'); at != std::string_view::npos; at = text.find(':', at + 1)) {
    std::uint16_t port = 0;
    const char* begin = text.data() + at + 1;
    const char* end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(begin, end, port);
    if (error != std::errc() || (rest != end && *rest != ' ' && *rest != ',')) continue;
    visit(at + 1, static_cast<std::size_t>(rest - begin), port);
  }
}

}  // namespace

ChosenPorts::ChosenPorts(const Trace& trace) {
  for (const scenario::HostLine& host : trace.scenario.hosts) {
    first_ = std::min(first_, host.config.ephemeral_first);
    last_ = std::max(last_, host.config.ephemeral_last);
  }
  for (const TraceEvent& event : trace.events) {
    if (event.kind != TraceEvent::Kind::step) continue;
    for_each_port(event.text,
                  [&](std::size_t, std::size_t, std::uint16_t port) { named_.insert(port); });
  }
}

std::uint16_t ChosenPorts::renamed(std::string_view address, std::uint16_t port) {
  if (port < first_ || port > last_ || named_.contains(port)) return port;
  auto& numbers = numbers_.try_emplace(std::string(address)).first->second;
  const auto next = static_cast<std::uint16_t>(numbers.size() + 1);
  return numbers.try_emplace(port, next).first->second;
}

void ChosenPorts::rename(const IpAddress& address, std::uint16_t& port) {
  const std::string shown = to_string(Endpoint{address, port});
  port = renamed(std::string_view(shown).substr(0, shown.rfind(':')), port);
}

Packet ChosenPorts::renamed(Packet packet) {
  if (auto* segment = std::get_if<TcpSegment>(&packet.body)) {
    rename(packet.source, segment->source_port);
    rename(packet.destination, segment->destination_port);
  } else if (auto* datagram = std::get_if<UdpDatagram>(&packet.body)) {
    rename(packet.source, datagram->source_port);
    rename(packet.destination, datagram->destination_port);
  }
  return packet;
}

std::string ChosenPorts::renamed(std::string_view text) {
  std::string result;
  std::size_t done = 0;
  for_each_port(text, [&](std::size_t from, std::size_t count, std::uint16_t port) {
    const std::string_view before = text.substr(0, from - 1);
    const std::string_view address = before.substr(before.rfind(' ') + 1);
    result += text.substr(done, from - done);
    result += std::to_string(renamed(address, port));
    done = from + count;
  });
  result += text.substr(done);
  return result;
}

}  // namespace lockstep::judge
