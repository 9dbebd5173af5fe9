#include "stack/fabric/netstat.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

namespace lockstep {
namespace {

constexpr std::size_t protocol_width = 5;
constexpr std::size_t queue_width = 6;
constexpr std::size_t address_width = 23;
constexpr std::string_view titles =
    "Proto Recv-Q Send-Q Local Address           Foreign Address         State\n";

// As Linux spells them, which is not as RFC 9293 does.
std::string_view linux_state_name(TcpState state) {
  switch (state) {
    case TcpState::closed:
      return "CLOSE";
    case TcpState::listen:
      return "LISTEN";
    case TcpState::syn_sent:
      return "SYN_SENT";
    case TcpState::syn_received:
      return "SYN_RECV";
    case TcpState::established:
      return "ESTABLISHED";
    case TcpState::fin_wait_1:
      return "FIN_WAIT1";
    case TcpState::fin_wait_2:
      return "FIN_WAIT2";
    case TcpState::close_wait:
      return "CLOSE_WAIT";
    case TcpState::closing:
      return "CLOSING";
    case TcpState::last_ack:
      return "LAST_ACK";
    case TcpState::time_wait:
      return "TIME_WAIT";
  }
  return "?";
}

struct Line {
  std::uint8_t order = 0;
  std::size_t made = 0;  // Of one order, by age.
  std::string_view protocol;
  std::size_t incoming = 0;
  std::size_t outgoing = 0;
  Endpoint local;
  Endpoint peer;
  std::string_view state;
};

std::size_t unacknowledged(const Socket& socket) {
  const Tcb& tcb = socket.tcb;
  if (tcb.state == TcpState::time_wait) return 0;
  // A request that the peer's SYN made has sent nothing of its own yet (Linux).
  if (tcb.state == TcpState::syn_received && socket.listener != no_slot) return 0;
  const bool syn = tcb.snd_una == tcb.iss;
  const bool fin = fin_is_queued(tcb.state) && !fin_was_acknowledged(tcb);
  return tcb.send_buffer.size() + (syn ? 1 : 0) + (fin ? 1 : 0);
}

// Whether Linux's tables list it.
bool is_listed(const Socket& socket) {
  return socket.is_stream() ? socket.tcb.state != TcpState::closed : socket.has_port();
}

Line stream_line(const Socket& socket) {
  Line line;
  const bool v6 = socket.family() == IpFamily::v6;
  const bool listening = socket.is_listening();
  line.order = static_cast<std::uint8_t>((v6 ? 2 : 0) + (listening ? 0 : 1));
  line.protocol = v6 ? "tcp6" : "tcp";
  line.incoming = listening ? socket.accept_queue.size() : socket.tcb.received.size();
  line.outgoing = listening ? socket.backlog : unacknowledged(socket);
  line.local = socket.local;
  line.peer = socket.peer;
  line.state = linux_state_name(socket.tcb.state);
  return line;
}

Line datagram_line(const Socket& socket) {
  Line line;
  const bool v6 = socket.family() == IpFamily::v6;
  line.order = v6 ? 5 : 4;
  line.protocol = v6 ? "udp6" : "udp";
  line.incoming = socket.datagrams.payload_size();
  line.local = socket.local;
  line.peer = socket.peer;
  if (socket.peer_set) line.state = "ESTABLISHED";
  return line;
}

std::string left_aligned(std::string text, std::size_t width) {
  if (text.size() < width) text.append(width - text.size(), ' ');
  return text;
}

std::string right_aligned(std::size_t number, std::size_t width) {
  const std::string text = std::to_string(number);
  return text.size() < width ? std::string(width - text.size(), ' ') + text : text;
}

// Without brackets, and * for no port at all.
std::string address_text(const Endpoint& endpoint, IpFamily family) {
  // An address never set has no family of its own.
  const IpAddress ip = endpoint.ip.is_unspecified() ? IpAddress::any(family) : endpoint.ip;
  return to_string(ip) + ':' + (endpoint.port == 0 ? "*" : std::to_string(endpoint.port));
}

std::string text_of(const Line& line) {
  const IpFamily family = line.protocol.ends_with('6') ? IpFamily::v6 : IpFamily::v4;
  std::string text = left_aligned(std::string(line.protocol), protocol_width) + ' ';
  text += right_aligned(line.incoming, queue_width) + ' ';
  text += right_aligned(line.outgoing, queue_width) + ' ';
  text += left_aligned(address_text(line.local, family), address_width) + ' ';
  text += left_aligned(address_text(line.peer, family), address_width) + ' ';
  text += line.state;
  text.erase(text.find_last_not_of(' ') + 1);
  return text += '\n';
}

}  // namespace

std::string netstat(const Kernel& kernel) {
  std::vector<Line> lines;
  kernel.for_each_socket([&](const Socket& socket) {
    if (!is_listed(socket)) return;
    lines.push_back(socket.is_stream() ? stream_line(socket) : datagram_line(socket));
    lines.back().made = lines.size();
  });
  std::ranges::sort(lines, {}, [](const Line& line) { return std::pair(line.order, line.made); });
  std::string text(titles);
  for (const Line& line : lines) text += text_of(line);
  return text;
}

}  // namespace lockstep
